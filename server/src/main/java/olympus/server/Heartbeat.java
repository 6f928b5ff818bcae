package olympus.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import olympus.foundation.EventLoop;

/**
 * A beat that shows that loops work: {@code clock} begins it at each interval, every one of {@code
 * loops} of that moment passes it on, and only what came through all of them is told.
 */
record Heartbeat(
        EventLoop clock, Supplier<List<Executor>> loops, Duration interval, Runnable told) {

    void beatUntil(BooleanSupplier ended) {
        if (ended.getAsBoolean()) {
            return;
        }
        pass(loops.get());
        var _ = clock.schedule(interval, () -> beatUntil(ended));
    }

    private void pass(List<Executor> left) {
        if (left.isEmpty()) {
            told.run();
        } else {
            hand(left.getFirst(), () -> pass(left.subList(1, left.size())));
        }
    }

    private static void hand(Executor loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The process is stopping and this loop has ended: the beat ends here.
        }
    }
}
