package olympus.server.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.EventLoop;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.WatchEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy in memory of what stands under one prefix of the store, kept up by a watch that begins
 * anew whenever it ends.
 *
 * <p>Threading: the receiver is called on the projection's own loop.
 */
public final class Projection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Projection.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final String name;
    private final Hermes hermes;
    private final Key prefix;
    private final Receiver receiver;
    private final ThreadEventLoop loop;
    private final CompletableFuture<Void> listed = new CompletableFuture<>();
    private final List<Entry> listing = new ArrayList<>();
    private Hermes.@Nullable Watch watch;

    private Projection(String name, Hermes hermes, Key prefix, Receiver receiver) {
        this.name = name;
        this.hermes = hermes;
        this.prefix = prefix;
        this.receiver = receiver;
        this.loop = new ThreadEventLoop("projection-" + name, Projection::stopped);
    }

    /** Begins to follow {@code prefix}. */
    public static Projection start(String name, Hermes hermes, Key prefix, Receiver receiver) {
        var projection = new Projection(name, hermes, prefix, receiver);
        projection.loop.execute(projection::watch);
        return projection;
    }

    /** What a projection tells. */
    public interface Receiver {
        /** The whole content; replaces all that was told before. */
        void listed(List<Entry> entries);

        void put(Entry entry);

        void deleted(Key key);
    }

    /** Completed when the first listing has been received. */
    public CompletionStage<Void> listed() {
        return listed;
    }

    public EventLoop loop() {
        return loop;
    }

    private void watch() {
        listing.clear();
        watch = hermes.watch(prefix, 0, loop, this::received);
    }

    private void received(WatchEvent event) {
        switch (event) {
            case WatchEvent.Listed part -> {
                listing.addAll(part.entries());
                if (part.last()) {
                    receiver.listed(List.copyOf(listing));
                    listing.clear();
                    listed.complete(null);
                }
            }
            case WatchEvent.Changed changed -> changed.changes().forEach(this::apply);
            case WatchEvent.Compacted _, WatchEvent.Lagged _ -> loop.execute(this::watch);
            case WatchEvent.Ended ended -> {
                LOG.atDebug()
                        .addKeyValue("projection", name)
                        .addKeyValue("reason", ended.reason())
                        .log("watch ended");
                var _ = loop.schedule(RETRY, this::watch);
            }
        }
    }

    private void apply(Change change) {
        switch (change) {
            case Change.Put put -> receiver.put(put.entry());
            case Change.Deleted deleted -> receiver.deleted(deleted.key());
            case Change.Appended _ -> {}
        }
    }

    private static void stopped(String loop, Throwable cause) {
        LOG.atError()
                .addKeyValue("loop", loop)
                .setCause(cause)
                .log("a projection stopped; restart the server");
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        loop.close();
    }
}
