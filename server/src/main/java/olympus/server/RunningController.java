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
import olympus.model.state.NodeReport;
import olympus.server.deadline.Deadline;
import olympus.server.http.Backend;
import olympus.zeus.ClusterView;
import olympus.zeus.NodeOrders;
import olympus.zeus.StackCommands;
import olympus.zeus.Zeus;
import olympus.zeus.ZeusOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Zeus on a loop of its own, wired to the store and the agents; or, without a store, what says why
 * there is none.
 */
sealed interface RunningController extends AutoCloseable {

    Logger LOG = LoggerFactory.getLogger(RunningController.class);

    Deadline CLOSE = new Deadline(Duration.ofSeconds(10));

    static RunningController start(
            OpenStore store, NodeOrders orders, Clock clock, BiConsumer<String, Throwable> onBug) {
        return store.failure()
                .<RunningController>map(Absent::new)
                .orElseGet(() -> Present.start(store.hermes(), orders, clock, onBug));
    }

    StackCommands commands();

    ClusterView view();

    /** How long the looks of the reconcile loop took. */
    DurationHistogram.Reading reconcileTimes();

    ServerSide.Listener listener();

    /** Calls {@code listener} on the controller's loop after every change of the view. */
    void onChange(Consumer<ClusterView> listener);

    /** Runs {@code task} on the controller's loop, or at once where there is none. */
    void onLoop(Runnable task);

    Backend.Readiness readiness();

    @Override
    void close();

    /** There is no store, so nothing can be ordered; agents go on by themselves. */
    record Absent(OlympusException cause) implements RunningController {

        @Override
        public StackCommands commands() {
            return new AbsentController(cause);
        }

        @Override
        public ClusterView view() {
            return new ClusterView(0, List.of(), List.of(), List.of(), List.of());
        }

        @Override
        public DurationHistogram.Reading reconcileTimes() {
            return new DurationHistogram().read();
        }

        @Override
        public ServerSide.Listener listener() {
            return new ReportRelay();
        }

        @Override
        public void onChange(Consumer<ClusterView> listener) {}

        @Override
        public void onLoop(Runnable task) {
            task.run();
        }

        @Override
        public Backend.Readiness readiness() {
            return new Backend.Readiness(false, "store: " + cause.getMessage());
        }

        @Override
        public void close() {}
    }

    /** Zeus works. */
    record Present(Hermes hermes, Zeus zeus, ThreadEventLoop loop) implements RunningController {

        static Present start(
                Hermes hermes,
                NodeOrders orders,
                Clock clock,
                BiConsumer<String, Throwable> onBug) {
            var loop = new ThreadEventLoop("zeus", onBug);
            var zeus =
                    new Zeus(hermes, loop, clock, new SecureRandom(), orders, ZeusOptions.DEFAULT);
            zeus.start();
            return new Present(hermes, zeus, loop);
        }

        @Override
        public StackCommands commands() {
            return zeus;
        }

        @Override
        public ClusterView view() {
            return zeus.view();
        }

        @Override
        public DurationHistogram.Reading reconcileTimes() {
            return zeus.reconcileTimes();
        }

        @Override
        public ServerSide.Listener listener() {
            return new ToZeus(zeus);
        }

        @Override
        public void onChange(Consumer<ClusterView> listener) {
            var _ = zeus.onChange(listener);
        }

        @Override
        public void onLoop(Runnable task) {
            loop.execute(task);
        }

        @Override
        public Backend.Readiness readiness() {
            var status = hermes.status();
            var obstacle =
                    status.halted()
                            .map(why -> "store halted: " + why)
                            .or(() ->
                                    status.writesRefused()
                                            .map(why -> "store refuses writes: " + why))
                            .or(() ->
                                    status.role() == StoreStatus.Role.LEADER
                                            ? Optional.empty()
                                            : Optional.of("store: " + status.role()));
            return obstacle.map(why -> new Backend.Readiness(false, why))
                    .orElseGet(() -> new Backend.Readiness(true, ""));
        }

        @Override
        public void close() {
            zeus.close();
            awaitHandled();
            loop.close();
        }

        /**
         * What was handed to Zeus before its end may still set timers, which a closed loop refuses.
         */
        private void awaitHandled() {
            var handled = new CompletableFuture<Boolean>();
            try {
                loop.execute(() -> handled.complete(true));
                CLOSE.await(handled, "stopping the controller");
            } catch (RejectedExecutionException e) {
                LOG.atWarn().log("the controller's loop had ended before");
            }
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
        public void happened(NodeId node, List<AgentEvent> events) {
            zeus.happened(node, events);
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
