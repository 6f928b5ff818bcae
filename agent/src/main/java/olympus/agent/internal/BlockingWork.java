package olympus.agent.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Runs what may block, each task on a virtual thread of its own. Whatever escapes a task is a bug
 * and goes to the failure handler: nobody would hear of it otherwise, and whoever waits for the
 * task's answer would wait for ever. Threading: safe for use by any thread.
 */
final class BlockingWork implements Executor, AutoCloseable {

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("agent-work-", 0).factory());
    private final Consumer<Throwable> onFailure;
    private volatile boolean closing;

    BlockingWork(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                // A task that is interrupted by the end may fail in any way.
                if (!closing) {
                    onFailure.accept(e);
                }
            }
        });
    }

    /** Interrupts what is under way. */
    @Override
    public void close() {
        closing = true;
        threads.shutdownNow();
    }
}
