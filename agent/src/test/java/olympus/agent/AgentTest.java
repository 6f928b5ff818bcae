package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {

    @TempDir Path folder;

    @Test
    void startsAnAssignedInstanceAndReportsItsProcess() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));

            var seen = agent.awaitRunning("first/web.1");

            assertThat(ProcessHandle.of(seen.pid()).orElseThrow().info().commandLine().orElse(""))
                    .contains("sleep 600");
        }
    }

    @Test
    void restartsAKilledInstance() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var before = agent.awaitRunning("first/web.1");

            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();

            var after =
                    agent.await(
                            "first/web.1",
                            seen -> seen.state() == State.RUNNING && seen.pid() != before.pid());
            assertThat(after.restarts()).isEqualTo(1);
            assertThat(after.lastExit()).isEqualTo(Optional.of(137));
        }
    }

    @Test
    void stopsAndStartsOnOrder() {
        try (var agent = new RunningAgent(folder)) {
            var web = Specs.of(folder, "first/web.1", "sleep", "600");
            agent.assign(web);
            var before = agent.awaitRunning("first/web.1");

            agent.assign(web.desired(Desired.STOP));
            agent.awaitState("first/web.1", State.STOPPED);
            assertThat(ProcessHandle.of(before.pid())).isEmpty();

            agent.assign(web);
            assertThat(agent.awaitRunning("first/web.1").pid()).isNotEqualTo(before.pid());
        }
    }

    @Test
    void replacesARunWhenItsTokenChanges() {
        try (var agent = new RunningAgent(folder)) {
            var web = Specs.of(folder, "first/web.1", "sleep", "600");
            agent.assign(web);
            var before = agent.awaitRunning("first/web.1");

            agent.assign(web.token("run-2"));

            var after =
                    agent.await(
                            "first/web.1",
                            seen ->
                                    seen.state() == State.RUNNING
                                            && seen.runToken().equals("run-2"));
            assertThat(after.pid()).isNotEqualTo(before.pid());
            assertThat(after.restarts()).isZero();
        }
    }

    @Test
    void adoptsWhatRunsWhenANewAgentStarts() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var before = agent.awaitRunning("first/web.1");

            agent.restartAgent();

            var after = agent.awaitRunning("first/web.1");
            assertThat(after.pid()).isEqualTo(before.pid());
            ProcessHandle.of(after.pid()).orElseThrow().destroyForcibly();
            agent.await(
                    "first/web.1",
                    seen -> seen.state() == State.RUNNING && seen.pid() != before.pid());
        }
    }

    @Test
    void removesWhatIsNoLongerAssigned() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var before = agent.awaitRunning("first/web.1");

            agent.assign();

            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(ProcessHandle.of(before.pid())).isEmpty();
            Eventually.check(() ->
                    assertThat(Files.exists(folder.resolve("agent/instances/first/web.1")))
                            .isFalse());
        }
    }

    @Test
    void keepsTheOutputLineByLine() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(folder, "first/web.1", "echo one; echo two >&2; exec sleep 600"));

            assertThat(agent.lines("first/web.1", 2))
                    .extracting(line -> line.stream() + " " + line.text())
                    .containsExactlyInAnyOrder("stdout one", "stderr two");
        }
    }

    @Test
    void givesUpAtOnceOnAMissingExecutable() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/bad.1", "no-such-program"));

            assertThat(agent.awaitState("first/bad.1", State.GIVEN_UP).reason())
                    .contains("executable \"no-such-program\" was not found");
        }
    }

    @Test
    void startsOnlyWhatTheMachinesOwnerAllows() throws Exception {
        try (var agent = new RunningAgent(folder)) {
            var file = folder.resolve("workloads.allow");
            Files.writeString(file, "process nobody\n");
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            assertThat(agent.awaitState("first/web.1", State.GIVEN_UP).reason())
                    .contains("mars does not take it")
                    .contains(file.toString());

            Files.writeString(file, "process *\n");
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600").token("run-2"));
            var running = agent.awaitRunning("first/web.1");

            Files.writeString(file, "");
            agent.assign(
                    Specs.of(folder, "first/web.1", "sleep", "600").token("run-2"),
                    Specs.of(folder, "first/other.1", "sleep", "600"));
            agent.awaitState("first/other.1", State.GIVEN_UP);
            assertThat(agent.awaitRunning("first/web.1").pid())
                    .as("what runs goes on")
                    .isEqualTo(running.pid());
        }
    }
}
