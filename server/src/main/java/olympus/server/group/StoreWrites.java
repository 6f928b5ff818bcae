package olympus.server.group;

import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Hermes;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.server.deadline.Deadline;

/**
 * Writes to the store on behalf of a person who waits.
 *
 * <p>Threading: any thread that may wait.
 */
public record StoreWrites(Hermes hermes, Clock clock, Deadline deadline) {

    /**
     * @param what what is done, as error messages name it
     * @throws OlympusException CONFLICT when a condition did not hold; else why it was not written
     */
    public void commit(Transaction transaction, String what) {
        if (!tryCommit(transaction, what)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT, what + ": another request came first; try again");
        }
    }

    /** The same; false when a condition did not hold. */
    public boolean tryCommit(Transaction transaction, String what) {
        return switch (deadline.await(hermes.transact(transaction), what)) {
            case TransactionResult.Committed _ -> true;
            case TransactionResult.Conflict _ -> false;
            case TransactionResult.Refused(var code, var message) ->
                    throw new OlympusException(code, what + ": " + message);
            case TransactionResult.Unknown(var message) ->
                    throw new OlympusException(ErrorCode.UNAVAILABLE, what + ": " + message);
        };
    }
}
