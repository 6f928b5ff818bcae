package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.engine.OwnDocker;
import olympus.model.InstanceId;
import olympus.model.state.InstanceSpec.Desired;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeAnswer.InstanceUse;
import olympus.model.state.NodeAnswer.Measured;
import olympus.model.state.NodeQuestion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What instances use, as their agent measures it. */
class UseTest {

    private static final String BUSY = "while :; do :; done";
    private static final String CONTAINER = "first/web.1";
    private static final String PROCESS = "first/worker.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    private static List<InstanceUse> use(RunningAgent agent, String... ids) throws Exception {
        var question = new NodeQuestion.Use(Arrays.stream(ids).map(InstanceId::parse).toList());
        var answer =
                agent.agent()
                        .ask(question)
                        .toCompletableFuture()
                        .get(question.deadline().toSeconds() + 5, TimeUnit.SECONDS);
        return ((NodeAnswer.Use) answer).instances();
    }

    private static Measured measured(InstanceUse use) {
        assertThat(use.problem()).isEmpty();
        return use.measured().orElseThrow();
    }

    @Test
    void measuresContainersAndProcesses() throws Exception {
        try (var agent = world.agent(folder)) {
            var container = Containers.shell(CONTAINER, BUSY).build();
            var process = Specs.shell(folder, PROCESS, "sleep 600 & " + BUSY).build();
            agent.assign(Map.of(), List.of(container, process));
            agent.awaitRunning(CONTAINER);
            agent.awaitRunning(PROCESS);

            var use = use(agent, CONTAINER, PROCESS);

            var busy = measured(use.get(0));
            assertThat(busy.cpuPercent()).isBetween(1.0, 200.0);
            assertThat(busy.memoryBytes()).isPositive();
            assertThat(busy.processes()).isEqualTo(1);
            assertThat(busy.network()).isPresent();
            assertThat(busy.disk()).isPresent();
            var worker = measured(use.get(1));
            assertThat(worker.cpuPercent()).isBetween(1.0, 200.0);
            assertThat(worker.memoryBytes()).isPositive();
            assertThat(worker.memoryLimitBytes()).isEmpty();
            assertThat(worker.processes()).isEqualTo(2);
            assertThat(worker.network()).isEmpty();
        }
    }

    @Test
    void saysOfWhichInstancesItKnowsNothing() throws Exception {
        try (var agent = world.agent(folder)) {
            var container = Containers.sleeping(CONTAINER).desired(Desired.WATCH).build();
            var process = Specs.shell(folder, PROCESS, "sleep 600").build();
            agent.assign(Map.of(), List.of(container, process));
            agent.awaitRunning(PROCESS);

            var use = use(agent, CONTAINER, PROCESS, "first/other.1");

            assertThat(use.get(0).problem()).isEqualTo(Optional.of("it does not run"));
            measured(use.get(1));
            assertThat(use.get(2).problem())
                    .isEqualTo(Optional.of("it is not assigned to this node"));
        }
    }

    @Test
    void measuresTheOthersWhenTheEngineDoesNotAnswer() throws Exception {
        try (var agent = world.agent(folder)) {
            var container = Containers.sleeping(CONTAINER).build();
            var process = Specs.shell(folder, PROCESS, "sleep 600").build();
            agent.assign(Map.of(), List.of(container, process));
            agent.awaitRunning(CONTAINER);
            agent.awaitRunning(PROCESS);
            world.engine().halt(true);
            try {
                var use = use(agent, CONTAINER, PROCESS);
                assertThat(use.get(0).problem().orElseThrow()).contains("no");
                measured(use.get(1));
            } finally {
                world.engine().halt(false);
            }
        }
    }
}
