package olympus.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A container engine of a test's own: its socket and all its data are in a folder that goes with
 * it. Needs root and Debian's packages.
 */
public abstract class TestEngine implements AutoCloseable {

    /** An image of busybox: {@code sh}, {@code sleep}, {@code httpd} and the like. */
    public static final String IMAGE = "busybox:test";

    static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final List<String> COMMANDS =
            List.of(
                    "sh",
                    "sleep",
                    "cat",
                    "echo",
                    "ls",
                    "date",
                    "touch",
                    "kill",
                    "mkdir",
                    "true",
                    "false",
                    "httpd",
                    "wget",
                    "nc",
                    "seq",
                    "rm",
                    "id",
                    "stat",
                    "dd",
                    "tail",
                    "ping",
                    "env",
                    "test",
                    "printf",
                    "nslookup");

    private final Path folder;

    TestEngine() {
        if (!System.getProperty("user.name").equals("root")) {
            throw new AssertionError(
                    "a container engine can be started by root only; run the tests as root");
        }
        try {
            // Short: the path of a socket has at most 107 characters.
            folder = Files.createTempDirectory("oe");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final Path folder() {
        return folder;
    }

    public abstract EngineAddress address();

    /** Starts it and waits until it answers. */
    public abstract void start();

    /** Ends it as a service manager would. */
    public abstract void stop();

    /** Lets it use a registry of this machine without a certificate, as Docker does anyway. */
    public void trust(String registry) {}

    /** What {@code docker login} leaves for whoever connects by {@link #connect}. */
    public void remember(String registry, String user, String password) {
        writeConfig(login(registry, user, password));
    }

    static String login(String registry, String user, String password) {
        var both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                .formatted(registry, Base64.getEncoder().encodeToString(both));
    }

    public void logout() {
        writeConfig("{}");
    }

    private void writeConfig(String text) {
        try {
            var home = Files.createDirectories(folder.resolve(".docker"));
            Files.writeString(home.resolve("config.json"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ContainerEngine connect() {
        return ContainerEngine.at(address(), Map.of("HOME", folder.toString()));
    }

    final void awaitAnswer() {
        var deadline = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try (var engine = connect()) {
                engine.ping();
                return;
            } catch (EngineException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("no engine at " + address() + ": " + log(), e);
                }
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        }
    }

    final String log() {
        try {
            var text = Files.readString(folder.resolve("log"));
            return text.substring(Math.max(0, text.length() - 4_000));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /** The file system of {@link #IMAGE} as an archive. */
    final Path archive() {
        var busybox = Path.of("/bin/busybox");
        if (!Files.exists(busybox)) {
            throw new AssertionError("/bin/busybox is not there; apt-get install busybox-static");
        }
        try {
            var bin = Files.createDirectories(folder.resolve("image/bin"));
            Files.createDirectories(folder.resolve("image/tmp"));
            Files.createDirectories(folder.resolve("image/etc"));
            Files.writeString(folder.resolve("image/etc/passwd"), "root:x:0:0::/:/bin/sh\n");
            Files.copy(busybox, bin.resolve("busybox"));
            for (var command : COMMANDS) {
                Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var archive = folder.resolve("image.tar");
        run("tar", "-C", folder.resolve("image").toString(), "-cf", archive.toString(), ".");
        return archive;
    }

    /** The output; fails when the command does. */
    static String run(String... command) {
        return run(Map.of(), command);
    }

    static String run(Map<String, String> environment, String... command) {
        var words = String.join(" ", command);
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            var process = builder.start();
            process.getOutputStream().close();
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end of " + words);
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(
                        words + " ended with " + process.exitValue() + ": " + output);
            }
            return output.strip();
        } catch (IOException e) {
            throw new AssertionError("cannot run " + words + "; is its Debian package there?", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** The same by the engine's own command line. */
    public abstract String command(String... arguments);

    final String[] words(List<String> first, String... rest) {
        var all = new ArrayList<>(first);
        all.addAll(Arrays.asList(rest));
        return all.toArray(String[]::new);
    }

    /** Ends it and all its containers, and deletes its folder. */
    @Override
    public abstract void close();

    final void deleteFolder() {
        run("rm", "-rf", "--one-file-system", folder.toString());
    }
}
