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
import olympus.model.stack.PortSpec;
import olympus.model.state.InstanceObservation;

/**
 * Which services there are and where their instances run, whole, as of one moment; services and
 * instances by name.
 *
 * @param revision up to which everything stored is in it
 * @param unheard nodes that have not told what they run since this server was started, and may
 *     still do so before they count as away: what runs there is not known yet
 */
public record Directory(long revision, List<String> unheard, List<Service> services) {

    public Directory {
        unheard = List.copyOf(unheard);
        services = List.copyOf(services);
    }

    /**
     * @param labels as declared now
     */
    public record Service(ServiceId id, Map<String, String> labels, List<Instance> instances) {
        public Service {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
            instances = List.copyOf(instances);
        }
    }

    /**
     * An instance.
     *
     * @param observed what was last heard of the run that is wanted; empty while nothing was
     * @param lastHeard when its node was heard last, where it is not connected
     * @param ready it may be sent requests
     * @param why it is not ready, as a sentence; empty when it is
     */
    public record Instance(
            InstanceId id,
            NodeId node,
            String nodeName,
            List<Port> ports,
            Optional<InstanceObservation> observed,
            Optional<Instant> lastHeard,
            boolean ready,
            String why) {
        public Instance {
            ports = List.copyOf(ports);
        }
    }

    /**
     * A port of the node that leads to an instance.
     *
     * @param hostAddress the address of the node that it is bound to, {@code 0.0.0.0} for all
     * @param target the port inside the container; empty for a process
     */
    public record Port(
            String name,
            String hostAddress,
            int number,
            PortSpec.Protocol protocol,
            Optional<Integer> target) {}
}
