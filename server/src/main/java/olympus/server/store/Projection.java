package olympus.server.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.EventLoop;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.WatchEvent;
import olympus.server.problems.Problems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy in memory of the records under one prefix of the store, kept up by a watch that begins
 * anew whenever it ends.
 *
 * <p>Failure: a record that cannot be read is passed over and told as a problem until it is
 * replaced or deleted; a bug in the receiver ends the projection and is told as a problem too.
 *
 * <p>Threading: the receiver is called on the projection's own loop.
 */
public final class Projection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Projection.class);

    private final ThreadEventLoop loop;
    private final CompletableFuture<Void> listed;
    private final StandingWatch watch;

    private Projection(ThreadEventLoop loop, CompletableFuture<Void> listed, StandingWatch watch) {
        this.loop = loop;
        this.listed = listed;
        this.watch = watch;
    }

    /**
     * What is followed.
     *
     * @param name for threads and messages
     * @param decode the record of a value; throws an {@link IllegalArgumentException} or another
     *     exception for one that it cannot read
     */
    public record Source<R>(String name, Hermes hermes, Key prefix, Decoder<R> decode) {}

    /** Reads a record. */
    public interface Decoder<R> {
        R decode(Bytes value);
    }

    /** Begins to follow {@code source}. */
    public static <R> Projection start(Source<R> source, Receiver<R> receiver, Problems problems) {
        var loop =
                new ThreadEventLoop(
                        "projection-" + source.name(),
                        (_, cause) -> stopped(source.name(), cause, problems));
        var listed = new CompletableFuture<Void>();
        var reader = new Reader<>(source, receiver, problems, listed);
        var watch = StandingWatch.start(source.hermes(), source.prefix(), () -> 0, loop, reader);
        return new Projection(loop, listed, watch);
    }

    /** What a projection tells. */
    public interface Receiver<R> {
        /** The whole content; replaces all that was told before. */
        void listed(Map<Key, R> records);

        void put(Key key, R entry);

        void deleted(Key key);
    }

    /** Completed when the first listing has been received. */
    public CompletionStage<Void> listed() {
        return listed;
    }

    public EventLoop loop() {
        return loop;
    }

    private static void stopped(String name, Throwable cause, Problems problems) {
        LOG.atError()
                .addKeyValue("projection", name)
                .setCause(cause)
                .log("a projection stopped; restart the server");
        problems.tell(
                "projection " + name,
                "the %s of the store are not followed any more because of a bug (%s); restart olympus and report it"
                        .formatted(name, cause));
    }

    /** Turns what the watch tells into records. Owned by the projection's loop. */
    private static final class Reader<R> implements StandingWatch.Receiver {

        private final Source<R> source;
        private final Receiver<R> receiver;
        private final Problems problems;
        private final CompletableFuture<Void> listed;
        private final Map<Key, R> listing = new HashMap<>();
        private final Set<Key> unreadable = new HashSet<>();

        private Reader(
                Source<R> source,
                Receiver<R> receiver,
                Problems problems,
                CompletableFuture<Void> listed) {
            this.source = source;
            this.receiver = receiver;
            this.problems = problems;
            this.listed = listed;
        }

        @Override
        public void begun() {
            listing.clear();
            Set.copyOf(unreadable).forEach(this::readable);
        }

        @Override
        @SuppressWarnings("StatementSwitchToExpressionSwitch")
        public void received(WatchEvent event) {
            switch (event) {
                case WatchEvent.Listed part -> {
                    part.entries()
                            .forEach(entry ->
                                    read(entry).ifPresent(r -> listing.put(entry.key(), r)));
                    if (part.last()) {
                        receiver.listed(Map.copyOf(listing));
                        listing.clear();
                        listed.complete(null);
                    }
                }
                case WatchEvent.Changed changed -> changed.changes().forEach(this::apply);
                case WatchEvent.Compacted _, WatchEvent.Lagged _, WatchEvent.Ended _ -> {}
            }
        }

        private void apply(Change change) {
            switch (change) {
                case Change.Put put ->
                        read(put.entry()).ifPresent(r -> receiver.put(put.entry().key(), r));
                case Change.Deleted deleted -> {
                    readable(deleted.key());
                    receiver.deleted(deleted.key());
                }
                case Change.Appended _ -> {}
            }
        }

        private Optional<R> read(Entry entry) {
            try {
                var read = source.decode().decode(entry.value());
                readable(entry.key());
                return Optional.of(read);
            } catch (RuntimeException e) {
                // The boundary to what others have written: any fault in it is the record's.
                unreadable(entry.key(), e);
                return Optional.empty();
            }
        }

        private void unreadable(Key key, RuntimeException cause) {
            unreadable.add(key);
            var sentence =
                    "the record %s of the store cannot be read and is passed over (%s); write it anew or delete it"
                            .formatted(key, cause.getMessage());
            if (problems.tell(key.toString(), sentence)) {
                LOG.atError()
                        .addKeyValue("key", key)
                        .setCause(cause)
                        .log("a record of the store cannot be read");
            }
        }

        private void readable(Key key) {
            if (unreadable.remove(key)) {
                problems.passed(key.toString());
            }
        }
    }

    @Override
    public void close() {
        watch.close();
        loop.close();
    }
}
