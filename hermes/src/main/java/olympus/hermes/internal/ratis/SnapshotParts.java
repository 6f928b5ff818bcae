package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import olympus.foundation.Durable;
import olympus.hermes.files.StoreLayout;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * Snapshots in parts on their way from one member to another that lags. Its file becomes visible
 * only whole: a temporary name, flushed, renamed.
 *
 * <p>Threading: any; reads and writes files. Limits: {@link #PART_BYTES} a part.
 */
final class SnapshotParts {

    static final int PART_BYTES = 1 << 20;

    private static final int HEAD_BYTES = 3 * Long.BYTES;

    private final StoreLayout layout;

    SnapshotParts(StoreLayout layout) {
        this.layout = layout;
    }

    /**
     * Which part.
     *
     * @param index of the snapshot, -1 for the newest
     */
    record Wanted(long index, long offset) {

        static final Wanted NEWEST = new Wanted(-1, 0);

        byte[] encode() {
            return ByteBuffer.allocate(2 * Long.BYTES).putLong(index).putLong(offset).array();
        }

        static Wanted decode(byte[] bytes) {
            var in = ByteBuffer.wrap(bytes);
            if (in.remaining() != 2 * Long.BYTES) {
                throw new IllegalArgumentException(
                        "a question for a part of a snapshot has 16 bytes, not " + bytes.length);
            }
            return new Wanted(in.getLong(), in.getLong());
        }
    }

    /** A part of the snapshot of this position, which has {@code length} bytes in all. */
    record Part(long term, long index, long length, ByteBuffer bytes) {

        /** There is no such snapshot (any more). */
        static final Part NONE = new Part(0, -1, 0, ByteBuffer.allocate(0));

        byte[] encode() {
            return ByteBuffer.allocate(HEAD_BYTES + bytes.remaining())
                    .putLong(term)
                    .putLong(index)
                    .putLong(length)
                    .put(bytes.duplicate())
                    .array();
        }

        static Part decode(ByteBuffer in) {
            if (in.remaining() < HEAD_BYTES) {
                throw new IllegalArgumentException(
                        "a part of a snapshot has at least 24 bytes, not " + in.remaining());
            }
            return new Part(in.getLong(), in.getLong(), in.getLong(), in.slice());
        }
    }

    /** Reads a part of a snapshot of this member. */
    Part read(Wanted wanted) throws IOException {
        var found = find(wanted.index());
        if (found.isEmpty()) {
            return Part.NONE;
        }
        var file = found.get();
        try (var channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            var length = channel.size();
            if (wanted.offset() < 0 || wanted.offset() > length) {
                throw new IOException(
                        "snapshot %s has %d bytes, none at %d"
                                .formatted(file.path(), length, wanted.offset()));
            }
            var bytes = ByteBuffer.allocate((int) Math.min(PART_BYTES, length - wanted.offset()));
            while (bytes.hasRemaining()
                    && channel.read(bytes, wanted.offset() + bytes.position()) > 0) {
                // a short read is gone on with
            }
            return new Part(file.term(), file.index(), length, bytes.flip());
        }
    }

    private Optional<SnapshotFile> find(long index) throws IOException {
        return layout.snapshotFiles().reversed().stream()
                .filter(file -> index < 0 || file.index() == index)
                .findFirst();
    }

    /**
     * Writes the newest snapshot of another member into this one's folder, part by part; empty when
     * it has none.
     */
    Optional<SnapshotFile> receive(Function<Wanted, CompletableFuture<Part>> source)
            throws IOException {
        var first = await(source.apply(Wanted.NEWEST));
        if (first.index() < 0) {
            return Optional.empty();
        }
        var target = SnapshotFile.in(layout.snapshots(), first.term(), first.index());
        var temporary = temporary(target);
        try (var channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            var offset = write(channel, first, 0);
            while (offset < first.length()) {
                offset = write(channel, await(source.apply(next(first, offset))), offset);
            }
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Durable.rename(temporary, target.path());
        return Optional.of(target);
    }

    private static Path temporary(SnapshotFile target) {
        return target.path().resolveSibling(target.path().getFileName() + ".received.tmp");
    }

    private static Wanted next(Part first, long offset) {
        return new Wanted(first.index(), offset);
    }

    private static long write(FileChannel channel, Part part, long offset) throws IOException {
        var bytes = part.bytes().duplicate();
        if (!bytes.hasRemaining()) {
            throw new IOException("snapshot %d ends at %d".formatted(part.index(), offset));
        }
        var position = offset;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        return position;
    }

    private static Part await(CompletableFuture<Part> part) throws IOException {
        try {
            // The call has a deadline of its own; this is for a bug.
            return part.get(2 * PeerMessages.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a snapshot was received", e);
        } catch (ExecutionException | TimeoutException e) {
            var cause = Optional.ofNullable(e.getCause()).orElse(e);
            throw new IOException("a snapshot was not received: " + cause.getMessage(), e);
        }
    }
}
