package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import olympus.hermes.StreamEntry;
import olympus.hermes.Transaction;
import olympus.hermes.internal.codec.ByteReader;
import olympus.hermes.internal.codec.ByteWriter;
import olympus.hermes.internal.codec.MalformedData;

/**
 * One file of archived elements of one stream, in order of sequence. A record is: length, CRC32C of
 * the content, content (sequence, revision, wall time, value). A torn end, left by a crash, is cut
 * off when the file is opened for writing and is the end of it for a reader.
 */
final class ArchiveSegment {

    private static final int PREFIX_BYTES = 8;
    private static final int MAX_RECORD_BYTES = Transaction.MAX_ENCODED_BYTES + 64;

    private final Path file;
    private final long firstSequence;

    ArchiveSegment(Path file, long firstSequence) {
        this.file = file;
        this.firstSequence = firstSequence;
    }

    Path file() {
        return file;
    }

    long firstSequence() {
        return firstSequence;
    }

    long bytes() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** Appends records; durable only after {@link FileChannel#force} by the caller. */
    void append(FileChannel channel, List<StreamEntry> elements) throws IOException {
        var out = new ByteWriter(4_096);
        for (var element : elements) {
            var start = out.size();
            out.i32(0)
                    .i32(0)
                    .i64(element.sequence())
                    .i64(element.revision())
                    .i64(element.wallMillis());
            out.bytes(element.value());
            out.i32At(start, out.size() - start - PREFIX_BYTES);
            out.i32At(start + 4, out.checksum(start + PREFIX_BYTES));
        }
        var content = out.finish();
        while (content.hasRemaining()) {
            channel.write(content);
        }
    }

    /** Opens for appending, behind the last whole record. */
    FileChannel open() throws IOException {
        var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        var whole = scan(channel).bytes;
        channel.truncate(whole);
        channel.position(whole);
        return channel;
    }

    /** Every whole record. */
    List<StreamEntry> read() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return scan(channel).entries;
        }
    }

    private record Scan(List<StreamEntry> entries, long bytes) {}

    private static Scan scan(FileChannel channel) throws IOException {
        var entries = new ArrayList<StreamEntry>();
        var content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (content.hasRemaining() && channel.read(content, content.position()) >= 0) {
            // Reads go on until the buffer is full.
        }
        content.flip();
        while (content.remaining() >= PREFIX_BYTES) {
            var start = content.position();
            var length = content.getInt(start);
            if (length < 0
                    || length > MAX_RECORD_BYTES
                    || length > content.remaining() - PREFIX_BYTES) {
                break;
            }
            var record = content.slice(start + PREFIX_BYTES, length);
            var crc = new CRC32C();
            crc.update(record.duplicate());
            if ((int) crc.getValue() != content.getInt(start + 4)) {
                break;
            }
            entries.add(entry(record));
            content.position(start + PREFIX_BYTES + length);
        }
        return new Scan(entries, content.position());
    }

    private static StreamEntry entry(ByteBuffer record) {
        var in = new ByteReader(record);
        var entry = new StreamEntry(in.i64(), in.i64(), in.i64(), in.bytes(MAX_RECORD_BYTES));
        if (in.remaining() > 0) {
            throw new MalformedData("a record of the archive is longer than its element");
        }
        return entry;
    }
}
