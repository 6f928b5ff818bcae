package olympus.zeus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.ServiceDefinition;
import olympus.model.state.NodeFacts;

/**
 * A copy of the island as of one moment, in which can be thought through what would happen: by the
 * planner that also decides in earnest, with agents that do at once and without fault what they are
 * told, and leases of singletons that have run out. Nothing is written and nobody is told anything.
 * Any thread; each thought is its own.
 *
 * <p>Cost of a thought: a few plans, each linear in the number of instances.
 */
public interface Foresight {

    /** The revision of the store up to which it knows everything. */
    long revision();

    Instant at();

    /** How long a node is away before it counts as lost. */
    Duration lossDelay();

    /** The nodes that are not removed, with their names. */
    Map<NodeId, String> nodes();

    /** Which of them are connected. */
    boolean isConnected(NodeId node);

    /** The labels of a node that people or the node itself gave it. */
    Map<String, String> labels(NodeId node);

    /** What its machine has; empty where its agent has not told, or is not connected. */
    Optional<NodeFacts> facts(NodeId node);

    /** A service as it is declared now; empty for one that is only there still. */
    Optional<ServiceDefinition> definition(ServiceId service);

    Forecast suppose(Supposition supposition);

    /**
     * What a supposition leads to.
     *
     * @param fates of all instances, by id
     * @param losses of the services that have instances on lost nodes or under leases that nobody
     *     renews, the gravest first
     */
    record Forecast(List<Fate> fates, List<Loss> losses) {
        public Forecast {
            fates = List.copyOf(fates);
            losses = List.copyOf(losses);
        }
    }

    /** What becomes of an instance. */
    enum Outcome {
        /** It goes on where it is, running or not. */
        STAYS,
        /** It gets a new run on another node. */
        MOVES,
        /** It is to run and does not, until its node, or for a singleton a leader, is back. */
        WAITS,
        /** It is ended, and wanted no more. */
        ENDS
    }

    /**
     * @param node where it is
     * @param target where it would be; empty unless it moves
     * @param runs whether it is well now, as far as is known
     * @param why empty where nothing is to be said
     */
    record Fate(
            InstanceId instance,
            NodeId node,
            Outcome outcome,
            Optional<NodeId> target,
            boolean runs,
            String why) {}

    /** How grave it is for a service, the gravest first. */
    enum Gravity {
        /** Nothing of it runs until what has failed is back. */
        STOPS,
        /** Nothing of it runs until it is started elsewhere. */
        DOWN_UNTIL_MOVED,
        /** Fewer of its instances run until the node is back. */
        DEGRADED,
        /** Others of it run on meanwhile, or it was to be only there. */
        FINE
    }

    /**
     * What a service loses.
     *
     * @param lost how many of its running instances are on lost nodes, or end with their lease
     * @param left how many run on elsewhere, and are not touched
     * @param moved how many of the lost ones are started elsewhere
     * @param why as a sentence
     */
    record Loss(ServiceId service, Gravity gravity, int lost, int left, int moved, String why) {}
}
