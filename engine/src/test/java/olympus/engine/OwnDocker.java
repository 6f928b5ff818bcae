package olympus.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Docker engine of a test's own, with a bridge of its own and without rules in the machine's
 * firewall: published ports are reached through its proxy.
 */
public final class OwnDocker extends TestEngine {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final List<String> entry;
    private final List<String> options;
    private final String bridge;
    private final int subnet;
    private Optional<Process> daemon = Optional.empty();

    public OwnDocker() {
        this(List.of(), List.of());
    }

    /**
     * In other namespaces than the test.
     *
     * @param entry the beginning of a command that is to be run in them
     * @param options of the daemon besides
     */
    public OwnDocker(List<String> entry, List<String> options) {
        this.entry = List.copyOf(entry);
        this.options = List.copyOf(options);
        subnet = freeSubnet(ProcessHandle.current().pid() * 7 + COUNT.incrementAndGet());
        bridge = "oe" + ProcessHandle.current().pid() % 1_000_000 + "x" + COUNT.get();
        inside("ip", "link", "add", bridge, "type", "bridge");
        inside("ip", "addr", "add", "10.%d.0.1/24".formatted(subnet), "dev", bridge);
        inside("ip", "link", "set", bridge, "up");
        start();
        command("import", archive().toString(), IMAGE);
    }

    /** A {@code 10.N} that no address and no route of the machine has, Podman's 10.88 for one. */
    private int freeSubnet(long wish) {
        var routes = inside("ip", "-4", "route", "show", "table", "all");
        for (var n = 0; n < 200; n++) {
            var candidate = 20 + (int) ((wish + n) % 200);
            if (!routes.contains("10.%d.".formatted(candidate))) {
                return candidate;
            }
        }
        throw new AssertionError("no network 10.20 to 10.219 is free: " + routes);
    }

    private String inside(String... command) {
        return run(words(entry, command));
    }

    @Override
    public EngineAddress address() {
        return EngineAddress.ofSocket(folder().resolve("s"));
    }

    @Override
    public void start() {
        try {
            Files.deleteIfExists(folder().resolve("pid"));
            var command =
                    words(
                            entry,
                            "dockerd",
                            "--host",
                            address().toString(),
                            "--data-root",
                            folder().resolve("data").toString(),
                            "--exec-root",
                            folder().resolve("exec").toString(),
                            "--pidfile",
                            folder().resolve("pid").toString(),
                            "--bridge",
                            bridge,
                            "--default-address-pool",
                            "base=10.%d.64.0/18,size=26".formatted(subnet),
                            "--iptables=false",
                            "--ip6tables=false",
                            "--ip-masq=false");
            daemon =
                    Optional.of(
                            new ProcessBuilder(
                                            words(List.of(command), options.toArray(String[]::new)))
                                    .redirectErrorStream(true)
                                    .redirectOutput(
                                            ProcessBuilder.Redirect.appendTo(
                                                    folder().resolve("log").toFile()))
                                    .start());
        } catch (IOException e) {
            throw new AssertionError("dockerd cannot be started; apt-get install docker.io", e);
        }
        awaitAnswer();
    }

    @Override
    public void stop() {
        daemon.ifPresent(Process::destroy);
        awaitEnd();
    }

    /** Its containers go on until it is started again. */
    public void kill() {
        daemon.ifPresent(Process::destroyForcibly);
        awaitEnd();
        // Its containerd is a process of its own, and would stand in the way of the next one's.
        containerd().ifPresent(ProcessHandle::destroyForcibly);
    }

    private Optional<ProcessHandle> containerd() {
        var file = folder().resolve("exec/containerd/containerd.pid");
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    private void awaitEnd() {
        try {
            if (daemon.isPresent()
                    && !daemon.get().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("dockerd does not end: " + log());
            }
            daemon = Optional.empty();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Halts the daemon itself: it is there and does not answer. */
    public void halt(boolean halted) {
        var pid = daemon.orElseThrow().pid();
        run("kill", halted ? "-STOP" : "-CONT", Long.toString(pid));
        var deadline = System.nanoTime() + DEADLINE.toNanos();
        while (halted && !isHalted(pid)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("dockerd does not halt");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    /** Each of its threads halts for itself, a little later. */
    private static boolean isHalted(long pid) {
        return run("sh", "-c", "cat /proc/%d/task/*/stat".formatted(pid))
                .lines()
                .allMatch(line -> line.substring(line.lastIndexOf(')') + 1).startsWith(" T"));
    }

    @Override
    public String command(String... arguments) {
        return run(words(List.of("docker", "--host", address().toString()), arguments));
    }

    @Override
    public void close() {
        if (daemon.isEmpty()) {
            start();
        }
        var all = command("ps", "-aq");
        if (!all.isEmpty()) {
            command(words(List.of("rm", "-f"), all.split("\\s+")));
        }
        // Their bridges would stay in the machine after the daemon.
        command("network", "prune", "--force");
        stop();
        unmount();
        inside("ip", "link", "del", bridge);
        deleteFolder();
    }

    private void unmount() {
        try {
            var mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
            for (var line : mounts.reversed()) {
                var target = line.split(" ", 3)[1];
                if (target.startsWith(folder() + "/")) {
                    run("umount", target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
