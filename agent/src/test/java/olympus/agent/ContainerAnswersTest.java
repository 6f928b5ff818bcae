package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import olympus.engine.TestEngine;
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

    private static NodeAnswer ask(RunningAgent agent, NodeQuestion question) throws Exception {
        return agent.agent().ask(question).toCompletableFuture().get(40, TimeUnit.SECONDS);
    }
}
