package olympus.zeus.internal;

import java.util.List;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.stack.StackLimits;
import olympus.zeus.StackPlan;

/**
 * How much of the store's limits a change of a stack takes, so that a plan refuses what an apply
 * would. Pure.
 */
final class WriteSize {

    /** What the store's encoding adds to an operation or a condition at most. */
    private static final long BESIDE = 24;

    /** The name of the server that decided, which is added to the decision last. */
    private static final long SIGNATURE = 256;

    private WriteSize() {}

    static void requireFits(
            StackPlan plan, List<Condition> conditions, List<Operation> operations) {
        var bytes =
                conditions.stream().mapToLong(WriteSize::bytes).sum()
                        + operations.stream().mapToLong(WriteSize::bytes).sum()
                        + SIGNATURE;
        if (operations.size() > Transaction.MAX_OPERATIONS
                || bytes > Transaction.MAX_ENCODED_BYTES) {
            throw new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "changing %d services of stack %s at once takes %d bytes in %d operations; the store takes %d in %d: change fewer at a time, or make it several stacks"
                            .formatted(
                                    plan.changes().size(),
                                    plan.stack(),
                                    bytes,
                                    operations.size(),
                                    Transaction.MAX_ENCODED_BYTES,
                                    Transaction.MAX_OPERATIONS));
        }
    }

    static void requireFits(StackPlan plan, Bytes revision) {
        if (revision.length() > Transaction.MAX_VALUE_BYTES) {
            throw new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "stack %s takes %d bytes as JSON; the store takes %d, of which its definition may have %d: make it several stacks"
                            .formatted(
                                    plan.stack(),
                                    revision.length(),
                                    Transaction.MAX_VALUE_BYTES,
                                    StackLimits.MAX_DEFINITION_BYTES));
        }
    }

    private static long bytes(Condition condition) {
        return BESIDE
                + switch (condition) {
                    case Condition.RevisionIs(var key, var _) -> key.raw().length();
                    case Condition.ValueIs(var key, var value) ->
                            key.raw().length() + value.length();
                    case Condition.Exists(var key) -> key.raw().length();
                    case Condition.Absent(var key) -> key.raw().length();
                    case Condition.EpochIs _ -> 0;
                };
    }

    private static long bytes(Operation operation) {
        return BESIDE
                + switch (operation) {
                    case Operation.Put(var key, var value, var _) ->
                            key.raw().length() + value.length();
                    case Operation.Delete(var key) -> key.raw().length();
                    case Operation.DeleteTree(var prefix) -> prefix.raw().length();
                    case Operation.Append(var stream, var value) ->
                            stream.raw().length() + value.length();
                    case Operation.LimitStream(var stream, var _) -> stream.raw().length();
                    case Operation.GrantLease _, Operation.KeepAlive _, Operation.RevokeLease _ ->
                            0;
                };
    }
}
