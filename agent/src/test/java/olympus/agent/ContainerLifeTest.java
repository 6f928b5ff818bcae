package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import olympus.engine.OwnDocker;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers through their life: made, started, ended, watched, let go. */
class ContainerLifeTest {

    private static final String WEB = "first/web.1";

    private static OwnDocker docker;

    @TempDir Path folder;

    @BeforeAll
    static void startEngine() {
        docker = new OwnDocker();
    }

    @AfterAll
    static void stopEngine() {
        docker.close();
    }

    @AfterEach
    void removeContainers() {
        var all = docker.command("ps", "-aq");
        if (!all.isEmpty()) {
            var command = new java.util.ArrayList<>(List.of("rm", "-f"));
            command.addAll(Arrays.asList(all.split("\\s+")));
            docker.command(command.toArray(String[]::new));
        }
    }

    private RunningAgent agent() {
        return new RunningAgent(folder, docker.address());
    }

    private static void assign(RunningAgent agent, Containers... specs) {
        agent.assign(Map.of(), Arrays.stream(specs).map(Containers::build).toList());
    }

    private static String inspect(String container, String format) {
        return docker.command("inspect", "--format", format, container);
    }

    /** As {@code docker compose} would have made it. */
    private static void composed(Containers spec) {
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

    @Test
    void makesStartsEndsAndRemovesAContainerAsComposeWouldNameIt() {
        try (var agent = agent()) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            var seen = agent.awaitRunning(WEB);
            assertThat(seen.driver()).isEqualTo("container");
            assertThat(inspect("first-web-1", "{{.State.Pid}}"))
                    .isEqualTo(Long.toString(seen.pid()));
            assertThat(inspect("first-web-1", "{{json .Config.Labels}}"))
                    .contains("\"com.docker.compose.project\":\"first\"")
                    .contains("\"com.docker.compose.service\":\"web\"")
                    .contains("\"com.docker.compose.container-number\":\"1\"");
            assertThat(agent.lines(WEB, 1).getFirst().text()).isEqualTo("up");

            assign(agent, spec.desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPED);
            assertThat(inspect("first-web-1", "{{.State.Status}}")).isEqualTo("exited");

            assign(agent);
            Eventually.check(() -> assertThat(docker.command("ps", "-aq")).isEmpty());
            Eventually.check(() ->
                    assertThat(docker.command("network", "ls", "--format", "{{.Name}}"))
                            .doesNotContain("first_default"));
        }
    }

    @Test
    void takesWhatComposeMadeAsItIs() {
        var spec = Containers.sleeping(WEB);
        composed(spec);
        var startedAt = inspect(spec.name(), "{{.State.StartedAt}} {{.Id}}");
        try (var agent = agent()) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            Eventually.check(() ->
                    assertThat(inspect(spec.name(), "{{.HostConfig.RestartPolicy.Name}}"))
                            .isEqualTo("no"));
            agent.restartAgent();
            agent.awaitRunning(WEB);
            assertThat(inspect(spec.name(), "{{.State.StartedAt}} {{.Id}}")).isEqualTo(startedAt);
            assertThat(agent.lines(WEB, 1).getFirst().text()).isEqualTo("composed");
        }
    }

    @Test
    void restartsAContainerThatWasKilled() {
        try (var agent = agent()) {
            assign(agent, Containers.sleeping(WEB));
            var pid = agent.awaitRunning(WEB).pid();
            docker.command("kill", "first-web-1");
            var again =
                    agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(again.restarts()).isEqualTo(1);
            assertThat(again.lastExit()).contains(137);
        }
    }
}
