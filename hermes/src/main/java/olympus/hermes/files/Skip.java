package olympus.hermes.files;

import java.time.Instant;

/**
 * The decision of an operator that apply passes over one entry, after that entry halted the store.
 *
 * @param index its place in the log
 * @param hash of its content, so that no other entry is skipped by mistake
 */
public record Skip(long index, long hash, String reason, Instant at) {

    /** Reasons are a line that a person reads. */
    public static final int MAX_REASON = 500;

    public Skip {
        if (reason.isBlank()
                || reason.length() > MAX_REASON
                || reason.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "entry %d is to be skipped with the reason \"%s\"; a line of 1 to %d characters is right"
                            .formatted(index, reason, MAX_REASON));
        }
    }
}
