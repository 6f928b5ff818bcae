package olympus.hermes.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import olympus.foundation.Durable;

/**
 * The file that says how far the log was acknowledged, so that damage at the end of the log can be
 * told from a write that was cut off: everything up to the marked entry must be there.
 *
 * <p>It is written before an entry reaches the applier, without flushing: that survives the death
 * of the process. After power loss it may be older than the log by what {@link #force} had not
 * flushed yet, never newer than what was committed. Two copies lie in two sectors; the higher one
 * counts.
 *
 * <p>Threading: {@link #advance} by one thread; {@link #force} by any.
 */
public final class CommitMark implements AutoCloseable {

    private static final long MAGIC = 0x4f4c594d41524b31L; // "OLYMARK1"
    private static final int COPY_BYTES = 8 + 8 + 8 + 8;
    private static final int SECOND_COPY = 512;
    private static final int FILE_BYTES = 4096;

    /** Nothing has been acknowledged. */
    public static final Position NOTHING = new Position(0, -1);

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SECOND_COPY + COPY_BYTES);
    private final CRC32C crc = new CRC32C();
    private volatile boolean unforced;

    /** The term and index of an entry. */
    public record Position(long term, long index) {}

    private CommitMark(FileChannel channel) {
        this.channel = channel;
    }

    /** What the file says; empty when neither copy is whole. */
    public static Optional<Position> read(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        var first = copyAt(bytes, 0);
        var second = copyAt(bytes, SECOND_COPY);
        return first.filter(one -> second.isEmpty() || second.get().index() <= one.index())
                .or(() -> second);
    }

    /** Writes a new file that says {@code position}, flushed. */
    public static void create(Path file, Position position) throws IOException {
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.allocate(FILE_BYTES), 0);
            new CommitMark(channel).write(position);
            channel.force(true);
        }
        Durable.flushDirectoryOf(file);
    }

    public static CommitMark open(Path file) throws IOException {
        return new CommitMark(FileChannel.open(file, StandardOpenOption.WRITE));
    }

    /** Everything up to this entry is committed. The file is not flushed. */
    public void advance(long term, long index) throws IOException {
        write(new Position(term, index));
        unforced = true;
    }

    /** Flushes what {@link #advance} wrote, if anything. */
    public void force() throws IOException {
        if (unforced) {
            unforced = false;
            channel.force(false);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            force();
        }
    }

    private void write(Position position) throws IOException {
        put(0, position);
        put(SECOND_COPY, position);
        buffer.clear();
        for (var at = 0; at < buffer.limit(); ) {
            at += channel.write(buffer, at);
        }
    }

    private void put(int offset, Position position) {
        buffer.clear();
        buffer.putLong(offset, MAGIC);
        buffer.putLong(offset + 8, position.term());
        buffer.putLong(offset + 16, position.index());
        crc.reset();
        crc.update(buffer.slice(offset, COPY_BYTES - 8));
        buffer.putLong(offset + 24, crc.getValue());
    }

    private static Optional<Position> copyAt(ByteBuffer bytes, int offset) {
        if (bytes.limit() < offset + COPY_BYTES || bytes.getLong(offset) != MAGIC) {
            return Optional.empty();
        }
        var crc = new CRC32C();
        crc.update(bytes.slice(offset, COPY_BYTES - 8));
        return crc.getValue() == bytes.getLong(offset + 24)
                ? Optional.of(new Position(bytes.getLong(offset + 8), bytes.getLong(offset + 16)))
                : Optional.empty();
    }
}
