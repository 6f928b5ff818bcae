package olympus.server.http;

import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * Which part of a list is wanted, newest first.
 *
 * @param limit 1 to {@link #MAX_LIMIT}
 * @param below only elements numbered lower than this; empty for the newest
 */
record Page(int limit, Optional<Long> below) {

    static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;

    static Page of(Optional<Integer> limit, Optional<String> cursor) {
        var wanted = limit.orElse(DEFAULT_LIMIT);
        if (wanted < 1 || wanted > MAX_LIMIT) {
            throw new OlympusException(
                    ErrorCode.INVALID, "limit=%d: expected 1 to %d".formatted(wanted, MAX_LIMIT));
        }
        return new Page(wanted, cursor.map(Page::number));
    }

    private static long number(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "cursor=%s: expected the \"next\" of the page before".formatted(cursor),
                    e);
        }
    }
}
