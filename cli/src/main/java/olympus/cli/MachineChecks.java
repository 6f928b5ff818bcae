package olympus.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What {@code olympus doctor} can examine without a server: the JDK, the data folder, its disk, and
 * what the machine offers. Reads only, changes nothing. The server's own doctor asks the same.
 *
 * @param dataFolder of the server on this machine; need not exist
 * @param now the time of day, which is examined too
 */
public record MachineChecks(Path dataFolder, Map<String, String> environment, Instant now) {

    private static final int JAVA = 25;
    private static final long LITTLE_SPACE = 1L << 30;
    private static final long NO_SPACE = 128L << 20;
    private static final long FEW_INODES = 100_000;
    private static final long NO_INODES = 5_000;
    private static final Instant BUILT_AFTER = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ABSURD = Instant.parse("2100-01-01T00:00:00Z");
    private static final Duration TOOL_DEADLINE = Duration.ofSeconds(5);
    private static final int MAX_OUTPUT = 64 << 10;

    /** The finding about ports that Olympus may need later. */
    public static final String PORTS = "ports";

    /** Agents, replicas, RESP, inbound messages: later versions listen there. */
    private static final List<Integer> PORT_BLOCK = List.of(7401, 7402, 7403, 7404);

    /** How bad it is: {@code WARNING} works with less, {@code FAILED} does not work. */
    public enum Status {
        OK,
        WARNING,
        FAILED
    }

    /**
     * One finding.
     *
     * @param detail what was found, with figures
     * @param remedy what to do about it, empty when nothing
     */
    public record Finding(String name, Status status, String detail, String remedy) {

        static Finding ok(String name, String detail) {
            return new Finding(name, Status.OK, detail, "");
        }

        static Finding warning(String name, String detail, String remedy) {
            return new Finding(name, Status.WARNING, detail, remedy);
        }

        static Finding failed(String name, String detail, String remedy) {
            return new Finding(name, Status.FAILED, detail, remedy);
        }
    }

    /** Everything that says the same with and without a server. */
    public List<Finding> examine() {
        var found = new ArrayList<Finding>();
        found.add(java());
        found.add(rights());
        found.add(space());
        found.add(inodes());
        found.add(cgroup());
        found.add(program("setsid", "instances cannot be started in a session of their own"));
        found.add(program("setpriv", "instances cannot be started under another user"));
        found.add(program("prlimit", "instances cannot be limited where no cgroup is writable"));
        found.add(clock());
        found.add(ports());
        return List.copyOf(found);
    }

    /** The process that holds the data folder; empty when none does. */
    public Optional<String> holder() {
        return holder(dataFolder);
    }

