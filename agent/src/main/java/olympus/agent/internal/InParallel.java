package olympus.agent.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;

/**
 * Blocking work on several things at the same time, some at a time, under one deadline. What is not
 * done by then is interrupted. Threading: any thread; blocks.
 */
final class InParallel {

    private InParallel() {}

    /**
     * The results in the order of the things.
     *
     * @param late in the place of a result that was not there in time
     */
    static <A, B> List<B> each(
            List<A> things,
            int atATime,
            Duration deadline,
            Function<A, B> work,
            Function<A, B> late) {
        if (things.isEmpty()) {
            return List.of();
        }
        var until = System.nanoTime() + deadline.toNanos();
        var threads =
                Executors.newFixedThreadPool(
                        Math.min(atATime, things.size()),
                        Thread.ofVirtual().name("agent-parallel-", 0).factory());
        try {
            var futures = new ArrayList<Future<B>>();
            things.forEach(thing -> futures.add(threads.submit(() -> work.apply(thing))));
            var results = new ArrayList<B>();
            for (var i = 0; i < things.size(); i++) {
                var thing = things.get(i);
                results.add(result(futures.get(i), until, () -> late.apply(thing)));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static <B> B result(Future<B> future, long until, java.util.function.Supplier<B> late) {
        try {
            return future.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return late.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.CANCELLED, "interrupted while it was asked", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("failed: " + e.getCause(), e.getCause());
        }
    }
}
