package olympus.hermes.internal.state;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import olympus.foundation.ErrorCode;
import olympus.hermes.Condition;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StreamLimits;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a transaction can be applied. Pure: reads the state, changes nothing, and what it
 * lets pass cannot fail.
 */
final class TransactionCheck {

    /** Keys that one transaction or the end of one lease may delete. */
    static final int MAX_DELETED = 10_000;

    static final long MAX_STREAM_COUNT = 1_000_000;
    static final Duration MAX_STREAM_AGE = Duration.ofDays(36_500);
    static final Duration MIN_LEASE = Duration.ofMillis(100);
    static final Duration MAX_LEASE = Duration.ofDays(7);

    private final HermesState state;
    private final Set<Key> written = new HashSet<>();
    private final Set<Key> newStreams = new HashSet<>();
    private long addedBytes;
    private int leased;
    private int deleted;
    private int granted;

    TransactionCheck(HermesState state) {
        this.state = state;
    }

    /** Why the transaction must not be applied, empty when it may. */
    Optional<TransactionResult> objection(Transaction transaction) {
        for (var i = 0; i < transaction.conditions().size(); i++) {
            var condition = transaction.conditions().get(i);
            if (!holds(condition)) {
                return Optional.of(new TransactionResult.Conflict(i, actual(condition)));
            }
        }
        for (var operation : transaction.operations()) {
            var objection = objection(operation);
            if (objection != null) {
                return Optional.of(objection);
            }
        }
        return Optional.ofNullable(treesOverlap(transaction));
    }

    private boolean holds(Condition condition) {
        return switch (condition) {
            case Condition.RevisionIs(var key, var revision) ->
                    state.modifyRevision(key) == revision;
            case Condition.ValueIs(var key, var value) ->
                    state.get(key).filter(entry -> entry.value().equals(value)).isPresent();
            case Condition.Exists(var key) -> state.get(key).isPresent();
            case Condition.Absent(var key) -> state.get(key).isEmpty();
            case Condition.EpochIs(var epoch) -> state.epoch() == epoch;
        };
    }

    private long actual(Condition condition) {
        return switch (condition) {
            case Condition.RevisionIs(var key, var _) -> state.modifyRevision(key);
            case Condition.ValueIs(var key, var _) -> state.modifyRevision(key);
            case Condition.Exists(var key) -> state.modifyRevision(key);
            case Condition.Absent(var key) -> state.modifyRevision(key);
            case Condition.EpochIs _ -> state.epoch();
        };
    }

