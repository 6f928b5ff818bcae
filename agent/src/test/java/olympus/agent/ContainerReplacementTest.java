package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import olympus.engine.OwnDocker;
import olympus.engine.TestEngine;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A container takes the place of another, on an engine of which some answers are lost. */
class ContainerReplacementTest {

    private static final String WEB = "first/web.1";
    private static final String NAME = "first-web-1";
    private static final int SHORT_ID = 12;

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    private static Containers version(String number) {
        return Containers.sleeping(WEB).variable("VERSION", number).token("run-" + number);
    }

    private static List<String> names() {
        return world.command("ps", "-a", "--format", "{{.Names}}").lines().sorted().toList();
    }

    private static void runsAlone(RunningAgent agent, String number) {
        agent.await(
                WEB,
                seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-" + number));
        Eventually.check(() -> assertThat(names()).containsExactly(NAME));
        assertThat(world.inspect(NAME, "{{json .Config.Env}} {{.State.Running}}"))
                .contains("VERSION=" + number)
                .contains("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/containers/create?",
                "/stop?",
                "_first-web-1_old",
                "rename?name=first-web-1 ",
                "/start",
                "DELETE /"
            })
    void goesOnWhereAnAnswerWasLost(String request) {
        try (var socket = new CutSocket(world.engine().address(), folder.resolve("line"));
                var agent = new RunningAgent(folder.resolve("data"), socket.address())) {
            assign(agent, version("1"));
            runsAlone(agent, "1");
            socket.loseAnswerTo(request);
            assign(agent, version("2"));
            runsAlone(agent, "2");
            assertThat(socket.isLossAhead()).as("it was asked, and not answered").isFalse();

            socket.loseAnswerTo(request);
            assign(agent, version("3"));
            runsAlone(agent, "3");
            assertThat(socket.isLossAhead()).isFalse();
        }
    }

    @Test
    void returnsFromHalfAReplacement() {
        var before = halfReplaced();
        try (var agent = world.agent(folder)) {
            assign(agent, version("1"));
            runsAlone(agent, "1");
            assertThat(world.inspect(NAME, "{{.Id}}")).isEqualTo(before);
        }
    }

    @Test
    void replacesWhatTookOverHalfAndIsNotWantedEither() {
        var before = halfReplaced();
        try (var agent = world.agent(folder)) {
            assign(agent, version("2"));
            runsAlone(agent, "2");
            assertThat(world.inspect(NAME, "{{.Id}}")).isNotEqualTo(before);
        }
    }

    @Test
    void leavesNothingOfHalfAReplacementWhenTheInstanceGoes() {
        var before = halfReplaced();
        try (var agent = world.agent(folder)) {
            assign(agent, version("1").desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPED);
            assertThat(names())
                    .hasSize(2)
                    .contains(before.substring(0, SHORT_ID) + "_" + NAME + "_old");
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            Eventually.check(() -> assertThat(names()).isEmpty());
        }
    }

    /** As if the agent had ended when another version had just been started; the old one's id. */
    private String halfReplaced() {
        try (var agent = world.agent(folder)) {
            assign(agent, version("1"));
            runsAlone(agent, "1");
        }
        var before = world.inspect(NAME, "{{.Id}}");
        var labels = labels();
        world.command("stop", "--time", "1", NAME);
        world.command("rename", NAME, before.substring(0, SHORT_ID) + "_" + NAME + "_old");
        create("run", "-d", labels, "sleep", "600");
        return before;
    }

    private static List<String> labels() {
        var labels = new ArrayList<String>();
        world.inspect(NAME, "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{println}}{{end}}")
                .lines()
                .filter(label -> !label.isEmpty())
                .map(label -> label.replaceFirst("config-hash=.*", "config-hash=another"))
                .forEach(label -> labels.addAll(List.of("--label", label)));
        return labels;
    }

    private static void create(String how, String option, List<String> labels, String... command) {
        var words = new ArrayList<>(List.of(how, option, "--name", NAME));
        words.addAll(labels);
        words.add(TestEngine.IMAGE);
        words.addAll(List.of(command));
        world.command(words.toArray(String[]::new));
    }

    @Test
    void makesAnewWhatWasMadeOtherwiseAndNeverStarted() {
        try (var agent = world.agent(folder.resolve("earlier"))) {
            assign(agent, version("1"));
            runsAlone(agent, "1");
        }
        var labels = labels();
        world.command("rm", "-f", NAME);
        create("create", "--init", labels, "/bin/no-such-program");

        try (var agent = world.agent(folder.resolve("later"))) {
            assign(agent, version("2"));
            runsAlone(agent, "2");
        }
    }

    @Test
    void leavesWhatAnotherHandMadeAndNeverStarted() {
        create("create", "--init", List.of(), "/bin/sleep", "600");
        var before = world.inspect(NAME, "{{.Id}}");
        try (var agent = world.agent(folder)) {
            assign(agent, version("1"));
            agent.awaitRunning(WEB);
            assertThat(world.inspect(NAME, "{{.Id}}")).isEqualTo(before);
        }
    }
}
