package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import olympus.engine.OwnDocker;
import olympus.engine.TestEngine;
import olympus.link.TerminalSize;
import olympus.model.state.InstanceSpec.Desired;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an agent answers about the containers and volumes of its node. */
class ContainerAnswersTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    @Test
    void removesAVolumeOnlyWhenNoContainerHasIt() throws Exception {
        world.command("volume", "create", "first_data");
        world.engine()
                .command(
                        "create",
                        "--name",
                        "keeper",
                        "-v",
                        "first_data:/data",
                        TestEngine.IMAGE,
                        "true");
        try (var agent = world.agent(folder)) {
            var volumes = (NodeAnswer.Volumes) ask(agent, new NodeQuestion.ListVolumes());
            assertThat(volumes.volumes())
                    .singleElement()
                    .satisfies(volume -> {
                        assertThat(volume.name()).isEqualTo("first_data");
                        assertThat(volume.containers()).containsExactly("keeper");
                        assertThat(volume.sizeBytes()).isPresent();
                    });

            var remove = new NodeQuestion.RemoveVolume("first_data", "user:ana");
            assertThat(ask(agent, remove))
                    .isEqualTo(new NodeAnswer.VolumeInUse("first_data", List.of("keeper")));
            world.command("rm", "keeper");
            assertThat(ask(agent, remove)).isEqualTo(new NodeAnswer.VolumeRemoved("first_data"));
            assertThat(ask(agent, remove)).isEqualTo(new NodeAnswer.VolumeAbsent("first_data"));
            assertThat(world.command("volume", "ls", "-q")).isEmpty();
            Eventually.check(() ->
                    assertThat(agent.events())
                            .anyMatch(event ->
                                    event.action().equals("remove volume first_data")
                                            && event.why().equals("user:ana asked for it by name")
                                            && event.result()
                                                    .equals("removed, with all that was in it")));
        }
    }

    @Test
    void saysWhatAContainerWasMadeFrom() throws Exception {
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, Containers.sleeping(WEB));
            agent.awaitRunning(WEB);
            var asked = new NodeQuestion.ContainerImages(List.of("first-web-1", "other"));
            var answer = (NodeAnswer.ContainerImages) ask(agent, asked);
            assertThat(answer.images())
                    .singleElement()
                    .satisfies(image -> {
                        assertThat(image.container()).isEqualTo("first-web-1");
                        assertThat(image.image()).isEqualTo(TestEngine.IMAGE);
                        assertThat(image.id()).startsWith("sha256:");
                    });
        }
    }

    @Test
    void runsACommandInTheContainerWithExactBytesAndItsExitCode() throws Exception {
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, Containers.sleeping(WEB).variable("LEVEL", "info"));
            agent.awaitRunning(WEB);
            var bytes = new byte[100_000];
            new Random(3).nextBytes(bytes);
            var call =
                    RecordedCall.of(WEB, "sh", "-c", "cat; echo $LEVEL >&2; exit 5")
                            .say(bytes)
                            .endInput()
                            .on(agent);
            assertThat(call.exitCode()).isEqualTo(5);
            assertThat(call.outputBytes()).isEqualTo(bytes);
            assertThat(call.errors()).isEqualTo("info\n");

            assertThat(RecordedCall.of("first/web.9", "true").on(agent).failure())
                    .isEqualTo("not-found: there is no instance first/web.9 on node mars");
        }
    }

    @Test
    void aTerminalInAContainerTakesKeysAndEndsWithCtrlC() throws Exception {
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, Containers.sleeping(WEB));
            agent.awaitRunning(WEB);
            var call =
                    new RecordedCall(
                                    RecordedCall.request(
                                            WEB,
                                            Optional.of(new TerminalSize(80, 24)),
                                            "sh",
                                            "-c",
                                            "test -t 0 && echo ready; sleep 600"))
                            .on(agent)
                            .awaitStart();
            Eventually.check(() -> assertThat(call.output()).contains("ready\r\n"));
            call.say(new byte[] {3});
            assertThat(call.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void nothingIsLeftInTheContainerWhenNobodyListensAnyMore() throws Exception {
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, Containers.sleeping(WEB));
            agent.awaitRunning(WEB);
            var script = "trap '' TERM HUP; echo up; sleep 4711 & while :; do sleep 1; done";
            var call = RecordedCall.of(WEB, "sh", "-c", script).on(agent).awaitStart();
            Eventually.check(() -> assertThat(call.output()).isEqualTo("up\n"));
            assertThat(world.command("top", "first-web-1")).contains("sleep 4711");
            call.cancel();
            Eventually.check(() ->
                    assertThat(world.command("top", "first-web-1"))
                            .doesNotContain("4711")
                            .doesNotContain("trap '' TERM"));
            assertThat(world.inspect("first-web-1", "{{.State.Running}}")).isEqualTo("true");
        }
    }

    @Test
    void aCommandThatTheImageDoesNotHaveEndsAsWithDocker() throws Exception {
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, Containers.sleeping(WEB));
            agent.awaitRunning(WEB);
            var call = RecordedCall.of(WEB, "no-such-command").on(agent);
            assertThat(call.exitCode()).isIn(126, 127);
            assertThat(call.output()).contains("executable file not found");
        }
    }

    @Test
    void tellsInWhatAContainerDiffersFromWhatIsDeclared() throws Exception {
        var spec = Containers.sleeping("first/web.1").variable("LEVEL", "low").memory(64 << 20);
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, spec);
            agent.awaitRunning("first/web.1");
            var question = new NodeQuestion.Settings(List.of(spec.build()));
            var fresh = (NodeAnswer.Settings) ask(agent, question);
            assertThat(fresh.instances())
                    .containsExactly(
                            new NodeAnswer.InstanceSettings(
                                    spec.build().id(), List.of(), Optional.empty()));

            var other = Containers.sleeping("first/web.1").variable("LEVEL", "high");
            var declared = new NodeQuestion.Settings(List.of(other.memory(64 << 20).build()));
            var otherwise = (NodeAnswer.Settings) ask(agent, declared);
            assertThat(otherwise.instances().getFirst().differences())
                    .as("with what is declared, not with what was ordered")
                    .containsExactly(
                            new NodeAnswer.Difference(
                                    "environment.LEVEL", Optional.of("high"), Optional.of("low")));

            world.engine()
                    .command("update", "--memory", "32m", "--memory-swap", "128m", spec.name());
            var changed = (NodeAnswer.Settings) ask(agent, question);
            assertThat(changed.instances().getFirst().differences())
                    .containsExactly(
                            new NodeAnswer.Difference(
                                    "mem_limit", Optional.of("64m"), Optional.of("32m")),
                            new NodeAnswer.Difference(
                                    "memswap_limit", Optional.empty(), Optional.of("128m")));
        }
    }

    @Test
    void tellsInWhatAnAdoptedContainerDiffers() throws Exception {
        var spec = Containers.sleeping("first/web.1").port(18_099, 80).desired(Desired.WATCH);
        world.composed(spec);
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, spec);
            agent.awaitRunning("first/web.1");
            var question = new NodeQuestion.Settings(List.of(spec.build()));
            var answer = (NodeAnswer.Settings) ask(agent, question);
            assertThat(answer.instances().getFirst().differences())
                    .extracting(NodeAnswer.Difference::path)
                    .containsExactly(
                            "command",
                            "network_mode",
                            "networks.first_default",
                            "ports.80/tcp",
                            "stop_grace_period");
        }
    }

    private static NodeAnswer ask(RunningAgent agent, NodeQuestion question) throws Exception {
        return agent.agent().ask(question).toCompletableFuture().get(40, TimeUnit.SECONDS);
    }
}
