package olympus.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A machine of a {@link Lab}. Its disk begins as a copy of this machine's and keeps what is written
 * while it is off; Java and Olympus are on it only where they are installed, or the checkout's are
 * put to use.
 */
final class LabMachine {

    /** Of Olympus where the checkout is put to use. */
    static final String DATA = "/srv/olympus";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration COMMAND_DEADLINE = Duration.ofMinutes(5);

    /** Copied when written to. */
    private static final String OWN_FOLDERS = "/etc /usr /var /home /root /opt /srv";

    private static final String SETUP =
            """
            set -e
            work=$1 name=$2 boot=$3
            mount --make-rprivate /
            for folder in %s; do
                mkdir -p "$work$folder/new" "$work$folder/work"
                mount -t overlay overlay -o "lowerdir=$folder,upperdir=$work$folder/new,workdir=$work$folder/work" "$folder"
            done
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /usr/lib/jvm
            mount -t proc proc /proc
            mount --bind "$boot" /proc/sys/kernel/random/boot_id
            hostname "$name"
            echo "$name" >/etc/hostname
            ip link set lo up
            echo ready
            # As the first process it also takes in and ends those whose parents have gone.
            trap : TERM
            while :; do sleep 1000 & wait $!; done
            """
                    .formatted(OWN_FOLDERS);

    private final Lab lab;
    private final Path folder;
    private final String name;
    private final int number;
    private Optional<Process> running = Optional.empty();

    LabMachine(Lab lab, Path folder, String name, int number) {
        this.lab = lab;
        this.folder = folder;
        this.name = name;
        this.number = number;
    }

    String name() {
        return name;
    }

    String address() {
        return "10.77.0." + number;
    }

    boolean isOn() {
        return running.isPresent();
    }

    /** Starts it; nothing but its first process runs then. */
    void switchOn() {
        var boot = Lab.write(folder.resolve("boot_id"), UUID.randomUUID() + "\n");
        var script = Lab.write(folder.resolve("setup.sh"), SETUP);
        var shell =
                Lab.start(
                        List.of(
                                "unshare",
                                "--net",
                                "--mount",
                                "--uts",
                                "--ipc",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "bash",
                                script.toString(),
                                folder.resolve("disk").toString(),
                                name,
                                boot.toString()));
        running = Optional.of(shell);
        lab.plugIn(port(), init());
        shell("ip addr add %s/24 dev eth0; ip link set eth0 up".formatted(address()));
    }

    /**
     * Puts the Java of this machine and the checkout's launcher, as {@code olympus}, to use on it,
     * until it is switched off; the data folder is {@link #DATA}.
     */
    void useCheckout() {
        shell("umount /usr/lib/jvm");
        var launcher =
                """
                #!/bin/sh
                export JAVA_HOME=%s OLYMPUS_DATA_DIR=%s
                exec %s "$@"
                """
                        .formatted(System.getProperty("java.home"), DATA, Installation.launcher());
        var file = Lab.write(folder.resolve("olympus"), launcher);
        shell("install -m 755 %s /usr/local/bin/olympus".formatted(file));
    }

    /** As if its plug was pulled. */
    void switchOff() {
        running.ifPresent(Lab::end);
        running = Optional.empty();
    }

    void pullCable() {
        lab.cable(port(), false);
    }

    void plugCableIn() {
        lab.cable(port(), true);
    }

    private String port() {
        return "port" + number;
    }

    /** The first process of it, as this machine counts. */
    private long init() {
        return running.orElseThrow(() -> new IllegalStateException(name + " is off"))
                .children()
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has ended"))
                .pid();
    }

    private List<String> entry() {
        return List.of(
                "nsenter",
                "--target",
                Long.toString(init()),
                "--net",
                "--mount",
                "--uts",
                "--ipc",
                "--pid",
                "--wd=/",
                "--",
                "env",
                "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=/root",
                "LC_ALL=C.UTF-8");
    }

    /** What a command that ran on it printed, and how it ended. */
    record Ran(int code, String output) {}

    /** Runs a shell script on it. */
    Ran run(String script) {
        var command = new ArrayList<>(entry());
        command.addAll(List.of("bash", "-ec", script));
        try {
            var output = Files.createTempFile(folder, "out", ".txt");
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(Path.of("/dev/null").toFile())
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(COMMAND_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "%s on %s: not done within %s:\n%s"
                                .formatted(
                                        script, name, COMMAND_DEADLINE, Files.readString(output)));
            }
            var text = Files.readString(output);
            Files.delete(output);
            return new Ran(process.exitValue(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Lab.interrupted(e);
        }
    }

    /** The same of a script that must succeed; what it printed. */
    String shell(String script) {
        var ran = run(script);
        if (ran.code() != 0) {
            throw new AssertionError(
                    "%s on %s ended with %d: %s".formatted(script, name, ran.code(), ran.output()));
        }
        return ran.output();
    }

    /** The answer of a command of Olympus, as JSON. */
    JsonNode json(String command) {
        return JSON.readTree(shell("olympus " + command + " -o json"));
    }

    /** Starts a command that goes on; its output is in the returned file. */
    Path start(String script) {
        var command = new ArrayList<>(entry());
        command.addAll(List.of("bash", "-ec", "exec " + script));
        try {
            var output = Files.createTempFile(folder, "started", ".log");
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile())
                    .start();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
