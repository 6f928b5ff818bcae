package olympus.model.stack;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import olympus.model.stack.DefinitionRules.Finding;

/**
 * Rules of published ports: none used twice on one address, enough of them for the replicas, names
 * once.
 */
final class PortRules {

    private static final Set<String> ANY = Set.of("0.0.0.0", "::", "*", "");

    private PortRules() {}

    private record Use(String service, int index, PortSpec port) {
        String path() {
            return "services." + service + ".ports[" + index + "]";
        }
    }

    /**
     * @param outlined the services, and those that have other faults
     */
    static void check(
            Map<String, ServiceDefinition> services,
            Map<String, ServiceDefinition> outlined,
            List<Finding> findings) {
        services.forEach((name, service) -> {
            enough(name, service, findings);
            namesOnce(name, service, findings);
        });
        var uses = new ArrayList<Use>();
        outlined.forEach((name, service) -> {
            for (var i = 0; i < service.ports().size(); i++) {
                uses.add(new Use(name, i, service.ports().get(i)));
            }
        });
        usedTwice(uses, findings);
    }

    private static void enough(String name, ServiceDefinition service, List<Finding> findings) {
        if (service.deploy().mode() == DeployPolicy.Mode.GLOBAL) {
            return;
        }
        for (var i = 0; i < service.ports().size(); i++) {
            var port = service.ports().get(i);
            if (port.count() < service.deploy().replicas()) {
                var expected =
                        "a range such as %d-%d"
                                .formatted(
                                        port.first(),
                                        port.first() + service.deploy().replicas() - 1);
                findings.add(
                        new Finding(
                                true,
                                "services." + name + ".ports[" + i + "]",
                                "%d replicas need a port each, but %s has %d"
                                        .formatted(
                                                service.deploy().replicas(),
                                                show(port),
                                                port.count()),
                                expected,
                                ""));
            }
        }
    }

    private static void namesOnce(String name, ServiceDefinition service, List<Finding> findings) {
        var variables = new HashSet<String>();
        for (var i = 0; i < service.ports().size(); i++) {
            var port = service.ports().get(i);
            if (!variables.add(port.variable())) {
                findings.add(
                        new Finding(
                                true,
                                "services." + name + ".ports[" + i + "]",
                                "two ports of %s are called \"%s\"".formatted(name, port.name()),
                                "a name for each",
                                ""));
            }
        }
    }

    /** Looks only at neighbours in the order of ports, so that many services cost little. */
    private static void usedTwice(List<Use> uses, List<Finding> findings) {
        var sorted = new ArrayList<>(uses);
        sorted.sort(
                Comparator.comparingInt((Use use) -> use.port().first()).thenComparing(Use::path));
        var open = new HashMap<PortSpec.Protocol, List<Use>>();
        for (var use : sorted) {
            var before = open.computeIfAbsent(use.port().protocol(), protocol -> new ArrayList<>());
            before.removeIf(other -> other.port().last() < use.port().first());
            for (var other : before) {
                if (sameAddress(use.port().hostAddress(), other.port().hostAddress())) {
                    findings.add(
                            new Finding(
                                    true,
                                    use.path(),
                                    "port %d of %s is used twice: also by %s (%s)"
                                            .formatted(
                                                    use.port().first(),
                                                    use.service(),
                                                    other.service(),
                                                    show(other.port())),
                                    "a port of its own",
                                    ""));
                    break;
                }
            }
            before.add(use);
        }
    }

    private static boolean sameAddress(String a, String b) {
        return a.equals(b) || ANY.contains(a) || ANY.contains(b);
    }

    private static String show(PortSpec port) {
        return port.count() == 1 ? String.valueOf(port.first()) : port.first() + "-" + port.last();
    }
}
