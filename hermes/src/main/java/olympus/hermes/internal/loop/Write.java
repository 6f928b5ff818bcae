package olympus.hermes.internal.loop;

import java.util.concurrent.CompletableFuture;
import olympus.hermes.Bytes;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.state.Command;

/** A command on its way into the log, with who waits for its result. */
record Write(
        Command command,
        Bytes encoded,
        long deadlineNanos,
        CompletableFuture<TransactionResult> result) {

    /** How many operations applying it takes. */
    int operations() {
        return command instanceof Command.Transact(var transaction)
                ? transaction.operations().size()
                : 1;
    }
}
