package olympus.engine;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Podman service of a test's own, with runc; its containers have no network. */
public final class OwnPodman extends TestEngine {

    private Optional<Process> service = Optional.empty();

    public OwnPodman() {
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

    @Override
    public void start() {
        try {
            service =
                    Optional.of(
                            new ProcessBuilder(
                                            words(
                                                    podman(),
                                                    "system",
                                                    "service",
                                                    "--time=0",
                                                    address().toString()))
                                    .redirectErrorStream(true)
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
    public String command(String... arguments) {
        return run(words(podman(), arguments));
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
