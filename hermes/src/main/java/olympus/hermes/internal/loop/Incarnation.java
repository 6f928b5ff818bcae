package olympus.hermes.internal.loop;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import olympus.foundation.Clock;
import olympus.hermes.TransactionResult;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.HermesState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the incarnation of a store that is new, or that has lost what it had acknowledged: no
 * fence given out by an older one holds. A new store is born with the time in seconds, so that one
 * begun anew after a total loss outranks the lost one, whose agents still run.
 *
 * <p>Threading: the loop. Tried again until it is written: to raise it twice harms nobody.
 */
final class Incarnation {

    private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);

    private final Clock clock;
    private final Executor writer;
    private final Consumer<Runnable> later;
    private Optional<OperatorOrders.Recovered> recovered;
    private long present = HermesState.UNBORN;

    Incarnation(
            Clock clock,
            Optional<OperatorOrders.Recovered> recovered,
            Executor writer,
            Consumer<Runnable> later) {
        this.clock = clock;
        this.recovered = recovered;
        this.writer = writer;
        this.later = later;
    }

    boolean mustRise(HermesState state) {
        present = state.incarnation();
        return present == HermesState.UNBORN || recovered.isPresent();
    }

    /**
     * Raises it.
     *
     * @param leads whether this member still may; the next leader finds that it must
     */
    void raise(
            BooleanSupplier leads,
            Function<Command, CompletableFuture<TransactionResult>> propose,
            Runnable done) {
        if (!leads.getAsBoolean()) {
            return;
        }
        var raised = HermesState.nextIncarnation(present, clock.wall());
        var _ =
                propose.apply(new Command.RaiseIncarnation(raised))
                        .thenAccept(result -> {
                            if (result instanceof TransactionResult.Committed) {
                                risen(raised);
                                done.run();
                            } else {
                                LOG.atWarn()
                                        .addKeyValue("incarnation", raised)
                                        .addKeyValue("result", result)
                                        .log("The incarnation could not be raised; tried again");
                                later.accept(() -> raise(leads, propose, done));
                            }
                        });
    }

    private void risen(long raised) {
        LOG.atInfo().addKeyValue("incarnation", raised).log("The store has a new incarnation");
        recovered.ifPresent(mark -> writer.execute(mark::done));
        recovered = Optional.empty();
    }
}
