package olympus.zeus.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.StackPointer.ModeOrder;
import olympus.zeus.ClusterView.PendingView;

/**
 * What Zeus would do about instances of stacks that it only watches: for a person to approve in
 * mode {@code ask}, to look at in mode {@code observe}. A function of what is stored and observed;
 * an id stands for the action and its cause, so that the same cause keeps its id. What was denied
 * is among it, as long as it applies. Pure.
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
                    if (!desired.isActedOn(service)
                            && declared.isPresent()
                            && desired.state(service).hold().isEmpty()) {
                        for (var stored : instances.values()) {
                            pending.addAll(
                                    new One(desired, observed, stored, declared.get(), mode)
                                            .pending());
                        }
                    }
                });
        return pending;
    }

    /** What there is to decide about an instance, in words; empty when there is nothing. */
    static String words(List<PendingView> pending) {
        var open = pending.stream().filter(one -> one.deniedBy().isEmpty()).toList();
        if (!open.isEmpty()) {
            return open.stream()
                    .map(one -> one.action() + " " + one.id())
                    .collect(Collectors.joining(" or ", "waits for a decision: ", ""));
        }
        return pending.stream()
                .map(one ->
                        "%s %s was denied by %s"
                                .formatted(one.action(), one.id(), one.deniedBy().orElseThrow()))
                .collect(Collectors.joining(", "));
    }

    /** The questions about one instance. */
    private record One(
            Desired desired,
            Observed observed,
            Versioned<InstanceRecord> stored,
            ServiceDefinition declared,
            Mode mode) {

        List<PendingView> pending() {
            var record = stored.value();
            var node = observed.node(record.placement().node());
            var isKnown =
                    node.filter(n -> n.connected() && n.acceptedRevision() >= stored.revision())
                            .isPresent();
            if (!isKnown
                    || record.order().phase() == Phase.APPROVED
                    || record.order().phase().isGoing()) {
                return List.of();
            }
            return observed.any(record).map(this::about).orElse(List.of());
        }

        private List<PendingView> about(Observed.Instance known) {
            var seen = known.observation();
            var all = new ArrayList<PendingView>();
            switch (seen.state()) {
                case STOPPED, COMPLETED, GIVEN_UP -> {
                    if (mayStart(seen)) {
                        all.add(start(seen));
                    }
                    update().ifPresent(all::add);
                }
                case RUNNING -> {
                    if (seen.health() == Health.FAILING && mayRestart()) {
                        var since = known.failingSince().orElse(seen.since());
                        all.add(view("restart", cause(seen), since, unhealthy(seen)));
                    }
                    update().ifPresent(all::add);
                }
                case PENDING, STARTING, BACKOFF, STOPPING -> {}
            }
            return all;
        }

        private PendingView start(InstanceObservation seen) {
            var asBefore =
                    desired.behind(stored.value()).isPresent()
                            ? "as it was declared in revision %d"
                                    .formatted(stored.value().run().revision())
                            : "";
            var why =
                    Stream.of(seen.reason(), asBefore)
                            .filter(text -> !text.isEmpty())
                            .collect(Collectors.joining("; "));
            return view("start", cause(seen), seen.since(), why);
        }

        private static String unhealthy(InstanceObservation seen) {
            return seen.reason().isEmpty() ? "it is unhealthy" : seen.reason();
        }

        /** As it was declared when it was last told. */
        private RecoveryPolicy recovery() {
            return desired.definitionOf(stored.value()).orElse(declared).recovery();
        }

        private boolean mayStart(InstanceObservation seen) {
            var restart = recovery().restart();
            var hasRun = seen.lastExit().isPresent();
            var succeeded = seen.lastExit().equals(Optional.of(0));
            return seen.state() != State.COMPLETED
                    && !(hasRun && restart == RecoveryPolicy.Restart.NO)
                    && !(succeeded && restart == RecoveryPolicy.Restart.ON_FAILURE);
        }

        private boolean mayRestart() {
            return recovery().restart() != RecoveryPolicy.Restart.NO
                    && !recovery().leavesUnhealthy();
        }

        /** Its cause is what is declared, however the instance does meanwhile. */
        private Optional<PendingView> update() {
            var revision =
                    desired.stack(stored.value().id().service().stack())
                            .flatMap(Desired.StackRecords::currentRevision)
                            .orElseThrow();
            return desired.behind(stored.value())
                    .map(was ->
                            view(
                                    "update",
                                    String.valueOf(revision.number()),
                                    revision.appliedAt(),
                                    "declared otherwise since revision %d: %s"
                                            .formatted(
                                                    revision.number(),
                                                    StackDifference.paths(was, declared))));
        }

        private String cause(InstanceObservation seen) {
            return stored.value().run().token() + "|" + seen.since().getEpochSecond();
        }

        /** Pending since then, or since Zeus has to ask, if that is later. */
        private PendingView view(String action, String cause, Instant since, String why) {
            var record = stored.value();
            var id = id(String.join("|", action, record.id().toString(), cause));
            var asksSince = desired.modeOrder(record.id().service().stack()).map(ModeOrder::since);
            return new PendingView(
                    id,
                    action,
                    record.id(),
                    why,
                    asksSince.filter(since::isBefore).orElse(since),
                    desired.nodeName(record.placement().node()),
                    mode,
                    record.denials().stream()
                            .filter(denial -> denial.decision().equals(id))
                            .map(InstanceRecord.Denial::by)
                            .findFirst());
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
