package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import olympus.foundation.EventLoop;

/** The threads of a store that runs on its own; {@link #run} ends them. */
public final class NodeThreads implements Runnable {

    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);

    private final NettyLoop loop = new NettyLoop("hermes-loop");
    private final ExecutorService writer = single("hermes-snapshots");
    private final ExecutorService archiver = single("hermes-archive");

    public EventLoop loop() {
        return loop;
    }

    public Executor writer() {
        return writer;
    }

    public Executor archiver() {
        return archiver;
    }

    @Override
    public void run() {
        List.of(writer, archiver).forEach(NodeThreads::end);
        loop.close();
    }

    private static ExecutorService single(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon(true).factory());
    }

    private static void end(ExecutorService thread) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