    private TransactionResult.@Nullable Refused objection(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> put(put);
            case Operation.Delete delete -> delete(delete.key());
            case Operation.DeleteTree tree -> deleteTree(tree.prefix());
            case Operation.Append append -> append(append);
            case Operation.LimitStream limit -> limit(limit);
            case Operation.GrantLease grant -> grant(grant.timeToLive());
            case Operation.KeepAlive keep -> lease(keep.leaseId(), "keep alive");
            case Operation.RevokeLease revoke -> lease(revoke.leaseId(), "revoke");
        };
    }

    private TransactionResult.@Nullable Refused put(Operation.Put put) {
        if (put.value().length() > Transaction.MAX_VALUE_BYTES) {
            return refused(
                    ErrorCode.TOO_LARGE,
                    "put of %s: a value has at most %d bytes, this one has %d",
                    put.key(),
                    Transaction.MAX_VALUE_BYTES,
                    put.value().length());
        }
        if (state.isStream(put.key()) || newStreams.contains(put.key())) {
            return refused(
                    ErrorCode.INVALID,
                    "put of %s: it is a stream; append to it, or use another key",
                    put.key());
        }
        addedBytes += (long) put.key().raw().length() + put.value().length();
        if (state.tableBytes() + addedBytes > state.limits().tableBytes()) {
            return refused(
                    ErrorCode.TOO_LARGE,
                    "put of %s: the store holds %d bytes of keys and values and may hold %d; delete some or raise the limit",
                    put.key(),
                    state.tableBytes(),
                    state.limits().tableBytes());
        }
        if (put.leaseId() != 0) {
            if (!state.leaseLives(put.leaseId())) {
                return refused(
                        ErrorCode.NOT_FOUND,
                        "put of %s: lease %d has ended; grant a new one",
                        put.key(),
                        put.leaseId());
            }
            leased++;
            if (state.leasedKeys(put.leaseId()) + leased > MAX_DELETED) {
                return refused(
                        ErrorCode.TOO_LARGE,
                        "put of %s: a lease holds at most %d keys; grant another one",
                        put.key(),
                        MAX_DELETED);
            }
        }
        return once(put.key());
    }

    private TransactionResult.@Nullable Refused delete(Key key) {
        if (state.isStream(key)) {
            return refused(
                    ErrorCode.INVALID,
                    "delete of %s: a stream is bounded by its limits and cannot be deleted",
                    key);
        }
        return once(key);
    }

    private TransactionResult.@Nullable Refused deleteTree(Key prefix) {
        deleted += state.under(prefix, Optional.empty(), MAX_DELETED + 1).size();
        return deleted > MAX_DELETED
                ? refused(
                        ErrorCode.TOO_LARGE,
                        "delete of everything under %s: more than %d keys; delete its parts one by one",
                        prefix,
                        MAX_DELETED)
                : null;
    }

    private TransactionResult.@Nullable Refused append(Operation.Append append) {
        if (append.value().length() > Transaction.MAX_VALUE_BYTES) {
            return refused(
                    ErrorCode.TOO_LARGE,
                    "append to %s: a value has at most %d bytes, this one has %d",
                    append.stream(),
                    Transaction.MAX_VALUE_BYTES,
                    append.value().length());
        }
        return stream(append.stream());
    }

    private TransactionResult.@Nullable Refused limit(Operation.LimitStream limit) {
        StreamLimits limits = limit.limits();
        if (limits.maxCount() > MAX_STREAM_COUNT
                || limits.maxAge().toMillis() > MAX_STREAM_AGE.toMillis()
                || limits.maxAge().toMillis() < 1) {
            return refused(
                    ErrorCode.INVALID,
                    "limits of %s: at most %d elements and an age of 1 ms to %d days, not %d and %s",
                    limit.stream(),
                    MAX_STREAM_COUNT,
                    MAX_STREAM_AGE.toDays(),
                    limits.maxCount(),
                    limits.maxAge());
        }
        return stream(limit.stream());
    }

    private TransactionResult.@Nullable Refused stream(Key key) {
        if (state.get(key).isPresent() || written.contains(key)) {
            return refused(
                    ErrorCode.INVALID, "stream %s: this key holds a value; use another key", key);
        }
        if (!state.isStream(key)
                && newStreams.add(key)
                && state.streams() + newStreams.size() > state.limits().streams()) {
            return refused(
                    ErrorCode.TOO_LARGE,
                    "stream %s: the store holds %d streams, its limit",
                    key,
                    state.limits().streams());
        }
        return null;
    }

    private TransactionResult.@Nullable Refused grant(Duration timeToLive) {
        // Whole milliseconds are what the log carries: nothing finer may decide.
        if (timeToLive.toMillis() < MIN_LEASE.toMillis()
                || timeToLive.toMillis() > MAX_LEASE.toMillis()) {
            return refused(
                    ErrorCode.INVALID,
                    "a lease lives %s to %s, not %s",
                    MIN_LEASE,
                    MAX_LEASE,
                    timeToLive);
        }
        granted++;
        if (granted > 1) {
            return refused(
                    ErrorCode.INVALID,
                    "a transaction grants at most one lease; its id is the revision");
        }
        return state.leases() >= state.limits().leases()
                ? refused(
                        ErrorCode.TOO_LARGE, "the store holds %d leases, its limit", state.leases())
                : null;
    }

    private TransactionResult.@Nullable Refused lease(long id, String attempted) {
        return state.leaseLives(id)
                ? null
                : refused(
                        ErrorCode.NOT_FOUND,
                        "%s lease %d: it has ended; grant a new one",
                        attempted,
                        id);
    }

    private TransactionResult.@Nullable Refused once(Key key) {
        return written.add(key)
                ? null
                : refused(
                        ErrorCode.INVALID,
                        "%s is written twice in one transaction; once is allowed",
                        key);
    }

    /**
     * A deleted tree must not hold a key that the same transaction writes: the order would be a
     * matter of taste.
     */
    private TransactionResult.@Nullable Refused treesOverlap(Transaction transaction) {
        for (var operation : transaction.operations()) {
            if (operation instanceof Operation.DeleteTree(var prefix)) {
                for (var key : written) {
                    if (key.isUnder(prefix)) {
                        return refused(
                                ErrorCode.INVALID,
                                "%s is written and also deleted with the tree %s in one transaction",
                                key,
                                prefix);
                    }
                }
            }
        }
        return null;
    }

    @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a dependency.
    private static TransactionResult.Refused refused(
            ErrorCode code, String format, Object... arguments) {
        return new TransactionResult.Refused(code, format.formatted(arguments));
    }
}
