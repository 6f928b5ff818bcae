package olympus.engine;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import olympus.model.stack.DeployPolicy.Resources;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;

/**
 * A container to be made.
 *
 * @param name at the engine
 * @param environment in clear
 * @param labels all of them
 * @param ports published on the machine
 * @param carried volumes without a name of the container it replaces: target to volume
 * @param peers containers whose namespaces it shares: what the workload calls {@code
 *     service:<name>} to the id of a container
 */
public record Creation(
        String name,
        Workload.Container workload,
        Map<String, String> environment,
        Map<String, String> labels,
        List<ContainerSummary.PublishedPort> ports,
        Resources resources,
        StopPolicy stop,
        RestartRule restart,
        Map<String, String> carried,
        Map<String, String> peers) {

    public Creation {
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        ports = List.copyOf(ports);
        carried = Collections.unmodifiableMap(new TreeMap<>(carried));
        peers = Collections.unmodifiableMap(new TreeMap<>(peers));
    }

    /** With another restart policy. */
    public Creation with(RestartRule rule) {
        return new Creation(
                name, workload, environment, labels, ports, resources, stop, rule, carried, peers);
    }

    /** Its environment may hold secrets. */
    @Override
    public String toString() {
        return "Creation[" + name + "]";
    }
}
