package olympus.agent.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.CRC32C;
import olympus.link.LogLine;
import olympus.link.LogPoint;
import olympus.model.InstanceId;

/**
 * The bytes of a segment file.
 *
 * <pre>
 *   header  magic 8 · epoch 8 · sequence 8 · stdout 8 · stderr 8 · crc32c 4     the position before the first record
 *   record  length 4 · crc32c 4 · millis 8 · stream 1 · epoch 8 · sequence 8 · source end 8 · text
 * </pre>
 *
 * Length and checksum cover what follows them. A record that is cut short or does not match ends
 * the segment.
 */
final class SegmentFormat {

    static final int HEADER_BYTES = 44;
    static final int MAX_TEXT = 64 * 1024;

    private static final long MAGIC = 0x4f4c5953_45473100L;
    private static final int PREFIX = 8;
    private static final int FIXED = 33;

    /** Prefix, fixed part and the longest text. */
    static final int MAX_RECORD = PREFIX + FIXED + MAX_TEXT;

    private SegmentFormat() {}

    static void putHeader(ByteBuffer out, LogPosition position) {
        var start = out.position();
        out.putLong(MAGIC)
                .putLong(position.epoch())
                .putLong(position.sequence())
                .putLong(position.stdout())
                .putLong(position.stderr());
        out.putInt(checksum(out, start, HEADER_BYTES - 4));
    }

    /** Whether a whole and sound header is at the buffer's position. */
    static boolean isHeader(ByteBuffer in) {
        return in.remaining() >= HEADER_BYTES
                && in.getLong(in.position()) == MAGIC
                && in.getInt(in.position() + HEADER_BYTES - 4)
                        == checksum(in, in.position(), HEADER_BYTES - 4);
    }

    static LogPosition takeHeader(ByteBuffer in) {
        in.getLong();
        var position = new LogPosition(in.getLong(), in.getLong(), in.getLong(), in.getLong());
        in.getInt();
        return position;
    }

    static int recordBytes(int textLength) {
        return PREFIX + FIXED + textLength;
    }

    static void putRecord(
            ByteBuffer out, long millis, boolean isError, LogPosition after, ByteBuffer text) {
        var length = FIXED + text.remaining();
        out.putInt(length);
        var crcAt = out.position();
        out.putInt(0);
        out.putLong(millis)
                .put((byte) (isError ? 2 : 1))
                .putLong(after.epoch())
                .putLong(after.sequence())
                .putLong(after.offset(isError))
                .put(text);
        out.putInt(crcAt, checksum(out, crcAt + 4, length));
    }

    /** Bytes of the whole record at the buffer's position; 0 when there is no whole, sound one. */
    static int wholeRecord(ByteBuffer in) {
        if (in.remaining() < PREFIX + FIXED) {
            return 0;
        }
        var length = in.getInt(in.position());
        if (length < FIXED || length > FIXED + MAX_TEXT || in.remaining() < PREFIX + length) {
            return 0;
        }
        return in.getInt(in.position() + 4) == checksum(in, in.position() + PREFIX, length)
                ? PREFIX + length
                : 0;
    }

    static long millis(ByteBuffer record) {
        return record.getLong(record.position() + PREFIX);
    }

    /** Which line this record is. */
    static LogPoint point(ByteBuffer record) {
        var at = record.position() + PREFIX + 9;
        return new LogPoint(record.getLong(at), record.getLong(at + 8));
    }

    /** The position after this record. */
    static LogPosition position(ByteBuffer record, LogPosition before) {
        var at = record.position() + PREFIX + 8;
        var isError = record.get(at) == 2;
        var epoch = record.getLong(at + 1);
        var base = before.epoch() == epoch ? before : LogPosition.of(epoch);
        var moved = base.after(isError, record.getLong(at + 17));
        return new LogPosition(epoch, record.getLong(at + 9), moved.stdout(), moved.stderr());
    }

    static LogLine line(InstanceId id, ByteBuffer record, int bytes) {
        var at = record.position() + PREFIX;
        var text = new byte[bytes - PREFIX - FIXED];
        record.get(at + FIXED, text);
        return new LogLine(
                id,
                Instant.ofEpochMilli(record.getLong(at)),
                record.get(at + 8) == 2 ? "stderr" : "stdout",
                new String(text, StandardCharsets.UTF_8),
                record.getLong(at + 9),
                record.getLong(at + 17));
    }

    private static int checksum(ByteBuffer bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate().limit(from + length).position(from));
        return (int) crc.getValue();
    }
}
