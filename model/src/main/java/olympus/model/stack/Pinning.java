package olympus.model.stack;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Volume;

/**
 * What binds a service to the node where it runs: data and devices that are only there. Such a
 * service is never moved.
 */
public final class Pinning {

    /** Volumes of these types lie elsewhere, and are reached from every node. */
    private static final Set<String> REMOTE_TYPES = Set.of("nfs", "nfs4", "cifs", "smb3");

    /** What each machine has of its own. */
    private static final List<String> OF_EVERY_MACHINE =
            List.of(
                    "/dev",
                    "/proc",
                    "/sys",
                    "/run",
                    "/var/run",
                    "/etc/localtime",
                    "/etc/timezone",
                    "/etc/machine-id",
                    "/etc/ssl/certs",
                    "/lib/modules");

    private static final Set<String> SPANNING_DRIVERS = Set.of("overlay", "weave", "calico");

    private static final String SERVICE = "service:";

    private Pinning() {}

    /** Why a service cannot run on another node, in words; empty when it can. */
    public static Optional<String> reason(ServiceDefinition service) {
        return switch (service.workload()) {
            case Workload.Process ignored -> Optional.empty();
            case Workload.Container container -> reason(container);
            case Workload.Unit unit ->
                    Optional.of("the unit %s belongs to its machine".formatted(unit.name()));
        };
    }

    static Optional<String> reason(Workload.Container container) {
        for (var mount : container.mounts()) {
            var reason = reason(mount);
            if (reason.isPresent()) {
                return reason;
            }
        }
        return container.privileges().devices().stream()
                .findFirst()
                .map(device -> "the device %s is on its node".formatted(device.split(":", 2)[0]));
    }

    private static Optional<String> reason(Mount mount) {
        return switch (mount) {
            case Mount.Named named ->
                    isLocal(named.volume())
                            ? Optional.of(
                                    "the volume %s is on its node".formatted(named.volume().name()))
                            : Optional.empty();
            case Mount.Bind bind ->
                    OF_EVERY_MACHINE.stream()
                                    .anyMatch(path ->
                                            bind.source().equals(path)
                                                    || bind.source().startsWith(path + "/"))
                            ? Optional.empty()
                            : Optional.of("%s is on its node".formatted(bind.source()));
            case Mount.Content content ->
                    content.source() instanceof Mount.Source.File(String path)
                            ? Optional.of("%s is on its node".formatted(path))
                            : Optional.empty();
            case Mount.Anonymous ignored -> Optional.empty();
            case Mount.Tmpfs ignored -> Optional.empty();
        };
    }

    private static boolean isLocal(Volume volume) {
        return volume.driver().orElse("local").equals("local")
                && !REMOTE_TYPES.contains(volume.driverOptions().getOrDefault("type", ""));
    }

    /**
     * Services that must be on one node, by the first of them in name order: those that share a
     * network of one node, or a namespace. Services of their own are left out.
     */
    public static NavigableMap<String, NavigableSet<String>> together(StackDefinition definition) {
        var firstWith = new HashMap<String, String>();
        var parents = new HashMap<String, String>();
        definition
                .services()
                .forEach((name, service) -> {
                    if (service.workload() instanceof Workload.Container container) {
                        for (var tie : ties(name, container)) {
                            var other = firstWith.putIfAbsent(tie, name);
                            if (other != null) {
                                parents.put(root(name, parents), root(other, parents));
                            }
                        }
                    }
                });
        var members = new HashMap<String, NavigableSet<String>>();
        firstWith.values().forEach(name -> add(name, parents, members));
        parents.keySet().forEach(name -> add(name, parents, members));
        var groups = new TreeMap<String, NavigableSet<String>>();
        members.values().stream()
                .filter(group -> group.size() > 1)
                .forEach(group -> groups.put(group.first(), group));
        return groups;
    }

    private static void add(
            String name, Map<String, String> parents, Map<String, NavigableSet<String>> members) {
        members.computeIfAbsent(root(name, parents), any -> new TreeSet<>()).add(name);
    }

    /** The service that stands for all that are tied to one; shortens the way to it. */
    private static String root(String name, Map<String, String> parents) {
        var at = name;
        for (var parent = parents.get(at); parent != null && !parent.equals(at); ) {
            parents.put(at, Optional.ofNullable(parents.get(parent)).orElse(parent));
            at = parent;
            parent = parents.get(at);
        }
        return at;
    }

    /** Names of what it shares with others that must be beside it. */
    private static List<String> ties(String name, Workload.Container container) {
        var ties = new ArrayList<String>();
        ties.add(SERVICE + name);
        Stream.of(
                        container.networking().mode(),
                        container.privileges().pid(),
                        container.privileges().ipc())
                .flatMap(Optional::stream)
                .filter(mode -> mode.startsWith(SERVICE))
                .forEach(ties::add);
        container.networking().attachments().stream()
                .map(Networking.Attachment::network)
                .filter(network -> !spansNodes(network))
                .forEach(network -> ties.add("network:" + network.name()));
        return ties;
    }

    /** Whether containers of several nodes meet on it. */
    public static boolean spansNodes(Network network) {
        return SPANNING_DRIVERS.contains(network.driver().orElse(""));
    }
}
