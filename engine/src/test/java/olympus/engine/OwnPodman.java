package olympus.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Podman service of a test's own, with runc; its containers have no network. */
public final class OwnPodman extends TestEngine {

    private Optional<Process> service = Optional.empty();

    /** Limits that every machine allows, also one whose root may not raise them. */
    private static final String CONFIGURATION =
            "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n";

    public OwnPodman() {
        try {
            Files.writeString(folder().resolve("containers.conf"), CONFIGURATION);
            Files.writeString(folder().resolve("registries.conf"), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
        command("import", archive().toString(), IMAGE);
    }

    @Override
    public EngineAddress address() {
        return EngineAddress.ofSocket(folder().resolve("s"));
    }

    private List<String> podman() {
        return List.of(
                "podman",
                "--root",
                folder().resolve("data").toString(),
                "--runroot",
                folder().resolve("run").toString(),
                "--tmpdir",
                folder().resolve("tmp").toString(),
                "--network-config-dir",
                folder().resolve("networks").toString(),
                "--runtime",
                "/usr/sbin/runc",
                "--cgroup-manager",
                "cgroupfs",
                "--events-backend",
                "file");
    }

    private Map<String, String> environment() {
        return Map.of(
                "CONTAINERS_CONF",
                folder().resolve("containers.conf").toString(),
                "CONTAINERS_REGISTRIES_CONF",
                folder().resolve("registries.conf").toString());
    }

    @Override
    public void start() {
        var builder =
                new ProcessBuilder(
                        words(podman(), "system", "service", "--time=0", address().toString()));
        builder.environment().putAll(environment());
        try {
            service =
                    Optional.of(
                            builder.redirectErrorStream(true)
                                    .redirectOutput(
                                            ProcessBuilder.Redirect.appendTo(
                                                    folder().resolve("log").toFile()))
                                    .start());
        } catch (IOException e) {
            throw new AssertionError("podman cannot be started; apt-get install podman runc", e);
        }
        awaitAnswer();
    }

    @Override
    public void stop() {
        service.ifPresent(Process::destroy);
        try {
            if (service.isPresent()
                    && !service.get().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("podman does not end: " + log());
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        service = Optional.empty();
    }

    @Override
    public void trust(String registry) {
        try {
            Files.writeString(
                    folder().resolve("registries.conf"),
                    "[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(registry),
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stop();
        start();
    }

    @Override
    public String command(String... arguments) {
        return run(environment(), words(podman(), arguments));
    }

    @Override
    public void close() {
        command("rm", "--all", "--force", "--time=0");
        stop();
        run(
                "sh",
                "-c",
                "grep -o ' %s/[^ ]*' /proc/mounts | sort -r | xargs -r umount".formatted(folder()));
        deleteFolder();
    }
}
