package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import olympus.hermes.internal.codec.MalformedData;
import olympus.hermes.internal.state.HermesState;

/**
 * The entries that other members hand to this one while it leads: stamped and proposed. How many
 * each of them has on its way is its own bound ({@link Proposals}).
 */
final class ForeignEntries {

    private final Proposals proposals;
    private final Predicate<Runnable> loop;
    private final Supplier<Optional<HermesState>> led;

    /**
     * Entries proposed by {@code proposals}.
     *
     * @param loop runs a task on the loop, or says that it is closed
     * @param led the state while this member leads
     */
    ForeignEntries(
            Proposals proposals, Predicate<Runnable> loop, Supplier<Optional<HermesState>> led) {
        this.proposals = proposals;
        this.loop = loop;
        this.led = led;
    }

    /** Another member asks; any thread. */
    CompletionStage<ByteBuffer> asked(String from, ByteBuffer message) {
        var outcome = new CompletableFuture<ByteBuffer>();
        if (!loop.test(() -> propose(message, outcome))) {
            outcome.complete(Forwarding.refused("the store is closed"));
        }
        return outcome;
    }

    private void propose(ByteBuffer message, CompletableFuture<ByteBuffer> outcome) {
        var state = led.get();
        if (state.isEmpty()) {
            outcome.complete(Forwarding.refused("this server does not lead"));
            return;
        }
        try {
            proposals.propose(state.get(), Forwarding.read(message), outcome);
        } catch (MalformedData | IllegalArgumentException wrong) {
            outcome.completeExceptionally(wrong);
        }
    }
}
