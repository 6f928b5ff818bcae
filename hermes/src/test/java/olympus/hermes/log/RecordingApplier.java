package olympus.hermes.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32C;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * An applier whose state is the list of texts that were committed; its snapshots are those texts, a
 * line each.
 */
public final class RecordingApplier implements ReplicatedLog.Applier {

    /** A committed entry as it arrived. */
    public record Committed(long term, long index, String text, Optional<Object> context) {}

    private final List<String> state = new ArrayList<>();
    private final List<Committed> committed = new ArrayList<>();
    private final List<CompletableFuture<Void>> held = new ArrayList<>();
    private boolean holding;
    private Optional<Throwable> failure = Optional.empty();
    private Optional<Throwable> answerNextWith = Optional.empty();

    @Override
    public synchronized long load(Optional<SnapshotFile> newest) throws IOException {
        if (newest.isEmpty()) {
            return 0;
        }
        var lines = Files.readAllLines(newest.get().path(), StandardCharsets.UTF_8);
        if (lines.isEmpty()
                || !lines.getLast().equals(checksum(lines.subList(0, lines.size() - 1)))) {
            throw new IOException("the checksum in the last line does not match");
        }
        state.addAll(lines.subList(0, lines.size() - 1));
        return newest.get().index();
    }

    @Override
    public synchronized CompletionStage<Void> committed(
            long term, long index, ByteBuffer entry, Optional<Object> context) {
        var text = StandardCharsets.UTF_8.decode(entry).toString();
        state.add(text);
        committed.add(new Committed(term, index, text, context));
        notifyAll();
        if (answerNextWith.isPresent()) {
            var answer = CompletableFuture.<Void>failedFuture(answerNextWith.get());
            answerNextWith = Optional.empty();
            return answer;
        }
        if (!holding) {
            return CompletableFuture.completedFuture(null);
        }
        var future = new CompletableFuture<Void>();
        held.add(future);
        return future;
    }

    @Override
    public void passed(long index) {}

    @Override
    public synchronized void failed(Throwable cause) {
        failure = Optional.of(cause);
    }

    /** From now on entries stay unapplied until {@link #letGo}. */
    public synchronized void hold() {
        holding = true;
    }

    public void letGo() {
        List<CompletableFuture<Void>> waiting;
        synchronized (this) {
            holding = false;
            waiting = List.copyOf(held);
            held.clear();
        }
        waiting.forEach(future -> future.complete(null));
    }

    /** The next entry fails in apply. */
    public synchronized void failNext(Throwable cause) {
        answerNextWith = Optional.of(cause);
    }

    /** Everything applied, also what came from a snapshot. */
    public synchronized List<String> state() {
        return List.copyOf(state);
    }

    /** What the log has delivered in this life. */
    public synchronized List<Committed> committed() {
        return List.copyOf(committed);
    }

    public synchronized Optional<Throwable> failure() {
        return failure;
    }

    /**
     * Writes the present state as a snapshot of the last committed entry, whole and under its right
     * name.
     */
    public synchronized SnapshotFile writeSnapshot(Path directory) throws IOException {
        var last = committed.getLast();
        var snapshot = SnapshotFile.in(directory, last.term(), last.index());
        var temporary = directory.resolve("writing.tmp");
        var lines = new ArrayList<>(state);
        lines.add(checksum(state));
        Files.write(temporary, lines, StandardCharsets.UTF_8);
        Files.move(temporary, snapshot.path());
        return snapshot;
    }

    private static String checksum(List<String> lines) {
        var crc = new CRC32C();
        for (var line : lines) {
            crc.update(line.getBytes(StandardCharsets.UTF_8));
            crc.update('\n');
        }
        return Long.toHexString(crc.getValue());
    }
}
