package olympus.agent.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import olympus.model.stack.PortSpec;
import olympus.model.state.InstanceSpec;

/** Who listens on a port, as {@code /proc/net} and the processes' descriptors tell. Blocks on files. */
final class PortHolders {

    private static final String LISTEN = "0A";

    private PortHolders() {}

    /** The sentence that says which of the instance's ports somebody listens on already, and who. */
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
            try (var lines = Files.lines(Path.of(table), StandardCharsets.ISO_8859_1)) {
                lines.map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTEN))
                        .forEach(fields -> inodes.add("socket:[" + fields[9] + "]"));
            } catch (IOException noSuchTable) {
                continue;
            }
        }
        return inodes;
    }

    private static String holder(Set<String> sockets) {
        for (var pid : ProcFs.pids()) {
            if (holdsAny(pid, sockets)) {
                return "process %d (%s)".formatted(pid, ProcFs.stat(pid).map(ProcFs.Stat::command).orElse("?"));
            }
        }
        return "a process of another user that this agent may not look at";
    }

    private static boolean holdsAny(long pid, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (var descriptor : descriptors) {
                try {
                    if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                        return true;
                    }
                } catch (IOException closedMeanwhile) {
                    continue;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException forbiddenOrGone) {
            return false;
        }
        return false;
    }
}
