package olympus.server.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.LogLine;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView;

/**
 * The output of all instances of a service, as one sequence: merged in the order of arrival when
 * followed, by time otherwise.
 *
 * <p>Limits: at most {@link #CAPACITY} lines wait; then the agents are told to pause until the
 * reader has caught up. New instances are looked for whenever the reader has waited in vain.
 *
 * <p>Threading: agents' lines come on link threads; one virtual thread reads.
 */
final class LogFanIn implements AutoCloseable {

    static final int CAPACITY = 4_096;

    private final Backend.Island island;
    private final Wanted wanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Answers.Line> waiting = new ArrayDeque<>();
    private final List<Runnable> paused = new ArrayList<>();
    private final Map<Source, Runnable> open = new HashMap<>();
    private final List<Source> finished = new ArrayList<>();
    private Optional<String> failure = Optional.empty();
    private Optional<String> skipUntil = Optional.empty();

    private LogFanIn(Backend.Island island, Wanted wanted) {
        this.island = island;
        this.wanted = wanted;
    }

    /**
     * @param tail 0 for all
     */
    record Wanted(ServiceId service, Optional<Instant> since, int tail, boolean follow) {}

    private record Source(NodeId node, InstanceId instance) {}

    /** Asks the agents; throws NOT_FOUND for an unknown service. */
    static LogFanIn open(Backend.Island island, Wanted wanted) {
        var fanIn = new LogFanIn(island, wanted);
        ServicesController.find(island.view().get(), wanted.service());
        fanIn.openMissing();
        return fanIn;
    }

    private void openMissing() {
        var service =
                island.view().get().services().stream()
                        .filter(s -> s.service().equals(wanted.service()))
                        .findFirst();
        for (var instance : service.map(ClusterView.ServiceView::instances).orElse(List.of())) {
            var source = new Source(instance.node(), instance.observed().id());
            if (!isKnown(source)) {
                openSource(source);
            }
        }
    }

    private boolean isKnown(Source source) {
        lock.lock();
        try {
            return open.containsKey(source) || (finished.contains(source) && !wanted.follow());
        } finally {
            lock.unlock();
        }
    }

    private void openSource(Source source) {
        lock.lock();
        try {
            open.put(source, () -> {});
        } finally {
            lock.unlock();
        }
        var request =
                new LogRequest(source.instance(), wanted.since(), wanted.tail(), wanted.follow());
        var cancel = island.agents().streamLogs(source.node(), request, new Sink(source));
        lock.lock();
        try {
            open.replace(source, cancel);
        } finally {
            lock.unlock();
        }
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
                lines.forEach(line -> waiting.add(Answers.Line.of(source.node(), line)));
                arrived.signal();
                return waiting.size() < CAPACITY;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void ready(Runnable resume) {
            lock.lock();
            try {
                if (waiting.size() >= CAPACITY) {
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
            lock.lock();
            try {
                open.remove(source);
                finished.add(source);
                if (error.isPresent()) {
                    failure = Optional.of(source.instance() + ": " + error.get());
                }
                arrived.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Drops lines up to and including the one with this id, if it comes within what is sent first.
     */
    void skipUntil(Optional<String> id) {
        skipUntil = id;
    }

    /** Lines that have arrived; waits at most {@code patience} for the first. */
    List<Answers.Line> next(Duration patience) {
        var batch = take(patience);
        if (batch.isEmpty() && wanted.follow()) {
            openMissing();
        }
        return skipUntil.isPresent() ? skipped(batch) : batch;
    }

    private List<Answers.Line> skipped(List<Answers.Line> batch) {
        var last = skipUntil.orElseThrow();
        for (var i = 0; i < batch.size(); i++) {
            if (batch.get(i).id().equals(last)) {
                skipUntil = Optional.empty();
                return batch.subList(i + 1, batch.size());
            }
        }
        if (batch.isEmpty()) {
            skipUntil = Optional.empty();
        }
        return List.of();
    }

    private List<Answers.Line> take(Duration patience) {
        List<Answers.Line> batch;
        List<Runnable> resume = List.of();
        lock.lock();
        try {
            var left = patience.toNanos();
            while (waiting.isEmpty() && left > 0 && !(open.isEmpty() && !wanted.follow())) {
                left = arrived.awaitNanos(left);
            }
            batch = List.copyOf(waiting);
            waiting.clear();
            if (!paused.isEmpty()) {
                resume = List.copyOf(paused);
                paused.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            lock.unlock();
        }
        resume.forEach(Runnable::run);
        return batch;
    }

    /** Whether nothing more will come. */
    boolean ended() {
        lock.lock();
        try {
            return !wanted.follow() && open.isEmpty() && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Why an instance's lines could not be had, if so. */
    Optional<String> failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Everything, by time; the newest {@code most} of it. */
    List<Answers.Line> readAll(int most, Deadline deadline) {
        var all = new ArrayDeque<Answers.Line>();
        var endNanos = System.nanoTime() + deadline.duration().toNanos();
        while (!ended()) {
            var left = endNanos - System.nanoTime();
            if (left <= 0) {
                throw new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "the lines of %s did not all come within %d ms"
                                .formatted(
                                        wanted.service(),
                                        TimeUnit.NANOSECONDS.toMillis(
                                                deadline.duration().toNanos())));
            }
            all.addAll(next(Duration.ofNanos(left)));
            while (all.size() > most) {
                all.removeFirst();
            }
        }
        if (failure().isPresent() && all.isEmpty()) {
            throw new OlympusException(ErrorCode.UNAVAILABLE, failure().get());
        }
        var sorted = all.stream().sorted(Comparator.comparing(Answers.Line::at)).toList();
        var from = wanted.tail() == 0 ? 0 : Math.max(0, sorted.size() - wanted.tail());
        return sorted.subList(from, sorted.size());
    }

    @Override
    public void close() {
        List<Runnable> cancels;
        lock.lock();
        try {
            cancels = List.copyOf(open.values());
            open.clear();
            paused.clear();
        } finally {
            lock.unlock();
        }
        cancels.forEach(Runnable::run);
    }
}
