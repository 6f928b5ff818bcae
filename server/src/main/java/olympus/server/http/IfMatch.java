package olympus.server.http;

import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * The header {@code If-Match} of a request that changes a stack or one of its services: the stack's
 * revision that the request was made for. Zeus judges it together with the change.
 */
final class IfMatch {

    static final String HEADER = "If-Match";

    private IfMatch() {}

    /** How a revision stands in {@code ETag} and {@code If-Match}. */
    static String tag(long revision) {
        return "\"" + revision + "\"";
    }

    /** The revision that the header asks for; empty without one and with {@code *}. */
    static Optional<Long> revision(Optional<String> header) {
        return header.map(String::strip).filter(text -> !text.equals("*")).map(IfMatch::number);
    }

    private static long number(String text) {
        try {
            if (text.length() > 2 && text.startsWith("\"") && text.endsWith("\"")) {
                return Long.parseLong(text, 1, text.length() - 1, 10);
            }
        } catch (NumberFormatException e) {
            throw badTag(text);
        }
        throw badTag(text);
    }

    private static OlympusException badTag(String text) {
        return new OlympusException(
                ErrorCode.INVALID,
                "If-Match: %s: expected the ETag of a plan or of the stack, e.g. \"3\""
                        .formatted(text));
    }
}
