package olympus.server.discovery;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.PortSpec;
import olympus.server.group.ServerRecord;
import olympus.zeus.Directory;

/** Short ways to write what is told of where services are. */
final class Directories {

    static final NodeId MARS = new NodeId(new UUID(7, 1));
    static final NodeId VENUS = new NodeId(new UUID(7, 2));

    private Directories() {}

    static Directory of(Directory.Service... services) {
        return new Directory(7, List.of(), List.of(services));
    }

    /** With a first instance on mars, a second on venus, and so on in turn. */
    static Directory.Service service(
            String id, Map<String, String> labels, Directory.Instance... instances) {
        return new Directory.Service(ServiceId.parse(id), labels, List.of(instances));
    }

    static Directory.Instance[] ready(String service, int count, Directory.Port... ports) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(n -> instance(service + "." + n, n % 2 == 1 ? MARS : VENUS, true, ports))
                .toArray(Directory.Instance[]::new);
    }

    static Directory.Instance instance(
            String id, NodeId node, boolean ready, Directory.Port... ports) {
        return new Directory.Instance(
                InstanceId.parse(id),
                node,
                node.equals(MARS) ? "mars" : "venus",
                Arrays.asList(ports),
                Optional.empty(),
                Optional.empty(),
                ready,
                ready ? "" : "it is starting");
    }

    static Directory.Port tcp(String name, int number) {
        return bound("0.0.0.0", name, number);
    }

    static Directory.Port bound(String hostAddress, String name, int number) {
        return new Directory.Port(
                name, hostAddress, number, PortSpec.Protocol.TCP, Optional.empty());
    }

    /** One that leads to another of a container. */
    static Directory.Port published(String name, int number, int target) {
        return new Directory.Port(
                name, "0.0.0.0", number, PortSpec.Protocol.TCP, Optional.of(target));
    }

    static Directory.Port udp(String name, int number) {
        return new Directory.Port(name, "0.0.0.0", number, PortSpec.Protocol.UDP, Optional.empty());
    }

    /** Mars is seen from 10.0.0.1, venus from fd00::2. */
    static NodeAddresses seen() {
        return seen(Map.of(MARS, "10.0.0.1", VENUS, "fd00::2"));
    }

    static NodeAddresses seen(Map<NodeId, String> seen) {
        return addresses(Map.of(), seen);
    }

    static NodeAddresses addresses(
            Map<NodeId, String> said, Map<NodeId, String> seen, ServerRecord... servers) {
        return new NodeAddresses(
                node -> Optional.ofNullable(said.get(node)),
                node -> Optional.ofNullable(seen.get(node)),
                List.of(servers));
    }

    static ServerRecord server(
            NodeId node, Optional<String> peers, Optional<String> agents, String api) {
        return new ServerRecord(
                "one",
                node,
                "mars",
                peers,
                agents,
                api,
                "0.1",
                Optional.empty(),
                Instant.EPOCH,
                ServerRecord.State.MEMBER,
                Optional.empty());
    }
}
