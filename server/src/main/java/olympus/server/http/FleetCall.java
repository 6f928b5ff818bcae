package olympus.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import olympus.link.ExecTarget;
import olympus.link.ServerSide;
import olympus.server.http.FleetAnswers.FleetOutput;
import olympus.server.http.FleetAnswers.FleetResult;
import olympus.zeus.ClusterView.NodeView;

/**
 * One command on many machines at the same time. What they write and how they end comes as it
 * happens; a node that does not answer costs its own place among those that run, until its
 * deadline, and nobody else's result.
 *
 * <p>Threading: as many virtual threads as nodes may run it at a time; whoever reads has one of its
 * own. Limit: {@link #QUEUE} events wait; then the commands' output waits with them, back to the
 * nodes. {@link #close} ends what runs.
 */
final class FleetCall implements AutoCloseable {

    /** Of what a command writes on one node, so many bytes are passed on. */
    static final int MAX_OUTPUT_BYTES = 256 * 1024;

    private static final int QUEUE = 1_024;

    /** Something to tell. */
    sealed interface Event {
        record Output(FleetOutput line) implements Event {}

        record Ended(FleetResult result) implements Event {}
    }

    /**
     * @param timeout for each node, from when it is asked
     * @param parallel nodes that run it at a time
     */
    record Wanted(
            List<String> command,
            List<NodeView> nodes,
            String actor,
            Duration timeout,
            int parallel) {

        ExecTarget.Machine machine() {
            // One byte more than is passed on tells that there was more.
            return new ExecTarget.Machine(actor, timeout, MAX_OUTPUT_BYTES + 1L);
        }
    }

    private final ServerSide.Agents agents;
    private final Wanted wanted;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(QUEUE);
    private final Queue<NodeView> waiting;
    private final List<Thread> workers = new ArrayList<>();
    private int untold;

    private FleetCall(ServerSide.Agents agents, Wanted wanted) {
        this.agents = agents;
        this.wanted = wanted;
        this.waiting = new ConcurrentLinkedQueue<>(wanted.nodes());
        this.untold = wanted.nodes().size();
    }

    static FleetCall start(ServerSide.Agents agents, Wanted wanted) {
        var call = new FleetCall(agents, wanted);
        for (var i = 0; i < Math.min(wanted.parallel(), wanted.nodes().size()); i++) {
            call.workers.add(Thread.ofVirtual().name("fleet-exec-" + i).start(call::work));
        }
        return call;
    }

    private void work() {
        try {
            for (var node = waiting.poll(); node != null; node = waiting.poll()) {
                var result = new FleetRun(agents, wanted, node, events).run();
                events.put(new Event.Ended(result));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** What comes next; empty when nothing has within {@code time}, or nothing will any more. */
    Optional<Event> next(Duration time) throws InterruptedException {
        if (untold == 0) {
            return Optional.empty();
        }
        var event = Optional.ofNullable(events.poll(time.toNanos(), TimeUnit.NANOSECONDS));
        if (event.isPresent() && event.get() instanceof Event.Ended) {
            untold--;
        }
        return event;
    }

    /** Whether every node's result was told. */
    boolean ended() {
        return untold == 0;
    }

    /** Ends the commands that still run, and begins no more. */
    @Override
    public void close() {
        waiting.clear();
        workers.forEach(Thread::interrupt);
    }
}
