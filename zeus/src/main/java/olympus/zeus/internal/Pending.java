package olympus.zeus.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.zeus.ClusterView.PendingView;

/**
 * What Zeus would do about instances of stacks that it only watches: for a person to approve in
 * mode {@code ask}, to look at in mode {@code observe}. A function of what is stored and observed;
 * an id stands for the action and its cause, so that the same cause keeps its id. Pure.
 */
final class Pending {

    private static final int ID_BYTES = 4;

    private Pending() {}

    static List<PendingView> of(Desired desired, Observed observed) {
        var pending = new ArrayList<PendingView>();
        desired.instances()
                .forEach((service, instances) -> {
                    var mode = desired.mode(service.stack());
                    var declared = desired.declared(service);
                    if (mode != Mode.MANAGE
                            && declared.isPresent()
                            && desired.state(service).hold().isEmpty()) {
                        for (var stored : instances.values()) {
                            new One(desired, observed, stored, declared.get(), mode)
                                    .pending()
                                    .ifPresent(pending::add);
                        }
                    }
                });
        return pending;
    }

    /** The question about one instance. */
    private record One(
            Desired desired,
            Observed observed,
            Versioned<InstanceRecord> stored,
            ServiceDefinition declared,
            Mode mode) {

        Optional<PendingView> pending() {
            var record = stored.value();
            var node = observed.node(record.placement().node());
            var isKnown =
                    node.filter(n -> n.connected() && n.acceptedRevision() >= stored.revision())
                            .isPresent();
            if (!isKnown || record.order().phase() == Phase.APPROVED || isGoing(record)) {
                return Optional.empty();
            }
            return observed.any(record)
                    .map(Observed.Instance::observation)
                    .flatMap(this::about)
                    .filter(view -> !isDenied(record, view));
        }

        private static boolean isGoing(InstanceRecord record) {
            return record.order().phase().isGoing();
        }

        private static boolean isDenied(InstanceRecord record, PendingView view) {
            return record.denial().filter(d -> d.decision().equals(view.id())).isPresent();
        }

        private Optional<PendingView> about(InstanceObservation seen) {
            return switch (seen.state()) {
                case STOPPED, COMPLETED, GIVEN_UP ->
                        mayStart(seen)
                                ? Optional.of(view("start", seen, seen.reason()))
                                : Optional.empty();
                case RUNNING ->
                        seen.health() == Health.FAILING && mayRestart()
                                ? Optional.of(view("restart", seen, unhealthy(seen)))
                                : update(seen);
                case PENDING, STARTING, BACKOFF, STOPPING -> Optional.empty();
            };
        }

        private static String unhealthy(InstanceObservation seen) {
            return seen.reason().isEmpty() ? "it is unhealthy" : seen.reason();
        }

        private boolean mayStart(InstanceObservation seen) {
            var restart = declared.recovery().restart();
            var hasRun = seen.lastExit().isPresent();
            var succeeded = seen.lastExit().equals(Optional.of(0));
            return seen.state() != State.COMPLETED
                    && !(hasRun && restart == RecoveryPolicy.Restart.NO)
                    && !(succeeded && restart == RecoveryPolicy.Restart.ON_FAILURE);
        }

        private boolean mayRestart() {
            return declared.recovery().restart() != RecoveryPolicy.Restart.NO
                    && !declared.recovery().leavesUnhealthy();
        }

        private Optional<PendingView> update(InstanceObservation seen) {
            return desired.behind(stored.value())
                    .map(was ->
                            view(
                                    "update",
                                    seen,
                                    "declared otherwise since revision %d: %s"
                                            .formatted(
                                                    revision(),
                                                    StackDifference.paths(was, declared))));
        }

        private long revision() {
            return desired.stack(stored.value().id().service().stack())
                    .flatMap(Desired.StackRecords::currentRevision)
                    .orElseThrow()
                    .number();
        }

        private PendingView view(String action, InstanceObservation seen, String why) {
            var record = stored.value();
            var cause =
                    String.join(
                            "|",
                            action,
                            record.id().toString(),
                            record.run().token(),
                            String.valueOf(seen.since().getEpochSecond()),
                            action.equals("update") ? String.valueOf(revision()) : "");
            return new PendingView(
                    id(cause),
                    action,
                    record.id(),
                    why,
                    seen.since(),
                    desired.nodeName(record.placement().node()),
                    mode);
        }

        private static String id(String cause) {
            try {
                var hash =
                        MessageDigest.getInstance("SHA-256")
                                .digest(cause.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(hash, 0, ID_BYTES);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }
}
