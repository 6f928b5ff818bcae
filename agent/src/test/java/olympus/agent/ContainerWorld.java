package olympus.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import olympus.engine.OwnDocker;
import olympus.engine.OwnPodman;
import olympus.engine.TestEngine;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An engine of a test class's own and what a test does with it beside the agent. Begins before the
 * class, is empty again after each test and ends after the class.
 */
final class ContainerWorld<E extends TestEngine>
        implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final Supplier<E> starts;
    private Optional<E> engine = Optional.empty();

    private ContainerWorld(Supplier<E> starts) {
        this.starts = starts;
    }

    static ContainerWorld<OwnDocker> docker() {
        return new ContainerWorld<>(OwnDocker::new);
    }

    static ContainerWorld<OwnPodman> podman() {
        return new ContainerWorld<>(OwnPodman::new);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        engine = Optional.of(starts.get());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        clean();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        engine.ifPresent(TestEngine::close);
    }

    E engine() {
        return engine.orElseThrow();
    }

    /** By the engine's own command line. */
    String command(String... words) {
        return engine().command(words);
    }

    RunningAgent agent(Path folder) {
        return new RunningAgent(folder, engine().address());
    }

    static void assign(RunningAgent agent, Containers... specs) {
        agent.assign(Map.of(), Arrays.stream(specs).map(Containers::build).toList());
    }

    String inspect(String container, String format) {
        return command("inspect", "--format", format, container);
    }

    /** What changes with a restart, and with another container in its place. */
    String run(Containers spec) {
        return inspect(spec.name(), "{{.Id}} {{.State.StartedAt}}");
    }

    /** As {@code docker compose} would have made it. */
    void composed(Containers spec) {
        command(
                "run",
                "-d",
                "--name",
                spec.name(),
                "--restart",
                "unless-stopped",
                "--label",
                "com.docker.compose.project=" + spec.project(),
                "--label",
                "com.docker.compose.service=" + spec.service(),
                "--label",
                "com.docker.compose.container-number=1",
                "--label",
                "com.docker.compose.oneoff=False",
                TestEngine.IMAGE,
                "/bin/sh",
                "-c",
                "trap 'exit 0' TERM; echo composed; while :; do sleep 600 & wait $!; done");
    }

    private void clean() {
        var all = command("ps", "-aq");
        if (!all.isEmpty()) {
            var command = new ArrayList<>(List.of("rm", "-f"));
            command.addAll(Arrays.asList(all.split("\\s+")));
            command(command.toArray(String[]::new));
        }
    }
}
