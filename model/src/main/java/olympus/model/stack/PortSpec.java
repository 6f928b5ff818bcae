package olympus.model.stack;

import java.util.Locale;
import java.util.Optional;

/**
 * A published host port, or a range of them of which each replica gets one: replica {@code n} gets
 * {@code first + n - 1}.
 *
 * @param name for {@code OLYMPUS_PORT_<NAME>}; unnamed ports are called by their position, {@code
 *     1}…
 * @param hostAddress the address it is bound to, {@code 0.0.0.0} when not declared (for checks of
 *     use twice; a process binds itself)
 * @param target the port inside a container that it leads to; empty for a process
 */
public record PortSpec(
        String name,
        String hostAddress,
        int first,
        int last,
        Protocol protocol,
        Optional<Integer> target) {

    public PortSpec {
        if (first < 1 || last < first || last > 65_535) {
            throw new IllegalArgumentException(
                    "not a port range: %d-%d; ports are 1 to 65535".formatted(first, last));
        }
    }

    /** A port that a process binds by itself. */
    public static PortSpec bound(
            String name, String hostAddress, int first, int last, Protocol protocol) {
        return new PortSpec(name, hostAddress, first, last, protocol, Optional.empty());
    }

    /** The environment variable that tells an instance its port: {@code OLYMPUS_PORT_<NAME>}. */
    public String variable() {
        return "OLYMPUS_PORT_" + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    public int count() {
        return last - first + 1;
    }

    /** Transport protocol. */
    public enum Protocol {
        TCP,
        UDP
    }
}
