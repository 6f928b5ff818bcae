package olympus.foundation.simulation;

import java.time.Duration;
import java.util.PriorityQueue;
import olympus.foundation.EventLoop;

/**
 * An {@link EventLoop} that runs on the test's thread over a {@link SimulatedClock}: tasks run only
 * inside {@link #runReady} and {@link #runFor}, in a fixed order, so that a seed always gives the
 * same trace. Several loops may share one clock; then one of them drives it.
 */
public final class SimulatedLoop implements EventLoop {

    private final SimulatedClock clock;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long sequence;
    private boolean running;
    private Runnable afterEvent = () -> {};

    public SimulatedLoop(SimulatedClock clock) {
        this.clock = clock;
    }

    /** Runs {@code check} after every task from now on: the place for invariants. */
    public void afterEvent(Runnable check) {
        afterEvent = check;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(new Task(clock.monotonicNanos(), sequence++, task));
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        var entry =
                new Task(clock.monotonicNanos() + Math.max(0, delay.toNanos()), sequence++, task);
        tasks.add(entry);
        return () -> tasks.remove(entry);
    }

    @Override
    public boolean inLoop() {
        return running;
    }

    /** Runs every task that is due now, including those that these hand in. */
    public void runReady() {
        while (!tasks.isEmpty() && tasks.peek().dueNanos <= clock.monotonicNanos()) {
            runNext();
        }
    }

    /** Lets {@code duration} pass, running each task at its own instant. */
    public void runFor(Duration duration) {
        var end = clock.monotonicNanos() + duration.toNanos();
        while (!tasks.isEmpty() && tasks.peek().dueNanos <= end) {
            clock.advance(
                    Duration.ofNanos(Math.max(0, tasks.peek().dueNanos - clock.monotonicNanos())));
            runNext();
        }
        clock.advance(Duration.ofNanos(end - clock.monotonicNanos()));
    }

    private void runNext() {
        var task = tasks.remove();
        running = true;
        try {
            task.body.run();
        } finally {
            running = false;
        }
        afterEvent.run();
    }

    private record Task(long dueNanos, long sequence, Runnable body) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            var byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
