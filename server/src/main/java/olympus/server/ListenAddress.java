package olympus.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The address that the API is to listen on, looked at before anything is started for it: whether it
 * can be had, and who has it if not, as {@code /proc} tells. Blocks on files.
 */
record ListenAddress(InetSocketAddress address) {

    private static final String LISTEN = "0A";
    private static final int COMMAND_SHOWN = 80;

    /** Why nothing can listen there, and what helps; empty when something can. */
    Optional<String> obstacle() {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return Optional.empty();
        } catch (BindException e) {
            return Optional.of(sentence(e));
        } catch (IOException e) {
            // The server itself will say what is wrong with it.
            return Optional.empty();
        }
    }

    private String sentence(BindException failure) {
        var sockets = listening();
        var where = "%s:%d".formatted(address.getAddress().getHostAddress(), address.getPort());
        if (sockets.isEmpty()) {
            return "the API cannot listen on %s (%s); give an address that this machine has and this user may use: --listen HOST:PORT"
                    .formatted(where, failure.getMessage());
        }
        return "the API cannot listen on %s, which %s holds; end that, or give another address: --listen HOST:PORT"
                .formatted(where, holder(sockets));
    }

    /** The sockets in whose way another one at this address would be. */
    private Set<String> listening() {
        var inodes = new HashSet<String>();
        for (var table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (var line : lines(Path.of(table))) {
                var fields = line.strip().split("\\s+");
                if (fields.length > 9 && fields[3].equals(LISTEN) && isInTheWay(fields[1])) {
                    inodes.add("socket:[" + fields[9] + "]");
                }
            }
        }
        return inodes;
    }

    /**
     * @param local as the tables write it: {@code 0100007F:1CE8}
     */
    private boolean isInTheWay(String local) {
        var parts = local.split(":");
        if (parts.length != 2 || !parts[1].equals("%04X".formatted(address.getPort()))) {
            return false;
        }
        var wanted = address.getAddress();
        return wanted.isAnyLocalAddress()
                || parts[0].chars().allMatch(digit -> digit == '0')
                || parts[0].endsWith(hex(wanted));
    }

    /** Words of four bytes, each in the machine's order. */
    private static String hex(InetAddress address) {
        var bytes = ByteBuffer.wrap(address.getAddress()).order(ByteOrder.nativeOrder());
        var text = new StringBuilder();
        while (bytes.hasRemaining()) {
            text.append("%08X".formatted(bytes.getInt()));
        }
        return text.toString();
    }

    private static List<String> lines(Path table) {
        try {
            return Files.readAllLines(table, StandardCharsets.ISO_8859_1);
        } catch (IOException noSuchTable) {
            return List.of();
        }
    }

    private static String holder(Set<String> sockets) {
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                if (holdsAny(process, sockets)) {
                    return "process %s (%s)".formatted(process.getFileName(), command(process));
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            return "a process that cannot be found out";
        }
        return "a process that this user may not look at";
    }

    private static boolean holdsAny(Path process, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
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

    private static String command(Path process) {
        try {
            var words = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            if (words.contains(OlympusServerMain.class.getName())) {
                return "another Olympus";
            }
            var line = words.replace('\0', ' ').replaceAll("\\p{Cc}", "?").strip();
            return line.length() <= COMMAND_SHOWN ? line : line.substring(0, COMMAND_SHOWN) + "…";
        } catch (IOException gone) {
            return "gone meanwhile";
        }
    }
}
