package olympus.zeus;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.ExternalNode;
import olympus.model.state.InstanceObservation;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeSpec;

/**
 * The island as Zeus sees it at one moment: an immutable value, cheap to take, free to keep.
 * Services and nodes in name order.
 */
public record ClusterView(
        long revision,
        List<ServiceView> services,
        List<NodeView> nodes,
        List<StackView> stacks,
        List<PauseView> pauses,
        List<PendingView> pending,
        List<ExternalView> external) {

    /** In which nothing is managed elsewhere. */
    public ClusterView(
            long revision,
            List<ServiceView> services,
            List<NodeView> nodes,
            List<StackView> stacks,
            List<PauseView> pauses,
            List<PendingView> pending) {
        this(revision, services, nodes, stacks, pauses, pending, List.of());
    }

    /** In which nothing is pending either. */
    public ClusterView(
            long revision,
            List<ServiceView> services,
            List<NodeView> nodes,
            List<StackView> stacks,
            List<PauseView> pauses) {
        this(revision, services, nodes, stacks, pauses, List.of(), List.of());
    }

    public ClusterView {
        services = List.copyOf(services);
        nodes = List.copyOf(nodes);
        stacks = List.copyOf(stacks);
        pauses = List.copyOf(pauses);
        pending = List.copyOf(pending);
        external = List.copyOf(external);
    }

    /** Those of {@link #pending} that nobody has denied. */
    public List<PendingView> open() {
        return pending.stream().filter(one -> one.deniedBy().isEmpty()).toList();
    }

    /**
     * A service and its instances.
     *
     * @param state {@code running} (all wanted are well), {@code starting}, {@code degraded} (some
     *     well), {@code updating}, {@code stopped} (held by hand), {@code waiting} (for a
     *     dependency), {@code failed} (none well, given up), "unhealthy" (none well, though it
     *     runs), {@code unknown} (its nodes are not connected), {@code completed}, {@code
     *     removing}, {@code paused}, {@code unclaimed} (agents run it by orders that the store has
     *     lost: apply its stack again or remove it)
     * @param reason the sentence that explains a state other than running, empty otherwise
     * @param mode what Olympus may do with it
     * @param rollout the replacement of its instances that is under way, or was halted
     */
    public record ServiceView(
            ServiceId service,
            long stackRevision,
            int desired,
            int running,
            int healthy,
            String state,
            String reason,
            StackDefinition.Mode mode,
            List<InstanceView> instances,
            Optional<RolloutView> rollout) {
        public ServiceView {
            instances = List.copyOf(instances);
        }

        /** One in which nothing is being replaced. */
        public ServiceView(
                ServiceId service,
                long stackRevision,
                int desired,
                int running,
                int healthy,
                String state,
                String reason,
                StackDefinition.Mode mode,
                List<InstanceView> instances) {
            this(
                    service,
                    stackRevision,
                    desired,
                    running,
                    healthy,
                    state,
                    reason,
                    mode,
                    instances,
                    Optional.empty());
        }
    }

    /**
     * A replacement of a service's instances.
     *
     * @param stage {@code trial} (a few of the new version are watched), {@code approval} (they are
     *     well and a person has to approve), {@code switched} (the new version has taken over, and
     *     the old one is kept), {@code replacing} (the rest is replaced) or {@code halted}
     * @param by who ordered it
     * @param since when this stage began
     * @param fromRevision of the stack, where it returns to when it fails
     * @param updated the instances that are to run the new version by now
     * @param approvedBy who let it go on after its trial; empty while nobody has
     * @param until when this stage ends by itself: nobody has approved, or what was kept goes
     */
    public record RolloutView(
            String cause,
            String stage,
            String by,
            Instant startedAt,
            Instant since,
            long fromRevision,
            List<InstanceId> updated,
            Optional<String> approvedBy,
            Optional<Instant> until) {
        public RolloutView {
            updated = List.copyOf(updated);
        }
    }

    /**
     * An instance: where it was placed and what its agent last reported.
     *
     * @param away its node is not connected, so that how it is now is not known: {@code observed}
     *     is what was last heard of it
     */
    public record InstanceView(
            InstanceObservation observed,
            String nodeName,
            NodeId node,
            List<Integer> ports,
            Optional<Away> away) {

        /** One whose node is connected. */
        public InstanceView(
                InstanceObservation observed, String nodeName, NodeId node, List<Integer> ports) {
            this(observed, nodeName, node, ports, Optional.empty());
        }

        /** As far as that is known. */
        public boolean isWell() {
            return away.isEmpty() && observed.isWell();
        }
    }

    /**
     * Why the state of an instance is not known.
     *
     * @param lastHeard when its node was last heard; empty when nothing is known of the instance
     */
    public record Away(Optional<Instant> lastHeard) {}

    public record NodeView(
            NodeId id,
            String name,
            boolean connected,
            Optional<Instant> lastSeen,
            int instances,
            Optional<String> paused,
            Optional<String> brake,
            List<String> problems,
            Wanted wanted,
            Optional<Resources> resources) {

        /** One that has told nothing of what it has. */
        public NodeView(
                NodeId id,
                String name,
                boolean connected,
                Optional<Instant> lastSeen,
                int instances,
                Optional<String> paused,
                Optional<String> brake,
                List<String> problems,
                Wanted wanted) {
            this(
                    id,
                    name,
                    connected,
                    lastSeen,
                    instances,
                    paused,
                    brake,
                    problems,
                    wanted,
                    Optional.empty());
        }

        /** One of which nobody wants anything, and that has told nothing. */
        public NodeView(
                NodeId id,
                String name,
                boolean connected,
                Optional<Instant> lastSeen,
                int instances,
                Optional<String> paused,
                Optional<String> brake,
                List<String> problems) {
            this(
                    id,
                    name,
                    connected,
                    lastSeen,
                    instances,
                    paused,
                    brake,
                    problems,
                    new Wanted(Map.of(), Optional.empty(), List.of()),
                    Optional.empty());
        }
    }

    /**
     * A member that is managed elsewhere: none of the nodes, whatever its name. In name order.
     *
     * @param labels that people gave it
     */
    public record ExternalView(ExternalNode node, Map<String, String> labels) {
        public ExternalView {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        }
    }

    /**
     * What a node has, as it has told, and what of it instances have reserved.
     *
     * @param memoryBytes that instances may reserve: what it has without what is kept for itself
     */
    public record Resources(NodeFacts facts, long memoryBytes, Reserved reserved) {}

    /**
     * @param milliCpus thousandths of a processor
     */
    public record Reserved(long milliCpus, long memoryBytes, long gpus) {}

    /**
     * What people want of a node.
     *
     * @param labels theirs and its own
     * @param withdrawal why it takes no new instances; empty when it takes them
     * @param staying what still may run on a node that is being emptied
     */
    public record Wanted(
            Map<String, String> labels,
            Optional<NodeSpec.Withdrawal> withdrawal,
            List<Staying> staying) {
        public Wanted {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
            staying = List.copyOf(staying);
        }
    }

    /**
     * @param why what keeps it there; empty when nothing but time
     * @param bound it will not leave as long as it is declared so, and its stack in this mode
     */
    public record Staying(InstanceId instance, String why, boolean bound) {}

    /**
     * A stack.
     *
     * @param removing it is being removed or released, and not forgotten yet
     * @param releasing its services are being let go, and left as they are
     */
    public record StackView(
            StackName name,
            long revision,
            int services,
            Instant appliedAt,
            String actor,
            boolean removing,
            boolean releasing,
            StackDefinition.Mode mode) {}

    /**
     * What would be done to an instance of a stack that is only watched.
     *
     * @param id stands for the action and its cause
     * @param action {@code start}, {@code restart} or {@code update}
     * @param since when that began to be so
     * @param mode {@code ask}: it can be approved; {@code observe}: it is only told
     * @param deniedBy who has denied it; it can still be approved
     */
    public record PendingView(
            String id,
            String action,
            InstanceId instance,
            String why,
            Instant since,
            String nodeName,
            StackDefinition.Mode mode,
            Optional<String> deniedBy) {}

    public record PauseView(String scope, String by, Instant since, String reason) {}
}
