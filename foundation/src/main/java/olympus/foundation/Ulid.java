package olympus.foundation;

import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * A universally unique, lexicographically sortable identifier: 48 bits of milliseconds, 80 random
 * bits, written as 26 characters of Crockford's base 32.
 *
 * <p>Source: the ULID specification (github.com/ulid/spec). Two ULIDs of the same millisecond have
 * no defined order.
 */
public record Ulid(String value) implements Comparable<Ulid> {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 26;
    private static final long MAX_MILLIS = (1L << 48) - 1;

    public Ulid {
        if (value.length() != LENGTH || value.charAt(0) > '7') {
            throw new IllegalArgumentException(
                    "not a ULID: \"" + value + "\"; expected 26 characters, first 0-7");
        }
        for (var i = 0; i < LENGTH; i++) {
            if (ALPHABET.indexOf(value.charAt(i)) < 0) {
                throw new IllegalArgumentException(
                        "not a ULID: \"%s\" has '%s' at position %d"
                                .formatted(value, value.charAt(i), i + 1));
            }
        }
    }

    /** A new id for the given instant, with randomness from {@code random}. */
    public static Ulid next(Instant now, RandomGenerator random) {
        var millis = now.toEpochMilli();
        if (millis < 0 || millis > MAX_MILLIS) {
            throw new IllegalArgumentException("no ULID for " + now);
        }
        var text = new char[LENGTH];
        for (var i = 9; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (millis & 31));
            millis >>>= 5;
        }
        for (var i = 10; i < LENGTH; i++) {
            text[i] = ALPHABET.charAt(random.nextInt(32));
        }
        return new Ulid(new String(text));
    }

    @Override
    public int compareTo(Ulid other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
