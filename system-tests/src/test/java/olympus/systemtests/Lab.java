package olympus.systemtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A network of machines of a test's own, on this one: a switch, and machines plugged into it, each
 * with processes, disk, name and network of its own (namespaces), and no Java but what is installed
 * on it. Machines are switched off and on, and their cables pulled. Needs root.
 *
 * <p>Threading: by one thread. Everything ends with {@link #close}.
 */
final class Lab implements AutoCloseable {

    private static final long MACHINE_ENDS_SECONDS = 20;

    private final Path folder;
    private final Process hub;
    private final Map<String, LabMachine> machines = new TreeMap<>();

    Lab(Path folder) {
        this.folder = folder;
        this.hub =
                start(
                        List.of(
                                "unshare",
                                "--net",
                                "sh",
                                "-ec",
                                "ip link add hub type bridge; ip link set hub up; echo ready; exec sleep 100000"));
    }

    /** Another machine, switched on; {@code 10.77.0.N} for the N-th. */
    LabMachine machine(String name) {
        var machine = new LabMachine(this, folder.resolve(name), name, machines.size() + 1);
        machines.put(name, machine);
        machine.switchOn();
        return machine;
    }

    LabMachine at(String name) {
        var machine = machines.get(name);
        if (machine == null) {
            throw new IllegalArgumentException("no machine " + name + " in " + machines.keySet());
        }
        return machine;
    }

    List<LabMachine> machines() {
        return List.copyOf(machines.values());
    }

    /** Plugs a cable between the switch and a machine whose first process is {@code init}. */
    void plugIn(String port, long init) {
        atHub("ip link add %s type veth peer name eth0 netns %d".formatted(port, init));
        atHub("ip link set %s master hub".formatted(port));
        atHub("ip link set %s up".formatted(port));
    }

    /** Pulls it, or plugs it in again. */
    void cable(String port, boolean pluggedIn) {
        atHub("ip link set %s %s".formatted(port, pluggedIn ? "up" : "down"));
    }

    private void atHub(String command) {
        var all =
                List.of("nsenter", "--target", "" + hub.pid(), "--net", "--", "sh", "-ec", command);
        try {
            var process = new ProcessBuilder(all).redirectErrorStream(true).start();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Starts a first process, which says "ready" once all is set up. */
    static Process start(List<String> command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            awaitReady(process.inputReader(StandardCharsets.UTF_8));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitReady(BufferedReader output) throws IOException {
        var line = output.readLine();
        if (line == null || !line.equals("ready")) {
            throw new AssertionError("no machine: " + line + "; the tests need to be run as root");
        }
    }

    /** Kills a first process; everything in its namespaces goes with it. */
    static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            if (!process.waitFor(MACHINE_ENDS_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the machine does not end");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted", e);
    }

    /** A file with this text in a folder that is made where needed. */
    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        machines.values().forEach(LabMachine::switchOff);
        end(hub);
    }
}
