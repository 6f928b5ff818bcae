package olympus.server.http;

import java.time.Duration;
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
    private final ChangeSignal signal = new ChangeSignal();

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
                        StandingWatch.Receiver.of(signal::changed, _ -> signal.changed()));
    }

    long count() {
        return signal.count();
    }

    /**
     * Returns when something happened since {@code seen} was counted, or after {@code patience}.
     */
    void awaitMoreThan(long seen, Duration patience) {
        signal.awaitMoreThan(seen, patience);
    }

    @Override
    public void close() {
        watch.close();
        loop.close();
        signal.changed();
    }
}
