package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.model.InstanceId;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeAnswer.Difference;
import olympus.model.state.NodeQuestion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host process that is only watched, and in what it differs from its declaration. */
class WatchedProcessTest {

    private static final String WEB = "first/web.1";

    @TempDir Path folder;

    private static List<NodeAnswer.InstanceSettings> settings(RunningAgent agent, Specs declared) {
        var question = new NodeQuestion.Settings(List.of(declared.build()));
        var answer =
                agent.agent()
                        .ask(question)
                        .toCompletableFuture()
                        .orTimeout(40, TimeUnit.SECONDS)
                        .join();
        return ((NodeAnswer.Settings) answer).instances();
    }

    private static Map<String, Workload.EnvironmentValue> environment(String level) {
        return Map.of(
                "LEVEL",
                new Workload.EnvironmentValue.Literal(level),
                "API_TOKEN",
                new Workload.EnvironmentValue.Literal("clear-" + level));
    }

    @Test
    void runsOnceItIsAllowedAndIsNotStartedAgainByItself() throws Exception {
        try (var agent = new RunningAgent(folder)) {
            var web = Specs.shell(folder, WEB, "sleep 600");
            agent.assign(web.desired(Desired.WATCH));
            agent.awaitState(WEB, State.STOPPED);

            agent.assign(web.desired(Desired.RUN).token("approved"));
            var up = agent.awaitRunning(WEB);
            agent.assign(web.desired(Desired.WATCH).token("approved"));
            ProcessHandle.of(up.pid()).orElseThrow().destroyForcibly();
            agent.await(WEB, seen -> seen.state() != State.RUNNING);
            assertThat(agent.awaitState(WEB, State.STOPPED).restarts()).isZero();
        }
    }

    @Test
    void tellsInWhatItDiffersFromWhatIsDeclared() throws Exception {
        try (var agent = new RunningAgent(folder)) {
            var web = Specs.shell(folder, WEB, "sleep 600").environment(environment("low"));
            agent.assign(web);
            agent.awaitRunning(WEB);
            assertThat(settings(agent, web))
                    .containsExactly(
                            new NodeAnswer.InstanceSettings(
                                    InstanceId.parse(WEB), List.of(), Optional.empty()));

            var other = Specs.shell(folder, WEB, "sleep 700").environment(environment("high"));
            Eventually.check(() ->
                    assertThat(differences(agent, other))
                            .contains(
                                    new Difference(
                                            "environment.LEVEL",
                                            Optional.of("high"),
                                            Optional.of("low")),
                                    new Difference(
                                            "environment.API_TOKEN",
                                            Optional.of("(not shown)"),
                                            Optional.of("(another value, not shown)")))
                            .anySatisfy(one -> {
                                assertThat(one.path()).isEqualTo("command");
                                assertThat(one.observed().orElseThrow()).endsWith("'sleep 600'");
                            })
                            .hasSize(3));
        }
    }

    private static List<Difference> differences(RunningAgent agent, Specs declared) {
        return settings(agent, declared).getFirst().differences();
    }
}
