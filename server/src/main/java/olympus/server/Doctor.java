package olympus.server;

import static olympus.server.http.DoctorCheck.failed;
import static olympus.server.http.DoctorCheck.ok;
import static olympus.server.http.DoctorCheck.warning;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import olympus.foundation.Clock;
import olympus.hermes.Hermes;
import olympus.hermes.StoreStatus;
import olympus.link.ServerSide;
import olympus.link.keys.Certificates;
import olympus.server.http.DoctorCheck;
import olympus.zeus.ClusterView;

/** Examines the installation itself and what the machine lacks. Reads only, changes nothing. */
final class Doctor {

    private static final int JAVA = 25;
    private static final long LITTLE_SPACE = 1L << 30;
    private static final long NO_SPACE = 128L << 20;
    private static final long FEW_DAYS = 14;
    private static final Instant BUILT_AFTER = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ABSURD = Instant.parse("2100-01-01T00:00:00Z");

    /** Agents, replicas, RESP, inbound messages: later versions listen there. */
    private static final List<Integer> PORT_BLOCK = List.of(7401, 7402, 7403, 7404);

    private final Path dataFolder;
    private final Clock clock;
    private final Certificates certificates;
    private final Hermes hermes;
    private final Supplier<ClusterView> view;
    private final ServerSide.Agents agents;

    Doctor(
            Path dataFolder,
            Clock clock,
            Certificates certificates,
            Hermes hermes,
            Supplier<ClusterView> view,
            ServerSide.Agents agents) {
        this.dataFolder = dataFolder;
        this.clock = clock;
        this.certificates = certificates;
        this.hermes = hermes;
        this.view = view;
        this.agents = agents;
    }

    List<DoctorCheck> examine() {
        var checks = new ArrayList<DoctorCheck>();
        checks.add(java());
        checks.add(rights());
        checks.add(space());
        checks.add(cgroup());
        checks.add(
                program(
                        "setsid",
                        "util-linux",
                        "instances cannot be started in a session of their own"));
        checks.add(
                program("setpriv", "util-linux", "instances cannot be started under another user"));
        checks.add(clock());
        checks.add(store());
        checks.add(agent());
        checks.add(ports());
        checks.addAll(certificates());
        checks.addAll(nodes());
        checks.addAll(pauses());
        return List.copyOf(checks);
    }

    private static DoctorCheck java() {
        var version = Runtime.version();
        var detail = "Java %s in %s".formatted(version, System.getProperty("java.home"));
        return version.feature() >= JAVA
                ? ok("java", detail)
                : failed(
                        "java",
                        detail,
                        "run Olympus with a JDK %d or newer: set JAVA_HOME".formatted(JAVA));
    }

