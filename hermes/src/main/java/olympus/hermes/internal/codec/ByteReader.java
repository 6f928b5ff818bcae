package olympus.hermes.internal.codec;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import olympus.hermes.Bytes;

/**
 * Reads what a {@link ByteWriter} wrote; every read checks its bounds and fails with {@link
 * MalformedData}.
 */
public final class ByteReader {

    private final ByteBuffer buffer;

    /** Reads the remaining bytes of {@code content}, whose position stays as it is. */
    public ByteReader(ByteBuffer content) {
        buffer = content.slice();
    }

    public int position() {
        return buffer.position();
    }

    public int remaining() {
        return buffer.remaining();
    }

    public int u8() {
        need(1, "a byte");
        return buffer.get() & 0xff;
    }

    public int u16() {
        need(2, "a 16-bit number");
        return buffer.getShort() & 0xffff;
    }

    public int i32() {
        need(Integer.BYTES, "a 32-bit number");
        return buffer.getInt();
    }

    public long i64() {
        need(Long.BYTES, "a 64-bit number");
        return buffer.getLong();
    }

    /**
     * A count that precedes items of at least {@code minItemBytes} each; more than could follow is
     * malformed.
     */
    public int count(int minItemBytes) {
        var count = i32();
        if (count < 0 || (long) count * minItemBytes > buffer.remaining()) {
            throw malformed("a count of " + count + " with " + buffer.remaining() + " bytes left");
        }
        return count;
    }

    /** A length-prefixed byte string of at most {@code limit} bytes. */
    public Bytes bytes(int limit) {
        var length = i32();
        if (length < 0 || length > limit) {
            throw malformed("a length of " + length + ", the limit is " + limit);
        }
        need(length, "a byte string");
        var content = new byte[length];
        buffer.get(content);
        return Bytes.wrap(content);
    }

    public String text(int limit) {
        return bytes(limit).toString();
    }

    /** Fails unless the last four bytes are the CRC32C of those before; then hides them. */
    public void verifyChecksum() {
        need(Integer.BYTES, "a checksum");
        var end = buffer.limit() - Integer.BYTES;
        var crc = new CRC32C();
        crc.update(buffer.slice(0, end));
        var stored = buffer.getInt(end);
        if ((int) crc.getValue() != stored) {
            throw malformed("checksum %08x, computed %08x".formatted(stored, (int) crc.getValue()));
        }
        buffer.limit(end);
    }

    /** Fails unless everything has been read. */
    public void end() {
        if (buffer.hasRemaining()) {
            throw malformed(buffer.remaining() + " bytes too many");
        }
    }

    public MalformedData malformed(String what) {
        return new MalformedData("at byte " + buffer.position() + ": " + what);
    }

    private void need(int bytes, String what) {
        if (buffer.remaining() < bytes) {
            throw malformed(
                    "%s of %d bytes is cut off, %d are left"
                            .formatted(what, bytes, buffer.remaining()));
        }
    }
}
