package olympus.agent.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import olympus.model.stack.PortSpec;
import olympus.model.state.InstanceSpec;

/**
 * Who listens on a port, as {@code /proc/net} and the processes' descriptors tell. Blocks on files.
 */
final class PortHolders {

    private static final String LISTEN = "0A";

    private PortHolders() {}

    /**
     * The sentence that says which of the instance's ports somebody listens on already, and who.
     */
    static Optional<String> heldByOthers(InstanceSpec spec) {
        for (var port : spec.definition().ports()) {
            var number = spec.ports().get(port.name());
            if (number != null && port.protocol() == PortSpec.Protocol.TCP) {
                var sockets = listening(number);
                if (!sockets.isEmpty()) {
                    return Optional.of("port %d is held by %s".formatted(number, holder(sockets)));
                }
            }
        }
        return Optional.empty();
    }

    private static Set<String> listening(int port) {
        var inodes = new HashSet<String>();
        var suffix = ":%04X".formatted(port);
        for (var table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            lines(Path.of(table)).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(fields ->
                            fields.length > 9
                                    && fields[1].endsWith(suffix)
                                    && fields[3].equals(LISTEN))
                    .forEach(fields -> inodes.add("socket:[" + fields[9] + "]"));
        }
        return inodes;
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table, StandardCharsets.ISO_8859_1);
        } catch (IOException noSuchTable) {
            return List.of();
        }
    }

    private static String holder(Set<String> sockets) {
        for (var pid : ProcFs.pids()) {
            if (holdsAny(pid, sockets)) {
                return "process %d (%s)"
                        .formatted(pid, ProcFs.stat(pid).map(ProcFs.Stat::command).orElse("?"));
            }
        }
        return "a process of another user that this agent may not look at";
    }

    private static boolean holdsAny(long pid, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (var descriptor : descriptors) {
                if (sockets.contains(target(descriptor))) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException forbiddenOrGone) {
            return false;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
