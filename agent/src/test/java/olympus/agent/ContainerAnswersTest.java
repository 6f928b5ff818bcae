package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.engine.TestEngine;
import olympus.model.state.InstanceSpec.Desired;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent answers about the containers and volumes of its node. */
class ContainerAnswersTest {

    private static ContainerWorld world;

    @TempDir Path folder;

    @BeforeAll
    static void startEngine() {
        world = new ContainerWorld();
    }

    @AfterAll
    static void stopEngine() {
        world.close();
    }

    @AfterEach
    void removeContainers() {
        world.clean();
    }

    @Test
    void removesAVolumeOnlyWhenNoContainerHasIt() throws Exception {
        world.docker().command("volume", "create", "first_data");
        world.docker()
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

            var remove = new NodeQuestion.RemoveVolume("first_data");
            assertThat(ask(agent, remove))
                    .isEqualTo(new NodeAnswer.VolumeInUse("first_data", List.of("keeper")));
            world.docker().command("rm", "keeper");
            assertThat(ask(agent, remove)).isEqualTo(new NodeAnswer.VolumeRemoved("first_data"));
            assertThat(ask(agent, remove)).isEqualTo(new NodeAnswer.VolumeAbsent("first_data"));
            assertThat(world.docker().command("volume", "ls", "-q")).isEmpty();
        }
    }

    @Test
    void tellsInWhatAContainerDiffersFromWhatIsDeclared() throws Exception {
        var spec = Containers.sleeping("first/web.1").variable("LEVEL", "low").memory(64 << 20);
        try (var agent = world.agent(folder)) {
            ContainerWorld.assign(agent, spec);
            agent.awaitRunning("first/web.1");
            var question = new NodeQuestion.Settings(List.of(spec.build().id()));
            var fresh = (NodeAnswer.Settings) ask(agent, question);
            assertThat(fresh.instances())
                    .containsExactly(
                            new NodeAnswer.InstanceSettings(
                                    spec.build().id(), List.of(), Optional.empty()));

            world.docker()
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
            var question = new NodeQuestion.Settings(List.of(spec.build().id()));
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
