package olympus.hermes.internal.state;

import olympus.hermes.StoreLimits;
import olympus.hermes.Transaction;

/** What a log entry can order. Each one ends in a {@link olympus.hermes.TransactionResult}. */
public sealed interface Command {

    record Transact(Transaction transaction) implements Command {}

    /** Begins a leadership: the epoch becomes the revision of this command. */
    record TakeEpoch() implements Command {}

    /** Names the island of an empty store; on any other store it changes nothing. */
    record Found(String islandId) implements Command {}

    /** Switches new behaviour on; a lower level is refused. */
    record RaiseFeatureLevel(int level) implements Command {}

    /** After a restore or a forced recovery; not above the present one is refused. */
    record RaiseIncarnation(long incarnation) implements Command {}

    record Configure(StoreLimits limits) implements Command {}

    /**
     * States what the leader's state hash was after an entry; a replica whose own differs must
     * stop.
     */
    record VerifyHash(long index, long hash) implements Command {}
}
