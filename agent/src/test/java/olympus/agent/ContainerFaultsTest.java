package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.stream.IntStream;
import olympus.engine.OwnDocker;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.container.Image;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with containers, and what other hands do to them. */
class ContainerFaultsTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    @Test
    void restartsAContainerThatWasKilled() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB));
            var pid = agent.awaitRunning(WEB).pid();
            world.command("kill", "first-web-1");
            var again =
                    agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(again.restarts()).isEqualTo(1);
            assertThat(again.lastExit()).contains(137);
        }
    }

    @Test
    void makesAContainerAnewThatAnotherHandRemoved() {
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            var pid = agent.awaitRunning(WEB).pid();
            var before = world.run(spec);
            world.command("rm", "-f", "first-web-1");
            agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(world.run(spec)).doesNotStartWith(before.substring(0, 64));
        }
    }

    @Test
    void tellsOfAPauseByAnotherHandAndDoesNotRestart() {
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            agent.awaitRunning(WEB);
            var before = world.run(spec);
            world.command("pause", "first-web-1");
            agent.await(WEB, seen -> seen.reason().contains("paused by another hand"));
            world.command("unpause", "first-web-1");
            var seen = agent.await(WEB, now -> !now.reason().contains("paused by another hand"));
            assertThat(seen.state()).isEqualTo(State.RUNNING);
            assertThat(world.run(spec)).isEqualTo(before);
        }
    }

    @Test
    void knowsAContainerThatAnotherHandRenamed() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB));
            var pid = agent.awaitRunning(WEB).pid();
            world.command("rename", "first-web-1", "mine");
            agent.await(WEB, seen -> seen.reason().contains("called mine instead of first-web-1"));
            world.command("kill", "mine");
            agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(world.command("ps", "-a", "--format", "{{.Names}}")).isEqualTo("mine");
        }
    }

    @Test
    void takesWhatAnotherHandStartedWhileItHadGivenUp() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB).restart(RecoveryPolicy.Restart.NO, 0));
            agent.awaitRunning(WEB);
            world.command("kill", "first-web-1");
            agent.awaitState(WEB, State.GIVEN_UP);
            world.command("start", "first-web-1");
            assertThat(agent.awaitRunning(WEB).reason()).contains("started by another hand");
        }
    }

    @Test
    void givesUpOnAnImageThatIsNotThere() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB).image("nowhere:1", Image.PullPolicy.NEVER));
            assertThat(agent.awaitState(WEB, State.GIVEN_UP).reason())
                    .contains("image nowhere:1 is not there");
        }
    }

    @Test
    void givesUpOnAnImageThatExitsAtOnceAndSaysWhatItSaidLast() {
        try (var agent = world.agent(folder)) {
            assign(
                    agent,
                    Containers.shell(WEB, "echo no configuration >&2; exit 3")
                            .restart(RecoveryPolicy.Restart.ALWAYS, 3));
            assertThat(agent.awaitState(WEB, State.GIVEN_UP).reason())
                    .contains("exited with 3")
                    .contains("no configuration")
                    .contains("given up after 3 restarts");
        }
    }

    @Test
    void givesUpOnACommandThatIsNotInTheImage() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.command(WEB, "/no/such/program"));
            assertThat(agent.awaitState(WEB, State.GIVEN_UP).reason()).contains("/no/such/program");
        }
    }

    @Test
    void namesWhoHoldsAPort() throws IOException {
        try (var agent = world.agent(folder);
                var socket = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            assign(agent, Containers.sleeping(WEB).port(socket.getLocalPort(), 80));
            agent.await(
                    WEB,
                    seen ->
                            seen.reason()
                                    .contains(
                                            "port %d is held by process %d"
                                                    .formatted(
                                                            socket.getLocalPort(),
                                                            ProcessHandle.current().pid())));
            assign(agent, Containers.sleeping(WEB).port(socket.getLocalPort(), 80));
            socket.close();
            agent.awaitRunning(WEB);
            assign(
                    agent,
                    Containers.sleeping(WEB).port(socket.getLocalPort(), 80),
                    Containers.sleeping("first/other.1").port(socket.getLocalPort(), 80));
            agent.await(
                    "first/other.1",
                    seen -> seen.reason().contains("is held by container first-web-1"));
        }
    }

    @Test
    void saysThatMemoryRanOut() {
        try (var agent = world.agent(folder)) {
            assign(
                    agent,
                    Containers.shell(WEB, "sleep 1; exec tail -c 200000000 /dev/zero")
                            .memory(16 << 20)
                            .restart(RecoveryPolicy.Restart.NO, 0));
            assertThat(agent.awaitState(WEB, State.GIVEN_UP).reason())
                    .contains("it had reached its memory limit");
        }
    }

    @Test
    void leavesContainersAloneWhileTheEngineIsAwayAndRepairsWhatItKilled() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB));
            var pid = agent.awaitRunning(WEB).pid();
            world.engine().kill();
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem -> problem.contains("engine does not answer at")));
            assertThat(agent.seen(WEB).orElseThrow().state()).isEqualTo(State.RUNNING);
            world.engine().start();
            agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            agent.awaitReport(report -> report.problems().isEmpty());
        }
    }

    @Test
    void anAgentThatStartsWithoutAnEngineWaitsForIt() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB));
            agent.awaitRunning(WEB);
            agent.restartAgent(() -> world.engine().stop());
            var waits = agent.await(WEB, seen -> seen.reason().contains("does not answer"));
            assertThat(waits.state()).isEqualTo(State.PENDING);
            world.engine().start();
            agent.awaitRunning(WEB);
        }
    }

    @Test
    void finishesTheRemovalThatAnAgentWasAtWhenItEnded() {
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            agent.awaitRunning(WEB);
            assign(agent, spec.desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPED);
            world.engine().halt(true);
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            agent.restartAgent(() -> world.engine().halt(false));
            Eventually.check(() -> assertThat(world.command("ps", "-aq")).isEmpty());
        }
    }

    @Test
    void losesAndDoublesNoLineOverRestartsOfTheAgent() {
        var lines = 40_000;
        try (var agent = world.agent(folder)) {
            assign(
                    agent,
                    Containers.shell(
                            WEB,
                            "seq 1 %d; trap 'exit 0' TERM; sleep 600 & wait $!".formatted(lines)));
            agent.awaitRunning(WEB);
            for (var round = 0; round < 4; round++) {
                agent.restartAgent();
                agent.lines(WEB, 1 + round * 5_000);
            }
            assertThat(agent.lines(WEB, lines).stream().map(line -> line.text()))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, lines).mapToObj(Integer::toString).toList());
        }
    }
}
