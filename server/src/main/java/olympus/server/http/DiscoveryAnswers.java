package olympus.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.json.EnumWords;
import olympus.model.state.InstanceObservation;
import olympus.server.discovery.NodeAddresses;
import olympus.zeus.Directory;

/** The JSON bodies of answers about where services are reached. */
final class DiscoveryAnswers {

    private static final String UNKNOWN = "unknown";

    private DiscoveryAnswers() {}

    record Discovery(
            long revision, boolean complete, List<String> unheard, List<FoundService> services) {
        static Discovery of(Directory directory, NodeAddresses addresses) {
            return new Discovery(
                    directory.revision(),
                    directory.unheard().isEmpty(),
                    directory.unheard(),
                    directory.services().stream()
                            .map(service -> FoundService.of(service, addresses))
                            .toList());
        }
    }

    record FoundService(String service, Map<String, String> labels, List<FoundInstance> instances) {
        static FoundService of(Directory.Service service, NodeAddresses addresses) {
            return new FoundService(
                    service.id().toString(),
                    service.labels(),
                    service.instances().stream()
                            .map(instance -> FoundInstance.of(instance, addresses))
                            .toList());
        }
    }

    record FoundInstance(
            String instance,
            String node,
            Optional<String> address,
            boolean ready,
            String why,
            String state,
            String health,
            Optional<Instant> lastHeard,
            List<FoundPort> ports) {
        static FoundInstance of(Directory.Instance one, NodeAddresses addresses) {
            return new FoundInstance(
                    one.id().toString(),
                    one.nodeName(),
                    addresses.of(one.node()),
                    one.ready(),
                    one.why(),
                    one.observed().map(seen -> EnumWords.of(seen.state())).orElse(UNKNOWN),
                    one.observed()
                            .map(InstanceObservation::health)
                            .map(EnumWords::of)
                            .orElse(UNKNOWN),
                    one.lastHeard(),
                    one.ports().stream()
                            .map(port ->
                                    new FoundPort(
                                            port.name(),
                                            port.number(),
                                            EnumWords.of(port.protocol()),
                                            addresses.of(one, port),
                                            port.target()))
                            .toList());
        }
    }

    record FoundPort(
            String name,
            int number,
            String protocol,
            Optional<String> address,
            Optional<Integer> target) {}
}
