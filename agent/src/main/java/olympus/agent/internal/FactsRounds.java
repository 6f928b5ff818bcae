package olympus.agent.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.model.state.NodeFacts;

/**
 * Finds out what the machine has, at the start and every few minutes, beside the loop: a look that
 * hangs holds up nothing, and what was found before stays. Threading: one thread of its own, since
 * a look may hang in the kernel; {@link #last}, {@link #problem} and {@link #firstLook} from any
 * thread.
 */
final class FactsRounds implements AutoCloseable {

    private final Supplier<NodeFacts> look;
    private final Duration every;
    private final Consumer<NodeFacts> changed;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CompletableFuture<Boolean> firstLook = new CompletableFuture<>();
    private final Thread thread;
    private volatile Optional<NodeFacts> last = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();

    /**
     * @param changed called with what was found whenever it is not what was found before
     */
    FactsRounds(Supplier<NodeFacts> look, Duration every, Consumer<NodeFacts> changed) {
        this.look = look;
        this.every = every;
        this.changed = changed;
        this.thread = Thread.ofPlatform().daemon().name("agent-facts").unstarted(this::rounds);
    }

    void begin() {
        thread.start();
    }

    Optional<NodeFacts> last() {
        return last;
    }

    /** Done when it was looked once, with whether something was found. */
    CompletionStage<Boolean> firstLook() {
        return firstLook;
    }

    /** Why the last look failed. */
    Optional<String> problem() {
        return problem;
    }

    private void rounds() {
        try {
            do {
                round();
                firstLook.complete(last.isPresent());
            } while (!closed.await(every.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            // This is the end.
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        NodeFacts found;
        try {
            found = look.get();
            problem = Optional.empty();
        } catch (RuntimeException | LinkageError e) {
            // What files of the kernel hold, on whatever machine, is not ours.
            problem = Optional.of("what this machine has could not be found out: " + e);
            return;
        }
        if (!last.equals(Optional.of(found))) {
            last = Optional.of(found);
            changed.accept(found);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
