package olympus.hermes;

import olympus.foundation.ErrorCode;

/** How a transaction ended. */
public sealed interface TransactionResult {

    /** Applied and durable on a majority. A lease that it granted has this revision as its id. */
    record Committed(long revision) implements TransactionResult {}

    /**
     * A condition did not hold; nothing was changed. {@code actualRevision} is that of the key, 0
     * when absent; for an epoch the one in force.
     */
    record Conflict(int conditionIndex, long actualRevision) implements TransactionResult {}

    /**
     * Not applied for a reason other than a condition; {@code message} says what would be right.
     */
    record Refused(ErrorCode code, String message) implements TransactionResult {}

    /**
     * The outcome is not known (leadership lost or store halted with the entry in flight): look
     * before trying again.
     */
    record Unknown(String message) implements TransactionResult {}
}
