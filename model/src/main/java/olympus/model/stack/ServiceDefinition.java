package olympus.model.stack;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A service as declared.
 *
 * @param workload how it runs
 * @param ports what it publishes on the host; a range is divided among the replicas, one each
 * @param dependsOn by service name within the stack
 * @param about what people and other parts know of it; no effect on how it runs
 */
public record ServiceDefinition(
        String name,
        Workload workload,
        List<PortSpec> ports,
        Map<String, Dependency> dependsOn,
        Optional<Probe> probe,
        RecoveryPolicy recovery,
        DeployPolicy deploy,
        StopPolicy stop,
        About about) {

    public ServiceDefinition {
        ports = List.copyOf(ports);
        dependsOn = Collections.unmodifiableMap(new TreeMap<>(dependsOn));
    }

    /** The same with another workload. */
    public ServiceDefinition with(Workload other) {
        return new ServiceDefinition(
                name, other, ports, dependsOn, probe, recovery, deploy, stop, about);
    }

    /** The same, deployed otherwise. */
    public ServiceDefinition with(DeployPolicy other) {
        return new ServiceDefinition(
                name, workload, ports, dependsOn, probe, recovery, other, stop, about);
    }

    /** Labels, owner and runbook. */
    public record About(
            Map<String, String> labels,
            Optional<String> owner,
            Optional<String> runbook,
            Optional<String> description) {
        public About {
            labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        }
    }
}
