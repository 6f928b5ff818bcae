package olympus.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.link.LogLine;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.json.EnumWords;
import olympus.model.state.ExternalNode;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.NodeSpec;
import olympus.server.secrets.KeptSecret;
import olympus.server.secrets.KeptSecrets;
import olympus.zeus.ClusterView;
import olympus.zeus.StackCommands;
import olympus.zeus.StackPlan;

/** The JSON bodies of answers, as {@code docs/reference/http-api.md} shows them. */
final class Answers {

    private Answers() {}

    /**
     * @param problems what is wrong with the server itself, so that the services shown may not be
     *     what is; usually empty
     */
    record Services(
            List<Service> services,
            List<PauseEntry> pauses,
            List<String> problems,
            Optional<String> next) {
        static Services of(
                Part<ClusterView.ServiceView> part,
                List<ClusterView.PauseView> pauses,
                List<String> problems) {
            return new Services(
                    part.elements().stream().map(Service::of).toList(),
                    pauses.stream().map(PauseEntry::of).toList(),
                    problems,
                    part.next());
        }
    }

    record Service(
            String service,
            int desired,
            int running,
            int healthy,
            String state,
            String reason,
            long revision,
            String mode,
            List<Instance> instances,
            Optional<Rollout> rollout) {
        static Service of(ClusterView.ServiceView view) {
            return new Service(
                    view.service().toString(),
                    view.desired(),
                    view.running(),
                    view.healthy(),
                    view.state(),
                    view.reason(),
                    view.stackRevision(),
                    EnumWords.of(view.mode()),
                    view.instances().stream().map(Instance::of).toList(),
                    view.rollout().map(Rollout::of));
        }
    }

    /** How far the replacement of a service's instances is. */
    record Rollout(
            String cause,
            String stage,
            String by,
            Instant startedAt,
            Instant since,
            long fromRevision,
            List<String> updated,
            Optional<String> approvedBy,
            Optional<Instant> until) {
        static Rollout of(ClusterView.RolloutView view) {
            return new Rollout(
                    view.cause(),
                    view.stage(),
                    view.by(),
                    view.startedAt(),
                    view.since(),
                    view.fromRevision(),
                    view.updated().stream().map(InstanceId::toString).toList(),
                    view.approvedBy(),
                    view.until());
        }
    }

    /**
     * @param was where {@code state} is {@code unknown}: what was last heard, when anything was
     */
    record Instance(
            String instance,
            String node,
            String driver,
            String state,
            String health,
            long pid,
            int restarts,
            Instant since,
            String reason,
            List<Integer> ports,
            Optional<Was> was) {
        static Instance of(ClusterView.InstanceView view) {
            var seen = view.observed();
            var known = view.away().isEmpty();
            return new Instance(
                    seen.id().toString(),
                    view.nodeName(),
                    seen.driver(),
                    known ? EnumWords.of(seen.state()) : "unknown",
                    EnumWords.of(known ? healthOf(seen) : Health.NONE),
                    known ? seen.pid() : 0,
                    seen.restarts(),
                    seen.since(),
                    seen.reason(),
                    view.ports(),
                    view.away().flatMap(ClusterView.Away::lastHeard).map(at -> Was.of(seen, at)));
        }
    }

    /** How an instance was when its node was last heard. */
    record Was(String state, String health, Instant at) {
        static Was of(InstanceObservation seen, Instant at) {
            return new Was(EnumWords.of(seen.state()), EnumWords.of(healthOf(seen)), at);
        }
    }

    /** What does not run and shall not has no health that is still to come. */
    private static Health healthOf(InstanceObservation seen) {
        return switch (seen.state()) {
            case STOPPING, STOPPED, COMPLETED, GIVEN_UP ->
                    seen.health() == Health.STARTING ? Health.NONE : seen.health();
            case PENDING, STARTING, RUNNING, BACKOFF -> seen.health();
        };
    }

    /**
     * @param id names the session; its WebSocket is at {@code /api/v1/exec/ID}
     */
    record ExecStarted(String id, String instance, String node) {}

    record Ordered(String service, String action) {}

    /**
     * @param truncated whether older lines were left out because one answer may have only so many
     * @param missing lines that are known to be missing, for that or because they were lost
     * @param problems what is missing and why, one sentence each; usually empty
     */
    record LogLines(List<Line> lines, boolean truncated, long missing, List<String> problems) {}

    /**
     * @param lines known to be missing
     * @param atLeast whether there may be more than those
     */
    record LogGap(String instance, long lines, boolean atLeast, String reason) {}

    record LogProblem(String instance, String detail) {}

    /**
     * @param id names this line for ever: node, run of the instance, position
     */
    record Line(String instance, Instant at, String stream, String text, String id) {
        static Line of(NodeId node, LogLine line) {
            return new Line(
                    line.instance().toString(),
                    line.at(),
                    line.stream(),
                    line.text(),
                    "%s/%s/%d/%d"
                            .formatted(node, line.instance(), line.sourceEpoch(), line.sequence()));
        }
    }

    record Stacks(List<Stack> stacks, Optional<String> next) {}

