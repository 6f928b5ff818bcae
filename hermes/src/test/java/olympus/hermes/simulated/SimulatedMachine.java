package olympus.hermes.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;

/**
 * The machine of one member: its clock, which may be wrong, and the loop of its process, which may
 * stand still for a while and ends with the process.
 */
public final class SimulatedMachine implements Clock {

    private final Clock truth;
    private final EventLoop world;
    private Duration wrongBy = Duration.ZERO;
    private Process process = new Process();

    public SimulatedMachine(Clock truth, EventLoop world) {
        this.truth = truth;
        this.world = world;
    }

    /** The loop of the present process. */
    public EventLoop loop() {
        return process;
    }

    /** Another process takes the place of the present one. */
    public void restart() {
        process.ended = true;
        process = new Process();
    }

    public void end() {
        process.ended = true;
    }

    public boolean stopped() {
        return process.stopped;
    }

    /** As SIGSTOP does. */
    public void stop() {
        process.stopped = true;
    }

    /** As SIGCONT does: what was due in the meantime happens now. */
    public void goOn() {
        process.goOn();
    }

    public void stepWall(Duration step) {
        wrongBy = wrongBy.plus(step);
    }

    @Override
    public Instant wall() {
        return truth.wall().plus(wrongBy);
    }

    @Override
    public long monotonicNanos() {
        return truth.monotonicNanos();
    }

    @Override
    public long uptimeNanos() {
        return truth.uptimeNanos();
    }

    private final class Process implements EventLoop {

        private final ArrayDeque<Runnable> held = new ArrayDeque<>();
        private boolean stopped;
        private boolean ended;

        @Override
        public void execute(Runnable task) {
            if (ended) {
                throw new RejectedExecutionException("the process has ended");
            }
            world.execute(() -> run(task));
        }

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
            return world.schedule(delay, () -> run(task));
        }

        @Override
        public boolean inLoop() {
            return world.inLoop();
        }

        private void run(Runnable task) {
            if (stopped) {
                held.add(task);
            } else if (!ended) {
                task.run();
            }
        }

        private void goOn() {
            stopped = false;
            while (!held.isEmpty() && !stopped) {
                run(held.remove());
            }
        }
    }
}
