package olympus.model.state;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.NodeId;

/**
 * Where an instance is placed, which run of it is wanted and what its agent is ordered to do with
 * it.
 *
 * <pre>
 *   WAITING --dependencies met--&gt; RUN --stopped by hand--&gt; STOP --started--&gt; WAITING or RUN (new token)
 *      RUN --approved in mode ask--&gt; APPROVED (new token) --well, or given up--&gt; RUN
 *      any --no longer declared, scaled down--&gt; RETIRE --seen ended--&gt; (record deleted)
 *      any --released--&gt; LEAVE --let go--&gt; (record deleted)
 * </pre>
 *
 * @param denials pending decisions about it that were denied; those that do not apply any more go
 *     with the next one
 */
public record InstanceRecord(
        InstanceId id, Placement placement, Run run, Order order, List<Denial> denials) {

    public InstanceRecord {
        denials = List.copyOf(denials);
    }

    /** One about which nothing was denied. */
    public InstanceRecord(InstanceId id, Placement placement, Run run, Order order) {
        this(id, placement, run, order, List.of());
    }

    public InstanceRecord withRun(Run newRun) {
        return new InstanceRecord(id, placement, newRun, order, denials);
    }

    public InstanceRecord withOrder(Order newOrder) {
        return new InstanceRecord(id, placement, run, newOrder, denials);
    }

    public InstanceRecord withDenials(List<Denial> newDenials) {
        return new InstanceRecord(id, placement, run, order, newDenials);
    }

    /**
     * What a person does not want done, in mode {@code ask}.
     *
     * @param decision id of the pending decision, which stands for its cause: another cause asks
     *     anew
     */
    public record Denial(String decision, String by, Instant at) {}

    /**
     * Where it is.
     *
     * @param ports host port by port name
     * @param givenUpOn nodes where it was given up, when it may move
     */
    public record Placement(NodeId node, Map<String, Integer> ports, List<NodeId> givenUpOn) {
        public Placement {
            ports = Collections.unmodifiableMap(new TreeMap<>(ports));
            givenUpOn = List.copyOf(givenUpOn);
        }
    }

    /**
     * Which run is wanted.
     *
     * @param token identifies it; never used twice
     * @param generation of the service when it was started
     * @param revision of the stack whose declaration it runs
     * @param confirmed it was well for the update's monitoring time, or no update started it
     */
    public record Run(String token, long generation, long revision, boolean confirmed) {
        public Run confirm() {
            return new Run(token, generation, revision, true);
        }
    }

    /** What the agent is told to do, and why when that is not to run it. */
    public record Order(Phase phase, String reason, Instant since) {}

    /** Where the orders for an instance stand. */
    public enum Phase {
        /** Placed; its dependencies are not there yet. */
        WAITING,
        RUN,
        /** Run as approved by a person although the stack is only watched, until it is well. */
        APPROVED,
        /** Ended and kept: the service is stopped by hand. */
        STOP,
        /** Ended, and forgotten once its agent has seen it end. */
        RETIRE,
        /** Left as it is to whoever manages it next, and forgotten once its agent has let go. */
        LEAVE;

        /** The record is on its way out. */
        public boolean isGoing() {
            return this == RETIRE || this == LEAVE;
        }
    }
}