    static Optional<String> holder(Path dataFolder) {
        var lock = dataFolder.resolve("lock");
        if (!Files.isWritable(lock)) {
            return Optional.empty();
        }
        try (var channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                var held = channel.tryLock()) {
            return held != null ? Optional.empty() : Optional.of(pid(lock));
        } catch (OverlappingFileLockException e) {
            return Optional.of(pid(lock)); // this very process: a server examining itself
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String pid(Path lock) {
        try {
            return Files.readString(lock, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "(unknown)";
        }
    }

    private static Finding java() {
        var version = Runtime.version();
        var detail = "Java %s in %s".formatted(version, System.getProperty("java.home"));
        return version.feature() >= JAVA
                ? Finding.ok("java", detail)
                : Finding.failed(
                        "java",
                        detail,
                        "run Olympus with a JDK %d or newer: set JAVA_HOME".formatted(JAVA));
    }

    private Finding rights() {
        var name = "data folder";
        if (Files.notExists(dataFolder)) {
            return Finding.warning(
                    name,
                    dataFolder + " is not there: no server has been started on it",
                    Installation.own().startCommand(dataFolder).orElse(""));
        }
        try {
            var rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(dataFolder));
            var detail = "%s, %s".formatted(dataFolder, rights);
            if (!Files.isWritable(dataFolder)) {
                return Finding.failed(name, detail, "give this user the right to write it");
            }
            return rights.endsWith("------")
                    ? Finding.ok(name, detail)
                    : Finding.warning(
                            name, detail + ": others may look into it", "chmod 700 " + dataFolder);
        } catch (IOException e) {
            return unexaminable(name, e);
        }
    }

    private Finding space() {
        var name = "disk space";
        try {
            var free = Files.getFileStore(existing()).getUsableSpace();
            var detail = "%d MiB free under %s".formatted(free >> 20, dataFolder);
            if (free < NO_SPACE) {
                return Finding.failed(
                        name,
                        detail,
                        "free at least %d MiB, or the store refuses writes"
                                .formatted(NO_SPACE >> 20));
            }
            return free < LITTLE_SPACE
                    ? Finding.warning(
                            name,
                            detail,
                            "free some space, or move the data folder to a larger disk")
                    : Finding.ok(name, detail);
        } catch (IOException e) {
            return unexaminable(name, e);
        }
    }

    /** Java does not tell it, so the system's own tool is asked. */
    private Finding inodes() {
        var name = "inode space";
        var free = freeInodes();
        if (free.isEmpty()) {
            return Finding.ok(name, "the file system of %s has no limit".formatted(dataFolder));
        }
        var detail = "%d files more fit under %s".formatted(free.get(), dataFolder);
        if (free.get() < NO_INODES) {
            return Finding.failed(
                    name, detail, "remove files you do not need: a full disk in another form");
        }
        return free.get() < FEW_INODES
                ? Finding.warning(name, detail, "remove files you do not need")
                : Finding.ok(name, detail);
    }

    /** Empty where the file system counts none, or the tool is missing. */
    private Optional<Long> freeInodes() {
        var lines = output("df", "-Pi", existing().toString()).lines().toList();
        if (lines.size() < 2) {
            return Optional.empty();
        }
        var words = lines.get(1).strip().split("\\s+");
        if (words.length < 4 || !words[1].matches("[0-9]{1,18}") || words[1].equals("0")) {
            return Optional.empty();
        }
        return Optional.of(words[3])
                .filter(word -> word.matches("[0-9]{1,18}"))
                .map(Long::parseLong);
    }

    private static String output(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var out = process.getInputStream()) {
                process.getOutputStream().close();
                var text = new String(out.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
                return process.waitFor(TOOL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS) ? text : "";
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static Finding cgroup() {
        var root = Path.of("/sys/fs/cgroup");
        if (Files.exists(root.resolve("cgroup.controllers"))) {
            return Files.isWritable(root)
                    ? Finding.ok(
                            "cgroup",
                            "version 2: limits work where Olympus has a delegated group of its own (systemd 254 or newer: DelegateSubgroup=agent), and by rlimits elsewhere; `olympus nodes` names what cannot be limited")
                    : Finding.warning(
                            "cgroup",
                            "version 2, not writable",
                            "run as root or in a delegated cgroup (systemd: Delegate=yes); until then limits are rlimits only");
        }
        if (Files.isWritable(root.resolve("memory"))) {
            return Finding.ok("cgroup", "version 1, writable: memory, cpu and pids can be limited");
        }
        return Finding.warning(
                "cgroup",
                "none that is writable",
                "mount cgroup v2 and run as root or in a delegated cgroup; until then limits are rlimits only");
    }

    private Finding program(String name, String without) {
        var found =
                Arrays.stream(environment.getOrDefault("PATH", "").split(":"))
                        .map(folder -> Path.of(folder.isEmpty() ? "." : folder).resolve(name))
                        .filter(Files::isExecutable)
                        .findFirst();
        return found.map(file -> Finding.ok(name, file.toString()))
                .orElseGet(() ->
                        Finding.failed(
                                name,
                                "not found: " + without,
                                "install it (Debian: apt install util-linux)"));
    }

    private Finding clock() {
        return now.isAfter(BUILT_AFTER) && now.isBefore(ABSURD)
                ? Finding.ok("clock", now.toString())
                : Finding.failed(
                        "clock",
                        "%s cannot be right".formatted(now),
                        "set the clock (e.g. apt install chrony); certificates and records depend on it");
    }

    private static Finding ports() {
        var taken = PORT_BLOCK.stream().filter(port -> !isFree(port)).toList();
        return taken.isEmpty()
                ? Finding.ok(PORTS, "7401 to 7404 are free for later use")
                : Finding.warning(
                        PORTS,
                        "in use by another program: " + taken,
                        "nothing now; with more nodes Olympus needs them, or others set in its configuration");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The data folder, or the nearest folder above it that exists. */
    private Path existing() {
        var folder = dataFolder.toAbsolutePath().normalize();
        while (Files.notExists(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        return folder;
    }

    private Finding unexaminable(String name, IOException e) {
        return Finding.failed(
                name, "cannot examine %s: %s".formatted(dataFolder, e), "look at the disk");
    }
}
