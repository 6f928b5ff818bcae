package olympus.hermes;

/**
 * The name of a value or stream: opaque bytes for the store, a path split on {@code /} for people.
 *
 * <p>Limits: 1 to {@link #MAX_LENGTH} bytes.
 */
public record Key(Bytes raw) implements Comparable<Key> {

    public static final int MAX_LENGTH = 4_096;

    public Key {
        if (raw.length() == 0 || raw.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a key has 1 to %d bytes, this one has %d".formatted(MAX_LENGTH, raw.length()));
        }
    }

    public static Key of(String path) {
        return new Key(Bytes.utf8(path));
    }

    /** This path and one more segment. */
    public Key child(String segment) {
        return of(this + "/" + segment);
    }

    /**
     * Whether this key is {@code prefix} itself or lies beneath it: {@code a/b} is under {@code a},
     * {@code ab} is not.
     */
    public boolean isUnder(Key prefix) {
        return raw.startsWith(prefix.raw)
                && (raw.length() == prefix.raw.length() || raw.at(prefix.raw.length()) == '/');
    }

    @Override
    public int compareTo(Key other) {
        return raw.compareTo(other.raw);
    }

    @Override
    public String toString() {
        return raw.toString();
    }
}
