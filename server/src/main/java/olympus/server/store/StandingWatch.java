package olympus.server.store;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import olympus.foundation.EventLoop;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.WatchEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watch of the store that begins anew whenever it ends, until it is closed.
 *
 * <p>Threading: the receiver is called on the given loop; {@link #close} by any thread.
 */
public final class StandingWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StandingWatch.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Hermes hermes;
    private final Key prefix;
    private final EventLoop loop;
    private final LongSupplier from;
    private final Receiver receiver;
    private Hermes.@Nullable Watch watch;
    private boolean closed;

    /** What a standing watch tells. */
    public interface Receiver {
        /** The watch begins, for the first time or anew: something may have been missed. */
        void begun();

        /** Content: a part of a listing, or changes. */
        void received(WatchEvent event);

        static Receiver of(Runnable begun, Consumer<WatchEvent> received) {
            return new Receiver() {
                @Override
                public void begun() {
                    begun.run();
                }

                @Override
                public void received(WatchEvent event) {
                    received.accept(event);
                }
            };
        }
    }

    private StandingWatch(
            Hermes hermes, Key prefix, LongSupplier from, EventLoop loop, Receiver receiver) {
        this.hermes = hermes;
        this.prefix = prefix;
        this.from = from;
        this.loop = loop;
        this.receiver = receiver;
    }

    /**
     * @param from the revision to begin with, each time; 0 for a listing
     */
    public static StandingWatch start(
            Hermes hermes, Key prefix, LongSupplier from, EventLoop loop, Receiver receiver) {
        var standing = new StandingWatch(hermes, prefix, from, loop, receiver);
        loop.execute(standing::begin);
        return standing;
    }

    private void begin() {
        synchronized (this) {
            if (closed) {
                return;
            }
            watch = hermes.watch(prefix, from.getAsLong(), loop, this::received);
        }
        receiver.begun();
    }

    private void received(WatchEvent event) {
        switch (event) {
            case WatchEvent.Listed _, WatchEvent.Changed _ -> receiver.received(event);
            case WatchEvent.Compacted _, WatchEvent.Lagged _ -> again(Duration.ZERO);
            case WatchEvent.Ended ended -> {
                LOG.atDebug()
                        .addKeyValue("prefix", prefix)
                        .addKeyValue("reason", ended.reason())
                        .log("watch ended");
                again(RETRY);
            }
        }
    }

    private synchronized void again(Duration delay) {
        if (!closed) {
            var _ = loop.schedule(delay, this::begin);
        }
    }

    /** Nothing is scheduled any more once this returns; the loop may then be closed. */
    @Override
    public synchronized void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }
}
