package olympus.server.http;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.WatchEvent;
import org.jspecify.annotations.Nullable;
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
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Hermes hermes;
    private final Key stream;
    private final ThreadEventLoop loop;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long count;
    private Hermes.@Nullable Watch watch;

    StreamSignal(Hermes hermes, Key stream) {
        this.hermes = hermes;
        this.stream = stream;
        this.loop =
                new ThreadEventLoop(
                        "signal-" + stream,
                        (name, cause) ->
                                LOG.atError()
                                        .addKeyValue("loop", name)
                                        .setCause(cause)
                                        .log("stopped; followers see changes only at heartbeats"));
        loop.execute(this::watch);
    }

    private void watch() {
        watch = hermes.watch(stream, hermes.status().revision() + 1, loop, this::received);
        signal();
    }

    private void received(WatchEvent event) {
        switch (event) {
            case WatchEvent.Listed _, WatchEvent.Changed _ -> signal();
            case WatchEvent.Compacted _, WatchEvent.Lagged _ -> loop.execute(this::watch);
            case WatchEvent.Ended _ -> {
                var _ = loop.schedule(RETRY, this::watch);
            }
        }
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
        if (watch != null) {
            watch.close();
        }
        loop.close();
        signal();
    }
}