    record Stack(
            String stack,
            long revision,
            int services,
            Instant appliedAt,
            String actor,
            boolean removing,
            boolean releasing,
            String mode) {
        static Stack of(ClusterView.StackView view) {
            return new Stack(
                    view.name().toString(),
                    view.revision(),
                    view.services(),
                    view.appliedAt(),
                    view.actor(),
                    view.removing(),
                    view.releasing(),
                    EnumWords.of(view.mode()));
        }
    }

    record Mode(String stack, String mode) {}

    record Releasing(List<String> releasing) {}

    /**
     * @param held services of the stack that were stopped by hand and stay so
     * @param handover what is done to instances because the stack comes under manage by it
     */
    record Plan(
            String stack,
            long baseRevision,
            long revision,
            List<PlannedChange> changes,
            List<String> warnings,
            List<String> held,
            List<HandoverStep> handover) {
        static Plan of(StackPlan plan, ClusterView view) {
            return new Plan(
                    plan.stack().toString(),
                    plan.baseRevision(),
                    plan.revision(),
                    plan.changes().stream().map(PlannedChange::of).toList(),
                    plan.warnings(),
                    view.services().stream()
                            .filter(s -> s.service().stack().equals(plan.stack()))
                            .filter(s -> s.state().equals("stopped"))
                            .map(s -> s.service().toString())
                            .toList(),
                    plan.handover().stream().map(HandoverStep::of).toList());
        }
    }

    record PlannedChange(
            String service, String kind, String effect, List<StackPlan.FieldChange> fields) {
        static PlannedChange of(StackPlan.ServiceChange change) {
            return new PlannedChange(
                    change.service(),
                    EnumWords.of(change.kind()),
                    change.effect(),
                    change.fields());
        }
    }

    record Removing(List<String> removing) {}

    record Revisions(List<Revision> revisions, Optional<String> next) {}

    record Revision(
            String stack,
            long revision,
            boolean current,
            Instant appliedAt,
            String actor,
            String summary,
            Optional<Returned> returned) {
        static Revision of(StackCommands.RevisionView view) {
            return new Revision(
                    view.stack().toString(),
                    view.revision(),
                    view.current(),
                    view.appliedAt(),
                    view.actor(),
                    view.summary(),
                    view.returned()
                            .map(one ->
                                    new Returned(
                                            one.service().toString(),
                                            one.toRevision(),
                                            one.reason())));
        }
    }

    record Returned(String service, long toRevision, String reason) {}

    /**
     * @param mode in force now
     */
    record Handover(String stack, long revision, String mode, List<HandoverStep> instances) {
        static Handover of(StackCommands.Handover handover) {
            return new Handover(
                    handover.stack().toString(),
                    handover.revision(),
                    EnumWords.of(handover.mode()),
                    handover.instances().stream().map(HandoverStep::of).toList());
        }
    }

    record HandoverStep(String instance, String node, String action, String why) {
        static HandoverStep of(StackCommands.Handover.Step step) {
            return new HandoverStep(
                    step.instance().toString(), step.nodeName(), step.action(), step.why());
        }
    }

    record Nodes(List<Node> nodes, Optional<String> next) {}

    record Node(
            String node,
            String id,
            boolean connected,
            Optional<Instant> lastSeen,
            int instances,
            Optional<String> paused,
            Optional<String> brake,
            List<String> problems,
            Map<String, String> labels,
            Optional<Withdrawal> withdrawal,
            List<Staying> staying,
            Optional<External> external) {
        static Node of(ClusterView.NodeView view) {
            return new Node(
                    view.name(),
                    view.id().toString(),
                    view.connected(),
                    view.lastSeen(),
                    view.instances(),
                    view.paused(),
                    view.brake(),
                    view.problems(),
                    view.wanted().labels(),
                    view.wanted().withdrawal().map(Withdrawal::of),
                    view.wanted().staying().stream().map(Staying::of).toList(),
                    Optional.empty());
        }

        static Node of(ClusterView.ExternalView view) {
            return new Node(
                    view.node().name(),
                    view.node().id().toString(),
                    false,
                    Optional.empty(),
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    view.labels(),
                    Optional.empty(),
                    List.of(),
                    Optional.of(External.of(view.node())));
        }
    }

    /** That a node is managed elsewhere. */
    record External(String address, String note, String by, Instant since) {
        static External of(ExternalNode node) {
            return new External(node.address(), node.note(), node.by(), node.since());
        }
    }

    /** Why a node takes no new instances. */
    record Withdrawal(String kind, String by, Instant since, String reason, boolean force) {
        static Withdrawal of(NodeSpec.Withdrawal order) {
            return new Withdrawal(
                    EnumWords.of(order.kind()),
                    order.by(),
                    order.since(),
                    order.reason(),
                    order.force());
        }
    }

    /** What still may run on a node that is being emptied. */
    record Staying(String instance, String why, boolean bound) {
        static Staying of(ClusterView.Staying staying) {
            return new Staying(staying.instance().toString(), staying.why(), staying.bound());
        }
    }

