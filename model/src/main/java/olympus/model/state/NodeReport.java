package olympus.model.state;

import java.util.List;
import java.util.Optional;
import olympus.model.NodeId;

/**
 * The whole observed state of a node, as its agent reports it.
 *
 * @param sequence counts up per agent process; an older report is dropped
 * @param bootId of the kernel, tells a reboot
 * @param accepted stamp of the assignment that is in force on the node
 * @param paused why automatic action is halted on this node, empty when it is not
 * @param brake why the agent holds back restarts at present (many checks fail at once), empty when
 *     it does not
 * @param held instances that go on by an order of an earlier incarnation of the store, because the
 *     present one has not been told of their stack (see {@link Assignment}): their whole
 *     specification, so that they can be taken over
 * @param problems what the node lacks or cannot do (e.g. no cgroup to limit memory with), for
 *     status and doctor
 */
public record NodeReport(
        NodeId node,
        String name,
        long sequence,
        String bootId,
        Assignment.Stamp accepted,
        Optional<String> paused,
        Optional<String> brake,
        List<InstanceObservation> instances,
        List<InstanceSpec> held,
        List<String> problems) {

    public NodeReport {
        instances = List.copyOf(instances);
        held = List.copyOf(held);
        problems = List.copyOf(problems);
    }
}
