package olympus.foundation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EventLoop} on a platform thread of its own.
 *
 * <p>Limits: at most {@link #MAX_QUEUED} tasks wait, and as many timers; handing in more is refused
 * with {@link RejectedExecutionException}, because a loop that far behind is broken. Failure: an
 * exception that escapes a task goes to the failure handler with the loop's name, and the loop runs
 * nothing more.
 */
public final class ThreadEventLoop implements EventLoop, AutoCloseable {

    public static final int MAX_QUEUED = 1_000_000;

    /** What the tasks that are left may take at the end; then the loop is interrupted and left. */
    static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);

    private final Thread thread;
    private final BiConsumer<String, Throwable> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long timerSequence;
    private boolean closing;

    /**
     * Starts a loop.
     *
     * @param name the thread's name, as seen in thread dumps and given to {@code onFailure}
     * @param onFailure told of the exception that stopped the loop; runs on the loop's thread
     */
    public ThreadEventLoop(String name, BiConsumer<String, Throwable> onFailure) {
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (closing) {
                throw new RejectedExecutionException("loop " + thread.getName() + " is closed");
            }
            if (ready.size() >= MAX_QUEUED) {
                throw new RejectedExecutionException(
                        "loop %s is %d tasks behind".formatted(thread.getName(), ready.size()));
            }
            ready.add(task);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        lock.lock();
        try {
            if (closing) {
                throw new RejectedExecutionException("loop " + thread.getName() + " is closed");
            }
            if (timers.size() >= MAX_QUEUED) {
                throw new RejectedExecutionException(
                        "loop %s has %d timers".formatted(thread.getName(), timers.size()));
            }
            var timer =
                    new Timer(
                            System.nanoTime() + Math.max(0, delay.toNanos()),
                            timerSequence++,
                            task);
            timers.add(timer);
            changed.signal();
            return () -> cancel(timer);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // Identity is what is asked.
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /**
     * Runs what is ready, drops timers, then ends the thread. Returns when it has ended (unless
     * called on it), or has been interrupted because it took longer than {@link #CLOSE_DEADLINE}.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            timers.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (!inLoop()) {
            join(CLOSE_DEADLINE);
        }
    }

    private void join(Duration deadline) {
        try {
            if (!thread.join(deadline)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel(Timer timer) {
        lock.lock();
        try {
            timers.remove(timer);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (var task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (Throwable escaped) {
                stopAfter(escaped);
                return;
            }
        }
    }

    private void stopAfter(Throwable escaped) {
        lock.lock();
        try {
            closing = true;
            ready.clear();
            timers.clear();
        } finally {
            lock.unlock();
        }
        onFailure.accept(thread.getName(), escaped);
    }

    /** Waits for the next task; null when the loop is closed and nothing is left. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            while (true) {
                var task = due();
                if (task != null) {
                    return task;
                }
                if (closing) {
                    return null;
                }
                await();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Runnable due() {
        var timer = timers.peek();
        if (timer != null && timer.dueNanos - System.nanoTime() <= 0) {
            timers.poll();
            return timer.task;
        }
        return ready.poll();
    }

    @SuppressWarnings("WaitNotInLoop") // next() is the loop around it.
    private void await() {
        var timer = timers.peek();
        try {
            if (timer == null) {
                changed.await();
            } else {
                changed.await(
                        Math.max(1, timer.dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            // The loop ends by close(), never by interruption, which has been cleared by the throw:
            // look again.
            return;
        }
    }

    private record Timer(long dueNanos, long sequence, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            var byTime = Long.compare(dueNanos - other.dueNanos, 0);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
