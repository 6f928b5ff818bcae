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

    /** So many where the request does not say, as text for the parameter's default. */
    static final String LIMIT = "100";

    static final int MAX_LIMIT = 1_000;

    static Page of(int limit, Optional<String> cursor) {
        requireLimit(limit);
        return new Page(limit, cursor.map(Page::number));
    }

    static void requireLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new OlympusException(
                    ErrorCode.INVALID, "limit=%d: expected 1 to %d".formatted(limit, MAX_LIMIT));
        }
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
