package olympus.model.stack.container;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A network of the engine.
 *
 * @param key under {@code networks:} in the file; {@code default} when nothing is written
 * @param name at the engine: {@code <project>_<key>} unless written
 * @param external made by somebody else: never created, changed or removed
 * @param driver empty for the engine's default
 */
public record Network(
        String key,
        String name,
        boolean external,
        Optional<String> driver,
        Map<String, String> driverOptions,
        boolean internal,
        boolean attachable,
        boolean ipv6,
        Optional<Ipam> ipam,
        Map<String, String> labels) {

    public Network {
        driverOptions = Collections.unmodifiableMap(new TreeMap<>(driverOptions));
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Address ranges. */
    public record Ipam(Optional<String> driver, List<Subnet> subnets) {
        public Ipam {
            subnets = List.copyOf(subnets);
        }
    }

    /** One range. */
    public record Subnet(
            String subnet,
            Optional<String> gateway,
            Optional<String> ipRange,
            Map<String, String> auxiliaryAddresses) {
        public Subnet {
            auxiliaryAddresses = Collections.unmodifiableMap(new TreeMap<>(auxiliaryAddresses));
        }
    }
}
