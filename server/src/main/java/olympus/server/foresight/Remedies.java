package olympus.server.foresight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.Pinning;
import olympus.model.stack.PlacementPolicy.Attribute;
import olympus.model.stack.PlacementPolicy.Constraint;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.server.foresight.SinglePoint.Gravity;
import olympus.server.foresight.SinglePoint.Hit;
import olympus.server.foresight.SinglePoint.Part;
import olympus.zeus.Foresight;

/**
 * What people can do about a single point of failure, in words. Said by rules from what is declared
 * and from who is there; that it helps is shown by asking again afterwards. Pure.
 */
final class Remedies {

    private final Foresight foresight;
    private final Quorum quorum;
    private final Map<NodeId, String> names;

    Remedies(Foresight foresight, Quorum quorum) {
        this.foresight = foresight;
        this.quorum = quorum;
        this.names = foresight.nodes();
    }

    /** So that orders are taken without these servers. */
    List<String> forOrders(Part part, Set<String> servers) {
        var all = new ArrayList<String>();
        quorum.voters()
                .forEach((server, answers) -> {
                    if (!answers && !servers.contains(server)) {
                        all.add(
                                "bring back server %s, which counts and does not answer"
                                        .formatted(server));
                    }
                });
        switch (quorum.voters().size()) {
            case 1 ->
                    all.add(
                            "two more servers on other machines (olympus servers add): of three any one may fail");
            case 2 ->
                    all.add(
                            "a third server on another machine (olympus servers add): of two neither may fail");
            default -> {
                if (servers.size() > 1) {
                    all.add(
                            "fewer than half of the servers on %s: others on other machines (olympus servers add)"
                                    .formatted(part.name()));
                }
            }
        }
        all.sort(null);
        return all;
    }

    /** So that a service bears the failure of a part of the island. */
    List<String> forService(Part part, Set<NodeId> lost, Hit hit, boolean ordersGoOn) {
        var declared = foresight.definition(hit.service());
        if (declared.isEmpty() || hit.gravity() == Gravity.FINE) {
            return List.of();
        }
        var definition = declared.get();
        if (hit.gravity() == Gravity.TWICE) {
            return unlessTwice(hit.service(), definition);
        }
        if (isSingleton(definition) && hit.gravity() == Gravity.DOWN_UNTIL_MOVED) {
            return List.of(
                    "%s is a singleton: a shorter lease makes the gap shorter, and nothing closes it"
                            .formatted(hit.service()));
        }
        var pin = Pinning.reason(definition);
        if (pin.isPresent()) {
            return List.of(unpinned(hit.service(), definition, pin.get()));
        }
        var all = new ArrayList<String>();
        if (lost.size() >= names.size() && !lost.isEmpty()) {
            all.add("another machine, which does not fail with %s".formatted(part.name()));
        }
        definition.deploy().where().constraints().stream()
                .filter(constraint -> !isMetBeyond(lost, constraint))
                .map(constraint -> another(hit.service(), constraint))
                .forEach(all::add);
        replicas(part, hit, definition).ifPresent(all::add);
        if (all.isEmpty() && ordersGoOn) {
            all.add(
                    "room for %s on another machine; what keeps it from each: %s"
                            .formatted(hit.service(), hit.why()));
        }
        return List.copyOf(all);
    }

    private static List<String> unlessTwice(ServiceId service, ServiceDefinition definition) {
        return definition.workload() instanceof Workload.Process
                        && definition.deploy().mode() == DeployPolicy.Mode.REPLICATED
                        && definition.deploy().replicas() == 1
                ? List.of("singleton: true for %s, if it must never run twice".formatted(service))
                : List.of();
    }

    private static boolean isSingleton(ServiceDefinition definition) {
        return definition.deploy().singleton().isPresent();
    }

    private static String unpinned(ServiceId service, ServiceDefinition definition, String pin) {
        return definition.workload() instanceof Workload.Unit
                ? "the same unit on another machine, as a service of its own, beside %s (%s)"
                        .formatted(service, pin)
                : "data of %s where other machines reach it (an NFS volume), or copies of it that it keeps equal itself on several machines (%s)"
                        .formatted(service, pin);
    }

    /** Whether another machine has the label, the name, or whatever is asked for. */
    private boolean isMetBeyond(Set<NodeId> lost, Constraint constraint) {
        return names.entrySet().stream()
                .filter(node -> !lost.contains(node.getKey()))
                .filter(node -> foresight.isConnected(node.getKey()))
                .anyMatch(node -> meets(node.getKey(), node.getValue(), constraint));
    }

    private boolean meets(NodeId node, String name, Constraint constraint) {
        return switch (constraint.attribute()) {
            case ID -> node.toString().equals(constraint.value()) == constraint.equal();
            case NAME -> name.equals(constraint.value()) == constraint.equal();
            case LABEL ->
                    constraint.value().equals(foresight.labels(node).get(constraint.label()))
                            == constraint.equal();
            // The planner says in its reason which machine has too little of what.
            case OS, ARCHITECTURE, CPUS, MEMORY -> true;
        };
    }

    private static String another(ServiceId service, Constraint constraint) {
        if (constraint.attribute() == Attribute.LABEL && constraint.equal()) {
            return "another node %1$s=%2$s, for %3$s (olympus node label NODE %1$s=%2$s)"
                    .formatted(constraint.label(), constraint.value(), service);
        }
        return "another node that meets \"%s\", or a constraint of %s that more than one does"
                .formatted(constraint.text(), service);
    }

    private static Optional<String> replicas(Part part, Hit hit, ServiceDefinition definition) {
        var deploy = definition.deploy();
        if (deploy.mode() == DeployPolicy.Mode.GLOBAL || isSingleton(definition)) {
            return Optional.empty();
        }
        var apart = apart(part, deploy);
        if (deploy.replicas() == 1) {
            return Optional.of("a second replica of %s, with %s".formatted(hit.service(), apart));
        }
        return hit.counts().left() == 0 && !isApart(part, deploy)
                ? Optional.of("%s for %s".formatted(apart, hit.service()))
                : Optional.empty();
    }

    private static String apart(Part part, DeployPolicy deploy) {
        return key(part)
                .filter(key -> !deploy.where().spread().contains(key))
                .map("preferences: [ { spread: node.labels.%s } ]"::formatted)
                .orElse("max_replicas_per_node: 1");
    }

    private static boolean isApart(Part part, DeployPolicy deploy) {
        return key(part)
                .map(deploy.where().spread()::contains)
                .orElse(deploy.where().maxPerNode().filter(most -> most == 1).isPresent());
    }

    /** The label by which machines fail together. */
    private static Optional<String> key(Part part) {
        var equals = part.name().indexOf('=');
        return part.nodes().size() > 1 && equals > 0
                ? Optional.of(part.name().substring(0, equals))
                : Optional.empty();
    }

    static String forDisk(String node) {
        return "two disks that mirror each other for the data folder of %s, and an alarm before they are full"
                .formatted(node);
    }

    static String forLink(String name) {
        return "a second way to %s, by another cable and another switch".formatted(name);
    }
}
