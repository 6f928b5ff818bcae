package olympus.model.stack.container;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a container reaches others and is reached.
 *
 * @param mode {@code host}, {@code none}, {@code bridge}, {@code service:<name>} or {@code
 *     container:<name>}; empty when it is attached to networks
 * @param attachments in order of priority; empty with a mode
 * @param extraHosts {@code name:address}
 * @param links {@code container:alias}: names under which this container alone knows others, on
 *     each of its networks
 * @param randomPorts published on a port of the machine that the engine chooses; those that the
 *     file chooses are the service's {@code ports}
 * @param exposed documented, not published: {@code 80} or {@code 53/udp}
 */
public record Networking(
        Optional<String> mode,
        List<Attachment> attachments,
        List<String> extraHosts,
        List<String> links,
        List<String> dns,
        List<String> dnsSearch,
        List<String> dnsOptions,
        List<RandomPort> randomPorts,
        List<String> exposed) {

    public Networking {
        attachments = List.copyOf(attachments);
        extraHosts = List.copyOf(extraHosts);
        links = List.copyOf(links);
        dns = List.copyOf(dns);
        dnsSearch = List.copyOf(dnsSearch);
        dnsOptions = List.copyOf(dnsOptions);
        randomPorts = List.copyOf(randomPorts);
        exposed = List.copyOf(exposed);
    }

    /** In this mode, or on these networks, and nothing besides. */
    public static Networking of(Optional<String> mode, List<Attachment> attachments) {
        return new Networking(
                mode,
                attachments,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /**
     * A port of the container that the engine gives any free port of the machine.
     *
     * @param hostAddress empty for all
     */
    public record RandomPort(String hostAddress, int target, boolean udp) {}

    /**
     * One network a container is on.
     *
     * @param aliases besides the service's name
     */
    public record Attachment(
            Network network,
            List<String> aliases,
            Optional<String> ipv4,
            Optional<String> ipv6,
            List<String> linkLocal,
            Optional<String> mac,
            Map<String, String> driverOptions) {
        public Attachment {
            aliases = List.copyOf(aliases);
            linkLocal = List.copyOf(linkLocal);
            driverOptions = Collections.unmodifiableMap(new TreeMap<>(driverOptions));
        }
    }
}
