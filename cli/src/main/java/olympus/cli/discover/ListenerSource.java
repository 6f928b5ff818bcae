package olympus.cli.discover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import olympus.cli.discover.Inventory.Listener;

/** Ports that processes of this machine listen on, with the process where it may be seen. */
final class ListenerSource implements Source {

    private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");
    private static final Pattern CONTAINER = Pattern.compile("(?:^|[/:-])([0-9a-f]{64})\\b");
    private static final Pattern UNIT = Pattern.compile("/([^/\\s]+\\.service)(?:/|$)");

    private final Path root;

    ListenerSource(Path root) {
        this.root = root;
    }

    /** Whose a socket is: in {@code container} the engine's id of one. */
    private record Owner(String process, Optional<String> container, Optional<String> unit) {}

    @Override
    public String name() {
        return "ports";
    }

    @Override
    public Sight look() {
        var tree = new FileTree(root);
        if (!Files.isReadable(tree.at("/proc/net/tcp"))) {
            return new Sight.Absent("there is no /proc/net/tcp to read");
        }
        var sockets = new ArrayList<Listening.Socket>();
        for (var table : List.of("tcp", "tcp6", "udp", "udp6")) {
            tree.text(tree.at("/proc/net/" + table))
                    .ifPresent(
                            text -> sockets.addAll(Listening.parse(table.substring(0, 3), text)));
        }
        var wanted = sockets.stream().map(Listening.Socket::inode).collect(Collectors.toSet());
        var owners = owners(new FileTree(root), wanted);
        var unknown = sockets.stream().filter(s -> !owners.containsKey(s.inode())).count();
        if (unknown > 0) {
            tree.note(
                    "whose %d of %d ports are: this user may not see other users' processes, or they are the kernel's"
                            .formatted(unknown, sockets.size()));
        }
        return new Sight.Seen(Inventory.ofListeners(listeners(sockets, owners)), tree.unseen());
    }

    private static List<Listener> listeners(
            List<Listening.Socket> sockets, Map<Long, Owner> owners) {
        var found = new LinkedHashMap<String, Listener>();
        for (var socket : sockets) {
            var owner = Optional.ofNullable(owners.get(socket.inode()));
            var listener =
                    new Listener(
                            socket.protocol(),
                            socket.address(),
                            socket.port(),
                            owner.map(Owner::process),
                            owner.flatMap(Owner::container),
                            owner.flatMap(Owner::unit));
            found.putIfAbsent(socket.protocol() + socket.address() + " " + socket.port(), listener);
        }
        return found.values().stream()
                .sorted(
                        Comparator.comparingInt(Listener::port)
                                .thenComparing(Listener::protocol)
                                .thenComparing(Listener::address))
                .toList();
    }

    private static Map<Long, Owner> owners(FileTree tree, Set<Long> wanted) {
        var owners = new HashMap<Long, Owner>();
        for (var process : tree.entries(tree.at("/proc"))) {
            if (!String.valueOf(process.getFileName()).matches("[0-9]+")) {
                continue;
            }
            for (var descriptor : tree.entries(process.resolve("fd"))) {
                var inode = socket(descriptor);
                if (inode.isPresent() && wanted.contains(inode.get())) {
                    owners.computeIfAbsent(inode.get(), i -> owner(tree, process));
                }
            }
        }
        return owners;
    }

    /** Empty also when the descriptor was closed in between. */
    private static Optional<Long> socket(Path descriptor) {
        try {
            var matcher = SOCKET.matcher(Files.readSymbolicLink(descriptor).toString());
            return matcher.matches()
                    ? Optional.of(Long.parseLong(matcher.group(1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Owner owner(FileTree tree, Path process) {
        var name = tree.text(process.resolve("comm")).orElse("").strip();
        var group = tree.text(process.resolve("cgroup")).orElse("");
        return new Owner(name, first(CONTAINER, group), first(UNIT, group));
    }

    private static Optional<String> first(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
