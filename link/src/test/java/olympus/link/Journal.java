package olympus.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/** What happened, in order, with waiting for something to happen. */
final class Journal<T> {

    static final Duration DEADLINE = Duration.ofSeconds(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final List<T> entries = new ArrayList<>();

    void add(T entry) {
        lock.lock();
        try {
            entries.add(entry);
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<T> entries() {
        lock.lock();
        try {
            return List.copyOf(entries);
        } finally {
            lock.unlock();
        }
    }

    T await(Predicate<T> wanted) {
        return awaitAll(all -> all.stream().filter(wanted).findFirst(), DEADLINE);
    }

    T await(Predicate<T> wanted, Duration deadline) {
        return awaitAll(all -> all.stream().filter(wanted).findFirst(), deadline);
    }

    void awaitCount(int count, Predicate<T> wanted) {
        awaitAll(
                all ->
                        all.stream().filter(wanted).count() >= count
                                ? Optional.of(true)
                                : Optional.empty(),
                DEADLINE);
    }

    private <R> R awaitAll(Function<List<T>, Optional<R>> look, Duration deadline) {
        var left = deadline.toNanos();
        lock.lock();
        try {
            while (true) {
                var found = look.apply(entries);
                if (found.isPresent()) {
                    return found.get();
                }
                if (left <= 0) {
                    throw new AssertionError(
                            "not seen within %s; seen: %s".formatted(deadline, entries));
                }
                left = added.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            lock.unlock();
        }
    }
}
