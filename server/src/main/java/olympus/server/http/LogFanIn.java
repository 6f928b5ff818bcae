package olympus.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.link.LogPoint;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.zeus.ClusterView;

/**
 * The output of all instances of a service as one sequence, in the order of arrival, with what is
 * missing in it.
 *
 * <p>While following, instances that are new are looked for every {@link #LOOK}, and one whose
 * source ended is asked again every {@link #RETRY}, to go on after its last line.
 *
 * <p>Limits: at most {@link #CAPACITY} lines or {@link #CAPACITY_CHARACTERS} wait, and the last
 * batch of each instance; then the agents are told to pause until the reader has caught up. Without
 * following, {@link #OPEN} instances are read at a time.
 *
 * <p>Threading: agents' lines come on link threads; one virtual thread reads.
 */
final class LogFanIn implements AutoCloseable {

    static final int CAPACITY = 4_096;
    static final long CAPACITY_CHARACTERS = 4 << 20;
    static final int OPEN = 16;
    static final Duration LOOK = Duration.ofSeconds(1);
    static final Duration RETRY = Duration.ofSeconds(5);

    private final Backend.Island island;
    private final Clock clock;
    private final Wanted wanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Item> waiting = new ArrayDeque<>();
    private final List<Runnable> paused = new ArrayList<>();
    private final Map<Source, Feed> feeds = new LinkedHashMap<>();
    private long waitingCharacters;
    private long nextLookNanos;

    private LogFanIn(Backend.Island island, Clock clock, Wanted wanted) {
        this.island = island;
        this.clock = clock;
        this.wanted = wanted;
    }

    /**
     * @param tail 0 for all, else the last so many of each instance
     * @param after where a reader goes on; {@code since} and {@code tail} then count only for
     *     instances of which it says nothing
     */
    record Wanted(
            ServiceId service,
            Optional<Instant> since,
            Optional<Instant> until,
            int tail,
            boolean follow,
            Optional<LogCursor> after) {}

    /** An instance on a node. */
    record Source(NodeId node, InstanceId instance) {
        String key() {
            return LogCursor.key(node, instance);
        }
    }

    /** What comes of a source. */
    sealed interface Item {
        Source source();

        record Line(Source source, LogLine line) implements Item {}

        record Gap(Source source, LogGap gap) implements Item {}

        /** Its lines cannot be had, at least for now. */
        record Problem(Source source, String detail) implements Item {}
    }

    private enum State {
        PENDING,
        OPEN,
        ENDED
    }

    /** How far a source has come; guarded by the lock. */
    private static final class Feed {
        State state = State.PENDING;

        /** Whether it is in the view. */
        boolean isPresent = true;

        /** Whether nothing of it may be left out: it is new, or its reader has begun. */
        boolean isWhole;

        /** Whether the reader was told that its lines cannot be had. */
        boolean isTroubled;

        Optional<LogPoint> last;
        long dueNanos;
        Runnable cancel = () -> {};

        Feed(boolean isWhole, Optional<LogPoint> last, long dueNanos) {
            this.isWhole = isWhole;
            this.last = last;
            this.dueNanos = dueNanos;
        }
    }

    /** Asks the agents; throws NOT_FOUND for an unknown service. */
    static LogFanIn open(Backend.Island island, Clock clock, Wanted wanted) {
        var fanIn = new LogFanIn(island, clock, wanted);
        ServicesController.find(island.view().get(), wanted.service());
        fanIn.nextLookNanos = clock.monotonicNanos() + LOOK.toNanos();
        // What a reader that goes on has heard nothing of yet is new to it.
        fanIn.look(wanted.after().filter(cursor -> !cursor.isPartial()).isPresent());
        fanIn.openDue();
        return fanIn;
    }

    /** Notes the instances that there are. */
    private void look(boolean isNew) {
        var now = clock.monotonicNanos();
        var sources = new LinkedHashSet<>(sources());
        lock.lock();
        try {
            for (var source : sources) {
                feeds.computeIfAbsent(
                        source,
                        s -> {
                            var last = wanted.after().flatMap(cursor -> cursor.after(s.key()));
                            return new Feed(isNew && last.isEmpty(), last, now);
                        });
            }
            feeds.forEach((source, feed) -> feed.isPresent = sources.contains(source));
        } finally {
            lock.unlock();
        }
    }

    private List<Source> sources() {
        return island.view().get().services().stream()
                .filter(service -> service.service().equals(wanted.service()))
                .map(ClusterView.ServiceView::instances)
                .flatMap(List::stream)
                .map(instance -> new Source(instance.node(), instance.observed().id()))
                .toList();
    }

    /** Asks for the lines of what waits to be asked, as far as the limit allows. */
    private void openDue() {
        for (var source : due()) {
            openSource(source);
        }
    }

