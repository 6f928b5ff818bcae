package olympus.hermes;

import java.time.Duration;

/** One change within a transaction. */
public sealed interface Operation {

    /** Sets the value; {@code leaseId} 0 for none. */
    record Put(Key key, Bytes value, long leaseId) implements Operation {
        public Put(Key key, Bytes value) {
            this(key, value, 0);
        }
    }

    /** Removes one key; does nothing when it does not exist. */
    record Delete(Key key) implements Operation {}

    /** Removes the prefix itself and everything beneath it. */
    record DeleteTree(Key prefix) implements Operation {}

    /**
     * Appends to the stream, which is created by its first element with {@link
     * StreamLimits#DEFAULT}.
     */
    record Append(Key stream, Bytes value) implements Operation {}

    /** Sets the bounds of a stream; what exceeds them is trimmed at once (and archived). */
    record LimitStream(Key stream, StreamLimits limits) implements Operation {}

    /** Creates a lease; its id is the revision of the transaction. At most one per transaction. */
    record GrantLease(Duration timeToLive) implements Operation {}

    /** Starts the lease's time anew. Refused when the lease has ended. */
    record KeepAlive(long leaseId) implements Operation {}

    /** Ends a lease now; its keys are deleted. */
    record RevokeLease(long leaseId) implements Operation {}
}
