package olympus.hermes.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Machines on one switch, each a network namespace, the switch another; the network of the machine
 * that runs the test is not touched. Needs root and iproute2. What a killed run left behind is
 * removed by the next one.
 */
final class TestNetwork implements AutoCloseable {

    private static final String PREFIX = "olympus-test-";
    private static final long DEADLINE_SECONDS = 20;

    /** Whoever has this address does not exist. */
    private static final String NOBODY = "02:00:00:00:00:fe";

    private final String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    private final String hub = prefix + "switch";
    private final List<String> machines;

    TestNetwork(List<String> machines) {
        this.machines = List.copyOf(machines);
        removeLeftovers();
        run("ip", "netns", "add", hub);
        run("ip", "-n", hub, "link", "add", "switch", "type", "bridge");
        run("ip", "-n", hub, "link", "set", "switch", "up");
        machines.forEach(this::plug);
    }

    private void plug(String machine) {
        var place = prefix + machine;
        run("ip", "netns", "add", place);
        run(
                List.of(
                        "ip",
                        "-n",
                        hub,
                        "link",
                        "add",
                        "to-" + machine,
                        "type",
                        "veth",
                        "peer",
                        "name",
                        "eth0",
                        "netns",
                        place));
        run("ip", "-n", hub, "link", "set", "to-" + machine, "master", "switch", "up");
        run("ip", "-n", place, "link", "set", "lo", "up");
        run("ip", "-n", place, "address", "add", address(machine) + "/24", "dev", "eth0");
        run("ip", "-n", place, "link", "set", "eth0", "up");
    }

    String address(String machine) {
        return "10.77.0." + (machines.indexOf(machine) + 1);
    }

    /** Words before a command that is to run on a machine. */
    List<String> on(String machine) {
        return List.of("ip", "netns", "exec", prefix + machine);
    }

    /** Pulls a machine's cable. */
    void unplug(String machine) {
        run("ip", "-n", hub, "link", "set", "to-" + machine, "down");
    }

    /** Has what one machine sends to another get lost, and not what comes back. */
    void mute(String from, String to) {
        run(
                List.of(
                        "ip",
                        "-n",
                        prefix + from,
                        "neighbour",
                        "replace",
                        address(to),
                        "lladdr",
                        NOBODY,
                        "dev",
                        "eth0",
                        "nud",
                        "permanent"));
    }

    /** Plugs all cables in and has everything arrive again. */
    void heal() {
        for (var machine : machines) {
            run("ip", "-n", hub, "link", "set", "to-" + machine, "up");
            run(
                    "ip",
                    "-n",
                    prefix + machine,
                    "neighbour",
                    "flush",
                    "dev",
                    "eth0",
                    "nud",
                    "permanent");
        }
    }

    @Override
    public void close() {
        for (var place : places()) {
            if (place.startsWith(prefix)) {
                run("ip", "netns", "delete", place);
            }
        }
    }

    private static void removeLeftovers() {
        for (var place : places()) {
            if (place.startsWith(PREFIX)) {
                var pid = place.substring(PREFIX.length(), place.lastIndexOf('-'));
                if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    run("ip", "netns", "delete", place);
                }
            }
        }
    }

    private static List<String> places() {
        return run("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ")[0])
                .filter(place -> !place.isEmpty())
                .toList();
    }

    private static String run(String... words) {
        return run(List.of(words));
    }

    private static String run(List<String> words) {
        try {
            var process =
                    new ProcessBuilder(new ArrayList<>(words)).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(
                        "%s (needs root and Debian's iproute2): %s".formatted(words, said));
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s; is Debian's iproute2 installed?".formatted(words), e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
