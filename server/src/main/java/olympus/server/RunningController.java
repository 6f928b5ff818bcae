package olympus.server;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Hermes;
import olympus.hermes.StoreStatus;
import olympus.link.ServerSide;
import olympus.model.NodeId;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import olympus.server.deadline.Deadline;
import olympus.server.http.Backend;
import olympus.zeus.ClusterView;
import olympus.zeus.Insight;
import olympus.zeus.NodeCommands;
import olympus.zeus.NodeOrders;
import olympus.zeus.StackCommands;
import olympus.zeus.Zeus;
import olympus.zeus.ZeusOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Zeus on a loop of its own, wired to the store and the agents. Without a store it shows what the
 * agents report, and every order is answered with why there is none.
 */
record RunningController(
        Hermes hermes,
        Zeus zeus,
        StackCommands commands,
        NodeCommands nodes,
        Insight insight,
        ThreadEventLoop loop)
        implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningController.class);

    private static final Deadline CLOSE = new Deadline(Duration.ofSeconds(10));

    /**
     * @param server its name, for the decision log
     * @param failure why there is no store, empty when there is one
     */
    static RunningController start(
            Hermes hermes,
            Optional<OlympusException> failure,
            NodeOrders orders,
            String server,
            Clock clock,
            BiConsumer<String, Throwable> onBug) {
        var loop = new ThreadEventLoop("zeus", onBug);
        var zeus =
                new Zeus(hermes, loop, clock, new SecureRandom(), orders, ZeusOptions.of(server));
        zeus.start();
        var absent = failure.map(AbsentController::new);
        return new RunningController(
                hermes,
                zeus,
                absent.<StackCommands>map(one -> one).orElse(zeus),
                absent.<NodeCommands>map(one -> one).orElse(zeus),
                absent.<Insight>map(one -> one).orElse(zeus),
                loop);
    }

    ClusterView view() {
        return zeus.view();
    }

    /** How long the looks of the reconcile loop took. */
    DurationHistogram.Reading reconcileTimes() {
        return zeus.reconcileTimes();
    }

    /** Whether this server's orders are those that count. */
    boolean leads() {
        return zeus.leads();
    }

    ServerSide.Listener listener() {
        return new ToZeus(zeus);
    }

    /** Calls {@code listener} on the controller's loop after every change of the view. */
    void onChange(Consumer<ClusterView> listener) {
        var _ = zeus.onChange(listener);
    }

    /** Runs {@code task} on the controller's loop. */
    void onLoop(Runnable task) {
        loop.execute(task);
    }

    Backend.Readiness readiness() {
        var status = hermes.status();
        var obstacle =
                status.halted()
                        .map(why -> "store halted: " + why)
                        .or(() -> status.writesRefused().map(why -> "store refuses writes: " + why))
                        .or(() -> withoutLeader(status))
                        .or(() ->
                                zeus.isListed()
                                        ? Optional.empty()
                                        : Optional.of("what is stored is still being read"));
        return obstacle.map(why -> new Backend.Readiness(false, why))
                .orElseGet(() -> new Backend.Readiness(true, ""));
    }

    /** A follower of a known leader can do its work as the leader itself can. */
    private static Optional<String> withoutLeader(StoreStatus status) {
        return switch (status.role()) {
            case LEADER -> Optional.empty();
            case FOLLOWER ->
                    status.leader().isPresent()
                            ? Optional.empty()
                            : Optional.of("store: no server leads, as far as this one knows");
            case STARTING, CLOSED -> Optional.of("store: " + status.role());
        };
    }

    @Override
    public void close() {
        zeus.close();
        awaitHandled();
        loop.close();
    }

    /** What was handed to Zeus before its end may still set timers, which a closed loop refuses. */
    private void awaitHandled() {
        var handled = new CompletableFuture<Boolean>();
        try {
            loop.execute(() -> handled.complete(true));
            CLOSE.await(handled, "stopping the controller");
        } catch (RejectedExecutionException e) {
            LOG.atWarn().log("the controller's loop had ended before");
        }
    }

    /** Hands what agents tell to Zeus. */
    record ToZeus(Zeus zeus) implements ServerSide.Listener {

        @Override
        public void connected(NodeId node, String name) {
            LOG.atInfo().addKeyValue("node", name).log("agent connected");
            zeus.nodeConnected(node, name);
        }

        @Override
        public void disconnected(NodeId node, String reason) {
            LOG.atInfo()
                    .addKeyValue("node", node)
                    .addKeyValue("reason", reason)
                    .log("agent disconnected");
            zeus.nodeDisconnected(node, reason);
        }

        @Override
        public void reported(NodeReport report) {
            zeus.reported(report);
        }

        @Override
        public void facts(NodeId node, NodeFacts facts) {
            zeus.facts(node, facts);
        }

        @Override
        public void happened(NodeId node, List<AgentEvent> events) {
            zeus.happened(node, events);
        }

        @Override
        public void askedForLeases(NodeId node, long number) {
            zeus.askedForLeases(node, number);
        }

        @Override
        public void refused(
                NodeId node, Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
            LOG.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("refused", refused)
                    .addKeyValue("in-force", inForce)
                    .addKeyValue("reason", reason)
                    .log("an agent refused an order");
        }
    }
}
