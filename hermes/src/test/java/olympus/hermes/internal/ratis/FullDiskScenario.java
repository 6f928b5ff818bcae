package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import olympus.foundation.ErrorCode;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.RecordingApplier;
import olympus.hermes.log.ReplicatedLog.Submission.Outcome;

/**
 * What {@link FullDiskTest} runs on a small disk of its own; prints a line per step that went well.
 */
final class FullDiskScenario {

    private static final long RESERVE = 8L << 20;

    private final Path folder;
    private final Path filler;
    private final List<String> acknowledged = new ArrayList<>();

    private FullDiskScenario(Path disk) {
        this.folder = disk.resolve("hermes");
        this.filler = disk.resolve("filler");
    }

    public static void main(String[] arguments) throws Exception {
        var scenario = new FullDiskScenario(Path.of(arguments[0]));
        scenario.refusesBelowTheReserve();
        scenario.survivesADiskThatOthersFillToTheLastBlock();
        scenario.startsOnAFullDisk();
        System.out.println("done");
    }

    private void refusesBelowTheReserve() throws IOException {
        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            writeUntilTaken(log, applier, "first");
            fillUpTo(RESERVE - (2 << 20));
            Eventually.holds("writes are refused", () -> log.refusal().isPresent());
            expect(
                    outcomeOf(log, "refused") instanceof Outcome.Rejected rejected
                            && rejected.code() == ErrorCode.DISK_FULL
                            && rejected.reason().contains("free some space"),
                    "the cause is told");
            Files.delete(filler);
            Eventually.holds("writes return", () -> log.refusal().isEmpty());
            writeUntilTaken(log, applier, "second");
            expect(applier.state().equals(acknowledged), "state is what was acknowledged");
        }
        System.out.println("refused below the reserve");
    }

    private void survivesADiskThatOthersFillToTheLastBlock() throws IOException {
        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            var term = log.leadership().term();
            fillUpTo(0);
            // Straight to the engine, as if the guard had not looked yet, until its own files hit
            // the end of the disk.
            Eventually.holds(
                    "refused",
                    () -> {
                        var outcomes = new ConcurrentLinkedQueue<Outcome>();
                        submit(log, "x".repeat(100_000), outcomes);
                        return log.refusal().isPresent();
                    });
            Files.delete(filler);
            Eventually.holds(
                    "it leads again", () -> log.refusal().isEmpty() && log.leadership().leader());
            writeUntilTaken(log, applier, "after the disk was full");
            expect(
                    applier.state().stream()
                            .distinct()
                            .filter(text -> !text.startsWith("x"))
                            .toList()
                            .equals(acknowledged),
                    "nothing is lost");
            expect(applier.failure().isEmpty(), "the store did not halt");
            acknowledged.clear();
            acknowledged.addAll(applier.state());
            System.out.println("terms " + term + " " + log.leadership().term());
        }
        System.out.println("survived a full disk");
    }

    private void startsOnAFullDisk() throws IOException {
        fillUpTo(0);
        var applier = new RecordingApplier();
        try (var log = open(applier)) {
            expect(applier.state().equals(acknowledged), "everything is there");
            expect(log.refusal().isPresent(), "writes are refused");
            Files.delete(filler);
            Eventually.holds(
                    "writes return", () -> log.refusal().isEmpty() && log.leadership().leader());
            writeUntilTaken(log, applier, "after a start on a full disk");
        }
        System.out.println("started on a full disk");
    }

    private RatisLog open(RecordingApplier applier) throws IOException {
        var log =
                new RatisLog(
                        LogConfig.alone(folder, RatisLogTest.GROUP)
                                .withLimits(
                                        LogConfig.Limits.standard()
                                                .withReserveBytes(RESERVE)
                                                .withSegmentBytes(1 << 20)));
        log.open(applier);
        Eventually.holds("the log leads", () -> log.leadership().leader());
        return log;
    }

    private void writeUntilTaken(RatisLog log, RecordingApplier applier, String text) {
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        submit(log, text, outcomes);
        Eventually.holds("taken", () -> applier.state().contains(text) || !outcomes.isEmpty());
        expect(outcomes.isEmpty(), "taken: " + text + " " + outcomes);
        acknowledged.add(text);
    }

    private static Outcome outcomeOf(RatisLog log, String text) {
        var outcomes = new ConcurrentLinkedQueue<Outcome>();
        submit(log, text, outcomes);
        Eventually.holds("told", () -> !outcomes.isEmpty());
        return outcomes.remove();
    }

    private static void submit(RatisLog log, String text, ConcurrentLinkedQueue<Outcome> outcomes) {
        log.submit(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), text, outcomes::add);
    }

    /** Another program fills the disk until no more than {@code left} bytes are free. */
    private void fillUpTo(long left) throws IOException {
        var store = Files.getFileStore(folder.getParent());
        try (var channel =
                FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (store.getUsableSpace() > left) {
                var chunk = (int) Math.min(1 << 20, store.getUsableSpace() - left);
                if (chunk <= 0 || channel.write(ByteBuffer.allocate(chunk), channel.size()) <= 0) {
                    return;
                }
            }
        } catch (IOException e) {
            if (left > 0) {
                throw e;
            }
        }
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("expected: " + what);
        }
    }
}
