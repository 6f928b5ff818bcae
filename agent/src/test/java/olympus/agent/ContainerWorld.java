package olympus.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import olympus.engine.OwnDocker;

/** An engine of a test's own and what a test does with it beside the agent. */
final class ContainerWorld implements AutoCloseable {

    private final OwnDocker docker = new OwnDocker();

    OwnDocker docker() {
        return docker;
    }

    RunningAgent agent(Path folder) {
        return new RunningAgent(folder, docker.address());
    }

    static void assign(RunningAgent agent, Containers... specs) {
        agent.assign(Map.of(), Arrays.stream(specs).map(Containers::build).toList());
    }

    String inspect(String container, String format) {
        return docker.command("inspect", "--format", format, container);
    }

    /** What changes with a restart, and with another container in its place. */
    String run(Containers spec) {
        return inspect(spec.name(), "{{.Id}} {{.State.StartedAt}}");
    }

    /** As {@code docker compose} would have made it. */
    void composed(Containers spec) {
        docker.command(
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
                OwnDocker.IMAGE,
                "/bin/sh",
                "-c",
                "trap 'exit 0' TERM; echo composed; while :; do sleep 600 & wait $!; done");
    }

    void clean() {
        var all = docker.command("ps", "-aq");
        if (!all.isEmpty()) {
            var command = new ArrayList<>(List.of("rm", "-f"));
            command.addAll(Arrays.asList(all.split("\\s+")));
            docker.command(command.toArray(String[]::new));
        }
    }

    @Override
    public void close() {
        docker.close();
    }
}
