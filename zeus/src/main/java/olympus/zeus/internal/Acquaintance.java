package olympus.zeus.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.model.StackName;

/**
 * Lets the first order about a stack wait until the nodes have told what they run: a store that was
 * repaired or begun anew must not order beside what goes on there. Every connected node must have
 * accepted an assignment of this incarnation, after which its report names what it holds.
 *
 * <p>Limits: an order waits for {@link #DEADLINE}; then it is refused when a connected node is
 * silent, and goes on when no node has come. Threading: Zeus' loop.
 */
final class Acquaintance {

    static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofMillis(20);

    private final Controller controller;
    private final EventLoop loop;
    private final Clock clock;

    Acquaintance(Controller controller, EventLoop loop, Clock clock) {
        this.controller = controller;
        this.loop = loop;
        this.clock = clock;
    }

    <T> CompletionStage<T> before(StackName stack, Supplier<CompletionStage<T>> order) {
        if (controller.unacquainted(stack).isEmpty()) {
            return order.get();
        }
        var answer = new CompletableFuture<T>();
        await(stack, order, answer, clock.monotonicNanos() + DEADLINE.toNanos());
        return answer;
    }

    private <T> void await(
            StackName stack,
            Supplier<CompletionStage<T>> order,
            CompletableFuture<T> answer,
            long untilNanos) {
        var silent = controller.unacquainted(stack);
        var late = clock.monotonicNanos() - untilNanos >= 0;
        if (silent.isPresent() && late && !silent.get().isEmpty()) {
            answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "stack %s was not touched: node %s has not told yet what it runs; try again in a moment"
                                    .formatted(stack, silent.get())));
        } else if (silent.isEmpty() || late) {
            carryOut(order, answer);
        } else {
            var _ = loop.schedule(AGAIN, () -> await(stack, order, answer, untilNanos));
        }
    }

    private static <T> void carryOut(
            Supplier<CompletionStage<T>> order, CompletableFuture<T> answer) {
        try {
            var _ =
                    order.get()
                            .whenComplete((value, error) -> {
                                if (error == null) {
                                    answer.complete(value);
                                } else {
                                    answer.completeExceptionally(error);
                                }
                            });
        } catch (OlympusException refused) {
            answer.completeExceptionally(refused);
        }
    }
}