    private List<Source> due() {
        var now = clock.monotonicNanos();
        lock.lock();
        try {
            var due = new ArrayList<Source>();
            var open = count(State.OPEN);
            for (var feed : feeds.entrySet()) {
                var isDue =
                        switch (feed.getValue().state) {
                            case OPEN -> false;
                            case PENDING -> true;
                            case ENDED ->
                                    wanted.follow()
                                            && feed.getValue().isPresent
                                            && feed.getValue().dueNanos - now <= 0;
                        };
                if (isDue && (wanted.follow() || open < OPEN)) {
                    feed.getValue().state = State.OPEN;
                    due.add(feed.getKey());
                    open++;
                }
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    private void openSource(Source source) {
        LogRequest request;
        lock.lock();
        try {
            var feed = feed(source);
            request =
                    new LogRequest(
                            source.instance(),
                            wanted.since(),
                            wanted.until(),
                            feed.last,
                            feed.isWhole ? 0 : wanted.tail(),
                            wanted.follow());
        } finally {
            lock.unlock();
        }
        var cancel = island.agents().streamLogs(source.node(), request, new Sink(source));
        lock.lock();
        try {
            feed(source).cancel = cancel;
        } finally {
            lock.unlock();
        }
    }

    private Feed feed(Source source) {
        return Objects.requireNonNull(feeds.get(source));
    }

    /** Takes the lines of one instance. */
    private final class Sink implements LogSink {
        private final Source source;

        Sink(Source source) {
            this.source = source;
        }

        @Override
        public boolean lines(List<LogLine> lines) {
            lock.lock();
            try {
                for (var line : lines) {
                    take(line);
                }
                changed.signal();
                return !isFull();
            } finally {
                lock.unlock();
            }
        }

        private void take(LogLine line) {
            var feed = feeds.get(source);
            if (feed == null) {
                return; // closed meanwhile
            }
            if (feed.last.filter(last -> line.point().compareTo(last) <= 0).isEmpty()) {
                feed.last = Optional.of(line.point());
                feed.isWhole = true;
                feed.isTroubled = false;
                waiting.add(new Item.Line(source, line));
                waitingCharacters += line.text().length();
            }
        }

        @Override
        public void gap(LogGap gap) {
            lock.lock();
            try {
                var feed = feeds.get(source);
                if (feed == null) {
                    return;
                }
                if (gap.kind() == LogGap.Kind.UNKNOWN_POINT) {
                    feed.last = Optional.empty();
                }
                waiting.add(new Item.Gap(source, gap));
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void ready(Runnable resume) {
            lock.lock();
            try {
                if (isFull()) {
                    paused.add(resume);
                    return;
                }
            } finally {
                lock.unlock();
            }
            resume.run();
        }

        @Override
        public void end(Optional<String> error) {
            var due = clock.monotonicNanos() + RETRY.toNanos();
            lock.lock();
            try {
                var feed = feeds.get(source);
                if (feed == null) {
                    return;
                }
                feed.state = State.ENDED;
                feed.dueNanos = due;
                // A follower hears once that a source is away, and its lines when it is back.
                if (error.isPresent() && !feed.isTroubled) {
                    feed.isTroubled = true;
                    waiting.add(new Item.Problem(source, error.get()));
                }
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isFull() {
        return waiting.size() >= CAPACITY || waitingCharacters >= CAPACITY_CHARACTERS;
    }

    /** What has arrived; waits at most {@code patience} for the first. */
    List<Item> next(Duration patience) {
        var end = clock.monotonicNanos() + patience.toNanos();
        while (true) {
            var now = clock.monotonicNanos();
            if (wanted.follow() && nextLookNanos - now <= 0) {
                nextLookNanos = now + LOOK.toNanos();
                look(true);
            }
            openDue();
            var pause = wanted.follow() ? Math.min(end, nextLookNanos) - now : end - now;
            var batch = take(pause);
            if (!batch.isEmpty() || ended() || end - clock.monotonicNanos() <= 0) {
                return batch;
            }
        }
    }

    /** Waits for an item, or for the end of a source. */
    private List<Item> take(long nanos) {
        List<Item> batch;
        List<Runnable> resume;
        lock.lock();
        try {
            var left = nanos;
            while (waiting.isEmpty() && left > 0 && mustWait()) {
                left = changed.awaitNanos(left);
            }
            batch = List.copyOf(waiting);
            waiting.clear();
            waitingCharacters = 0;
            resume = List.copyOf(paused);
            paused.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "the lines of %s: the server is stopping".formatted(wanted.service()),
                    e);
        } finally {
            lock.unlock();
        }
        resume.forEach(Runnable::run);
        return batch;
    }

    /** Whether lines can come without another source being asked first. */
    private boolean mustWait() {
        var open = count(State.OPEN);
        return wanted.follow() || open >= OPEN || (open > 0 && count(State.PENDING) == 0);
    }

    private long count(State state) {
        return feeds.values().stream().filter(feed -> feed.state == state).count();
    }

    /** Whether nothing more will come. */
    boolean ended() {
        return !wanted.follow() && unfinished().isEmpty();
    }

    /** The sources of which not everything has been taken. */
    List<Source> unfinished() {
        lock.lock();
        try {
            if (!waiting.isEmpty()) {
                return waiting.stream().map(Item::source).distinct().toList();
            }
            return feeds.entrySet().stream()
                    .filter(feed -> feed.getValue().state != State.ENDED)
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** What the reader that goes on had heard of, and is no more. */
    List<String> gone() {
        var present = sources().stream().map(Source::key).toList();
        return wanted.after().stream()
                .flatMap(cursor -> cursor.keys().stream())
                .filter(key -> !present.contains(key))
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        List<Runnable> cancels;
        lock.lock();
        try {
            cancels =
                    feeds.values().stream()
                            .filter(feed -> feed.state == State.OPEN)
                            .map(feed -> feed.cancel)
                            .toList();
            feeds.clear();
            paused.clear();
            waiting.clear();
        } finally {
            lock.unlock();
        }
        cancels.forEach(Runnable::run);
    }
}
