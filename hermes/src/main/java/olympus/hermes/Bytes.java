package olympus.hermes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable byte string: a value, or the raw form of a key. Ordered as unsigned bytes. */
public final class Bytes implements Comparable<Bytes> {

    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** A copy of {@code content}. */
    public static Bytes copyOf(byte[] content) {
        return new Bytes(content.clone());
    }

    /** Takes {@code content} over: the caller must never write to it again. */
    public static Bytes wrap(byte[] content) {
        return new Bytes(content);
    }

    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return content.length;
    }

    public byte at(int index) {
        return content[index];
    }

    /** The content itself, not a copy: for readers on hot paths that promise not to write. */
    public byte[] unsafeArray() {
        return content;
    }

    public byte[] toArray() {
        return content.clone();
    }

    public boolean startsWith(Bytes prefix) {
        return content.length >= prefix.content.length
                && Arrays.equals(
                        content,
                        0,
                        prefix.content.length,
                        prefix.content,
                        0,
                        prefix.content.length);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** The content read as UTF-8. */
    @Override
    public String toString() {
        return new String(content, StandardCharsets.UTF_8);
    }
}
