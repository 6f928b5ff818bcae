package olympus.hermes.internal.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import olympus.foundation.EventLoop;

/**
 * The store's loop as one thread of Netty, on which client connections can live later.
 *
 * <p>Netty itself only logs what escapes a task; the store hands in guarded tasks, which halt it.
 */
public final class NettyLoop implements EventLoop, AutoCloseable {

    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

    private final MultiThreadIoEventLoopGroup group;
    private final IoEventLoop thread;

    public NettyLoop(String name) {
        group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        thread = group.next();
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        var timer = thread.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public boolean inLoop() {
        return thread.inEventLoop();
    }

    /** Runs what was handed in, then ends the thread. */
    @Override
    public void close() {
        var closed = group.shutdownGracefully(0, CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        if (!thread.inEventLoop()) {
            closed.awaitUninterruptibly(CLOSE_DEADLINE.toMillis() * 2);
        }
    }
}
