package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import olympus.foundation.Clock;
import olympus.hermes.Hermes;
import olympus.model.NodeId;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.server.deadline.Deadline;
import olympus.zeus.NodeOrders;

/** The real controller on an island without a node that could be told anything. */
final class NodelessController {

    static final Deadline DEADLINE = new Deadline(Duration.ofSeconds(10));

    private NodelessController() {}

    static RunningController start(Hermes hermes, Clock clock, Consumer<Throwable> bugs) {
        return RunningController.start(
                hermes,
                Optional.empty(),
                new NoOrders(),
                "mars",
                clock,
                (_, cause) -> bugs.accept(cause));
    }

    static void awaitReady(RunningController controller) {
        eventually(() -> controller.readiness().ready() && controller.view().revision() > 0);
    }

    static void eventually(BooleanSupplier condition) {
        var end = System.nanoTime() + DEADLINE.duration().toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private static final class NoOrders implements NodeOrders {
        @Override
        public void assign(Assignment assignment) {}

        @Override
        public void eventsRecorded(NodeId node, long upToSequence) {}

        @Override
        public void leased(NodeId node, LeaseGrant grant) {}
    }
}
