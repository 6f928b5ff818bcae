package olympus.systemtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A machine of a test's own as far as its ports, {@code /run}, {@code /etc} and a few other folders
 * go: a network and a mount namespace. What is changed in those folders is not seen outside and
 * goes with it. Processes, users and the rest of the disk are those of the machine that it is on.
 */
final class TestMachine implements AutoCloseable {

    /** Copied when written to. */
    private static final List<String> OWN_FOLDERS =
            List.of("/etc", "/var/lib", "/var/spool", "/usr/local", "/srv", "/mnt", "/home");

    private static final String SETUP =
            """
            set -e
            mount --make-rprivate /
            mount --make-rshared /
            work=$1
            shift
            for folder; do
                mkdir -p "$work$folder/new" "$work$folder/work"
                mount -t overlay overlay -o "lowerdir=$folder,upperdir=$work$folder/new,workdir=$work$folder/work" "$folder"
            done
            mount -t tmpfs tmpfs /run
            ip link set lo up
            echo 0 >/proc/sys/net/ipv4/ip_forward
            # The cards of a small server: one in the home's network, one for its VLAN of small devices.
            ip link add eth0 type veth peer name eth0-out
            ip link set eth0 up
            ip addr add 192.168.1.2/24 dev eth0
            ip link add eth0.50 type veth peer name eth0.50-out
            ip link set eth0.50 up
            echo ready
            exec sleep 100000
            """;

    private final Process init;

    TestMachine(Path folder) {
        try {
            var script = Files.writeString(folder.resolve("machine.sh"), SETUP);
            var command =
                    new ArrayList<>(
                            List.of(
                                    "unshare",
                                    "--net",
                                    "--mount",
                                    "sh",
                                    script.toString(),
                                    folder.resolve("machine").toString()));
            command.addAll(OWN_FOLDERS);
            init = new ProcessBuilder(command).redirectErrorStream(true).start();
            awaitReady(init.inputReader(StandardCharsets.UTF_8));
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

    /** The beginning of a command that is to be run on it. */
    List<String> entry() {
        return List.of("nsenter", "--target", Long.toString(init.pid()), "--net", "--mount", "--");
    }

    /** Runs a shell script on it, which must succeed; its output. */
    String shell(String script) {
        var command = new ArrayList<>(entry());
        command.addAll(List.of("sh", "-ec", script));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(script + " ended with " + process.exitValue() + output);
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        init.destroyForcibly();
        try {
            if (!init.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the machine does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
