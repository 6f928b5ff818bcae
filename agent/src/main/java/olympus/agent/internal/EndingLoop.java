package olympus.agent.internal;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import olympus.foundation.EventLoop;
import olympus.foundation.ThreadEventLoop;

/**
 * A loop that may be closed while processes, timers and virtual threads still want to tell it
 * something: what comes after the end is dropped, because the next agent finds it out by itself.
 */
final class EndingLoop implements EventLoop, AutoCloseable {

    private static final Cancellable NOTHING = () -> {};

    private final ThreadEventLoop loop;
    private volatile boolean ended;

    EndingLoop(String name, BiConsumer<String, Throwable> onFailure) {
        this.loop =
                new ThreadEventLoop(
                        name,
                        (thread, failure) -> {
                            ended = true;
                            onFailure.accept(thread, failure);
                        });
    }

    @Override
    public void execute(Runnable task) {
        if (ended) {
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            rethrowUnlessEnded(e);
        }
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        if (ended) {
            return NOTHING;
        }
        try {
            return loop.schedule(delay, task);
        } catch (RejectedExecutionException e) {
            rethrowUnlessEnded(e);
            return NOTHING;
        }
    }

    private void rethrowUnlessEnded(RejectedExecutionException e) {
        if (!ended) {
            throw e;
        }
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    @Override
    public void close() {
        ended = true;
        loop.close();
    }
}
