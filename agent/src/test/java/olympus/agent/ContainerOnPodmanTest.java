package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import olympus.engine.OwnPodman;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@link ContainerLifeTest} is about, as far as it is another thing on Podman. */
class ContainerOnPodmanTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnPodman> world = ContainerWorld.podman();

    @TempDir Path folder;

    private static Containers sleeping() {
        return Containers.sleeping(WEB).networkMode("none");
    }

    @Test
    void makesAdoptsRestartsReplacesAndRemovesAContainer() {
        try (var agent = world.agent(folder)) {
            var spec = sleeping();
            assign(agent, spec);
            var first = agent.awaitRunning(WEB).pid();
            assertThat(agent.lines(WEB, 1).getFirst().text()).isEqualTo("up");

            var before = world.run(spec);
            agent.restartAgent();
            assertThat(agent.awaitRunning(WEB).pid()).isEqualTo(first);
            assertThat(world.run(spec)).isEqualTo(before);

            world.command("kill", spec.name());
            var second =
                    agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != first);
            assertThat(second.restarts()).isEqualTo(1);
            assertThat(second.lastExit()).contains(137);

            assign(agent, spec.variable("VERSION", "two").token("run-2"));
            agent.await(
                    WEB, seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-2"));
            assertThat(world.run(spec)).doesNotStartWith(before.substring(0, 64));

            assign(agent);
            Eventually.check(() -> assertThat(world.command("ps", "-aq")).isEmpty());
        }
    }

    @Test
    void isReleasedWithoutARestart() {
        var spec = sleeping();
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            var before = world.run(spec);
            assign(agent, spec.desired(Desired.RELEASE));
            assertThat(agent.awaitState(WEB, State.STOPPED).reason()).contains("released");
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(world.run(spec)).isEqualTo(before);
        }
    }

    @Test
    void saysThatThisPodmanCannotChangeARestartPolicy() {
        var spec = sleeping();
        world.composed(spec);
        var before = world.run(spec);
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem ->
                                    problem.contains("restart policy of first-web-1")
                                            && problem.contains("Podman can from 5.1 on")));
            assertThat(world.run(spec)).isEqualTo(before);
        }
    }
}