    private DoctorCheck rights() {
        try {
            var rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(dataFolder));
            var detail = "%s, %s".formatted(dataFolder, rights);
            if (!Files.isWritable(dataFolder)) {
                return failed("data folder", detail, "give this user the right to write it");
            }
            return rights.endsWith("------")
                    ? ok("data folder", detail)
                    : warning(
                            "data folder",
                            detail + ": others may look into it",
                            "chmod 700 " + dataFolder);
        } catch (IOException e) {
            return failed(
                    "data folder",
                    "cannot examine %s: %s".formatted(dataFolder, e),
                    "look at the disk");
        }
    }

    private DoctorCheck space() {
        try {
            var free = Files.getFileStore(dataFolder).getUsableSpace();
            var detail = "%d MiB free under %s".formatted(free >> 20, dataFolder);
            if (free < NO_SPACE) {
                return failed(
                        "disk space",
                        detail,
                        "free at least %d MiB, or the store refuses writes"
                                .formatted(NO_SPACE >> 20));
            }
            return free < LITTLE_SPACE
                    ? warning(
                            "disk space",
                            detail,
                            "free some space, or move the data folder to a larger disk")
                    : ok("disk space", detail);
        } catch (IOException e) {
            return failed(
                    "disk space",
                    "cannot examine %s: %s".formatted(dataFolder, e),
                    "look at the disk");
        }
    }

    private static DoctorCheck cgroup() {
        var root = Path.of("/sys/fs/cgroup");
        if (Files.exists(root.resolve("cgroup.controllers"))) {
            return Files.isWritable(root)
                    ? ok("cgroup", "version 2, writable: memory, cpu and pids can be limited")
                    : warning(
                            "cgroup",
                            "version 2, not writable",
                            "run as root or in a delegated cgroup (systemd: Delegate=yes); until then limits are rlimits only");
        }
        if (Files.isWritable(root.resolve("memory"))) {
            return ok("cgroup", "version 1, writable: memory, cpu and pids can be limited");
        }
        return warning(
                "cgroup",
                "none that is writable",
                "mount cgroup v2 and run as root or in a delegated cgroup; until then limits are rlimits only");
    }

    private static DoctorCheck program(String name, String debianPackage, String without) {
        var found =
                Optional.ofNullable(System.getenv("PATH")).stream()
                        .flatMap(path -> java.util.Arrays.stream(path.split(":")))
                        .map(folder -> Path.of(folder.isEmpty() ? "." : folder).resolve(name))
                        .filter(Files::isExecutable)
                        .findFirst();
        return found.map(file -> ok(name, file.toString()))
                .orElseGet(() ->
                        failed(
                                name,
                                "not found: " + without,
                                "install it (Debian: apt install %s)".formatted(debianPackage)));
    }

    private DoctorCheck clock() {
        var now = clock.wall();
        return now.isAfter(BUILT_AFTER) && now.isBefore(ABSURD)
                ? ok("clock", now.toString())
                : failed(
                        "clock",
                        "%s cannot be right".formatted(now),
                        "set the clock (e.g. apt install chrony); certificates and records depend on it");
    }

    private DoctorCheck store() {
        var status = hermes.status();
        if (status.halted().isPresent()) {
            return failed(
                    "store",
                    "halted: " + status.halted().get(),
                    "olympus store verify --data-dir " + dataFolder);
        }
        if (status.writesRefused().isPresent()) {
            return failed(
                    "store",
                    "refuses writes: " + status.writesRefused().get(),
                    "remove the cause; writes return by themselves");
        }
        if (!status.problems().isEmpty()) {
            return warning(
                    "store",
                    String.join("; ", status.problems()),
                    "remove the cause; it is tried again by itself");
        }
        var detail =
                "%s, revision %d, %d keys, log of %d KiB"
                        .formatted(
                                status.role().name().toLowerCase(java.util.Locale.ROOT),
                                status.revision(),
                                status.sizes().entries(),
                                status.sizes().logBytes() >> 10);
        return status.role() == StoreStatus.Role.LEADER
                ? ok("store", detail)
                : warning("store", detail, "wait; if it stays so, look into the log");
    }

    private DoctorCheck agent() {
        var connected = agents.connected().size();
        return connected > 0
                ? ok("agent", "%d connected".formatted(connected))
                : failed(
                        "agent",
                        "none is connected: orders reach nobody",
                        "restart olympus up; instances go on meanwhile");
    }

    private static DoctorCheck ports() {
        var taken = PORT_BLOCK.stream().filter(port -> !isFree(port)).toList();
        return taken.isEmpty()
                ? ok("ports", "7401 to 7404 are free for later use")
                : warning(
                        "ports",
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

    private List<DoctorCheck> certificates() {
        return certificates.expiries(clock.wall()).stream()
                .map(expiry -> {
                    var name = "certificate " + expiry.name();
                    var detail = "%d days left (%s)".formatted(expiry.daysLeft(), expiry.file());
                    if (expiry.daysLeft() < 0) {
                        return failed(
                                name,
                                detail,
                                "check the clock, then restart olympus: it renews what is due");
                    }
                    return expiry.daysLeft() < FEW_DAYS
                            ? warning(
                                    name,
                                    detail,
                                    "it should have been renewed by itself; restart olympus and look into the log")
                            : ok(name, detail);
                })
                .toList();
    }

    private List<DoctorCheck> nodes() {
        var checks = new ArrayList<DoctorCheck>();
        for (var node : view.get().nodes()) {
            node.problems()
                    .forEach(problem -> checks.add(warning("node " + node.name(), problem, "")));
            node.brake()
                    .ifPresent(why ->
                            checks.add(
                                    warning(
                                            "node " + node.name(),
                                            "the brake holds: " + why,
                                            "look for what many checks have in common")));
            if (!node.connected()) {
                checks.add(
                        failed(
                                "node " + node.name(),
                                "not connected",
                                "look whether the agent runs there"));
            }
        }
        return checks;
    }

    private List<DoctorCheck> pauses() {
        return view.get().pauses().stream()
                .map(pause ->
                        warning(
                                "pause",
                                "automatic action is halted for %s by %s since %s"
                                        .formatted(pause.scope(), pause.by(), pause.since()),
                                "olympus resume"))
                .toList();
    }
}
