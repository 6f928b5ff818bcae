package olympus.hermes.internal.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import olympus.hermes.Bytes;

/**
 * A growing buffer of big-endian numbers and length-prefixed byte strings. Threading: one owner.
 */
public final class ByteWriter {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private byte[] buffer;
    private int size;

    public ByteWriter(int capacity) {
        buffer = new byte[capacity];
    }

    public int size() {
        return size;
    }

    public ByteWriter u8(int value) {
        ensure(1);
        buffer[size++] = (byte) value;
        return this;
    }

    public ByteWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public ByteWriter i32(int value) {
        ensure(Integer.BYTES);
        INTS.set(buffer, size, value);
        size += Integer.BYTES;
        return this;
    }

    public ByteWriter i64(long value) {
        ensure(Long.BYTES);
        LONGS.set(buffer, size, value);
        size += Long.BYTES;
        return this;
    }

    /** A length of 32 bits, then the content. */
    public ByteWriter bytes(Bytes value) {
        return i32(value.length()).raw(value.unsafeArray(), value.length());
    }

    public ByteWriter text(String value) {
        return bytes(Bytes.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    public ByteWriter raw(byte[] content, int length) {
        ensure(length);
        System.arraycopy(content, 0, buffer, size, length);
        size += length;
        return this;
    }

    /** Overwrites the number at {@code position}. */
    public void i32At(int position, int value) {
        INTS.set(buffer, position, value);
    }

    /** Appends the CRC32C of everything from {@code start} on. */
    public ByteWriter checksumFrom(int start) {
        return i32(checksum(start));
    }

    /** The CRC32C of everything from {@code start} on. */
    public int checksum(int start) {
        var crc = new CRC32C();
        crc.update(buffer, start, size - start);
        return (int) crc.getValue();
    }

    public byte[] toArray() {
        return Arrays.copyOf(buffer, size);
    }

    /** The content without a copy: this writer must not be used again. */
    public ByteBuffer finish() {
        return ByteBuffer.wrap(buffer, 0, size).slice();
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer =
                    Arrays.copyOf(
                            buffer,
                            Math.max(
                                    size + more,
                                    Math.min(buffer.length * 2, Integer.MAX_VALUE - 8)));
        }
    }
}