    record NodeDetails(Node node, List<Instance> instances, Optional<Machine> machine) {}

    record NodeOrdered(String node, String id) {}

    record Why(String thing, List<StackCommands.Cause> causes) {}

    record Decisions(List<Decided> decisions, Optional<String> next) {}

    record Pending(List<PendingEntry> pending, Optional<String> next) {}

    record PendingEntry(
            String id,
            String action,
            String instance,
            String node,
            String why,
            Instant since,
            String mode,
            Optional<String> deniedBy) {
        static PendingEntry of(ClusterView.PendingView view) {
            return new PendingEntry(
                    view.id(),
                    view.action(),
                    view.instance().toString(),
                    view.nodeName(),
                    view.why(),
                    view.since(),
                    EnumWords.of(view.mode()),
                    view.deniedBy());
        }
    }

    record Answered(String decision, String answer) {}

    record Decided(
            Instant at,
            String actor,
            String action,
            String subject,
            String node,
            String why,
            String result,
            String id) {
        static Decided of(long sequence, olympus.model.state.Decision decision) {
            return new Decided(
                    decision.at(),
                    decision.actor(),
                    decision.action(),
                    decision.subject(),
                    decision.node(),
                    decision.why(),
                    decision.result(),
                    Long.toString(sequence));
        }
    }

    record Audit(List<AuditEntry> audit, Optional<String> next) {}

    record Pauses(List<PauseEntry> pauses, Optional<String> next) {}

    record PauseEntry(String scope, String by, Instant since, String reason) {
        static PauseEntry of(ClusterView.PauseView view) {
            return new PauseEntry(view.scope(), view.by(), view.since(), view.reason());
        }
    }

    /**
     * @param agents names of the nodes that were told
     * @param recorded whether the store holds it too; false while the store takes no writes
     */
    record PauseOrdered(String scope, List<String> agents, boolean recorded) {}

    /**
     * @param name of its node; absent while this server does not know it yet
     */
    record Leader(String member, Optional<String> name) {}

    record Status(
            String server,
            String version,
            String islandId,
            long incarnation,
            long epoch,
            long revision,
            String role,
            boolean leader,
            boolean knownLeader,
            Optional<Leader> ledBy,
            int servers,
            Optional<String> halted,
            Optional<String> writesRefused,
            List<String> problems,
            long uptimeSeconds) {}

    record Secrets(List<SecretEntry> secrets, Optional<String> next) {}

    /**
     * @param secret {@code stack/name}
     */
    record SecretEntry(String secret, String fingerprint, Instant setAt, String setBy) {
        static SecretEntry of(KeptSecret kept) {
            return new SecretEntry(kept.id(), kept.fingerprint(), kept.setAt(), kept.setBy());
        }
    }

    /**
     * @param outdated services that still use a value set before, until the next apply
     * @param updating services that are getting this one
     */
    record SecretSet(
            String secret,
            String fingerprint,
            Instant setAt,
            String setBy,
            List<String> outdated,
            List<String> updating) {
        static SecretSet of(KeptSecrets.Outcome outcome) {
            var kept = outcome.secret();
            return new SecretSet(
                    kept.id(),
                    kept.fingerprint(),
                    kept.setAt(),
                    kept.setBy(),
                    outcome.outdated(),
                    outcome.updating());
        }
    }

    record SecretRemoved(String removed) {}

    /**
     * @param problems nodes whose volumes are not shown, and why
     */
    record Volumes(List<VolumeEntry> volumes, List<String> problems) {}

    /**
     * @param stack that declares it or has its project, or was removed; empty when none is known
     * @param project of Compose, by its label; may be empty
     * @param services that declare it
     * @param containers that have it, running or not
     * @param note what a person should know before removing it; may be empty
     */
    record VolumeEntry(
            String volume,
            String node,
            String driver,
            String stack,
            String project,
            List<String> services,
            List<String> containers,
            Optional<Long> sizeBytes,
            String note) {}

    record VolumeRemoved(String volume, String node) {}

    /**
     * @param problems nodes that could not be asked what runs there, and why
     */
    record Catalogue(List<CatalogueEntry> services, List<String> problems) {}

    /**
     * @param name what it calls itself, else its id
     * @param hidden whether it asks not to be shown
     * @param version of the image that runs, or of what is known instead; may be empty
     * @param declared where that is another version
     * @param digest of the image that runs, where it came from a registry
     */
    record CatalogueEntry(
            String service,
            String name,
            String description,
            boolean hidden,
            List<String> links,
            String driver,
            String version,
            Optional<String> declared,
            Optional<String> digest,
            List<String> nodes,
            String mode,
            String state,
            int healthy,
            int desired) {}

    record Checks(List<Check> checks) {}

    /**
     * @param status {@code ok}, {@code warning} or {@code failed}
     * @param remedy what to do about it, empty when nothing
     */
    record Check(String name, String status, String detail, String remedy) {
        static Check of(DoctorCheck check) {
            return new Check(
                    check.name(), EnumWords.of(check.status()), check.detail(), check.remedy());
        }
    }
}
