package olympus.server.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.server.store.StandingWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes those who follow a stream of the store. Carries no content: whoever wakes reads the stream
 * from where they are.
 *
 * <p>Threading: any thread waits; a loop of its own watches the store.
 */
final class StreamSignal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamSignal.class);

    private final ThreadEventLoop loop;
    private final StandingWatch watch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long count;

    StreamSignal(Hermes hermes, Key stream) {
        this.loop =
                new ThreadEventLoop(
                        "signal-" + stream,
                        (name, cause) ->
                                LOG.atError()
                                        .addKeyValue("loop", name)
                                        .setCause(cause)
                                        .log("stopped; followers see changes only at heartbeats"));
        this.watch =
                StandingWatch.start(
                        hermes,
                        stream,
                        () -> hermes.status().revision() + 1,
                        loop,
                        StandingWatch.Receiver.of(this::signal, _ -> signal()));
    }

    private void signal() {
        lock.lock();
        try {
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when something happened since {@code seen} was counted, or after {@code patience}.
     */
    void awaitMoreThan(long seen, Duration patience) {
        lock.lock();
        try {
            var left = patience.toNanos();
            while (count <= seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        watch.close();
        loop.close();
        signal();
    }
}
