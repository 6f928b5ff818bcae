package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.link.Pause;
import olympus.model.StackName;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent does when the store that gave it orders has lost them. */
class HeldTest {

    private static final StackName FIRST = new StackName("first");
    private static final String REMEDY = "olympus apply DIR | olympus remove first";

    @TempDir Path folder;

    private Specs web() {
        return Specs.of(folder, "first/web.1", "sleep", "600");
    }

    /** Running by an order of incarnation 1, of which the store of incarnation 2 knows nothing. */
    private InstanceObservation held(RunningAgent agent) {
        agent.assign(web());
        var before = agent.awaitRunning("first/web.1");
        agent.assignOf(2, List.of());
        var now = agent.await("first/web.1", seen -> seen.reason().contains(REMEDY));
        assertThat(now.pid()).isEqualTo(before.pid());
        return now;
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private static boolean isGone(RunningAgent agent, String id) {
        return agent.awaitReport(now ->
                now.instances().stream().noneMatch(i -> i.id().toString().equals(id)))
                != null;
    }

    @Test
    void keepsWhatAStoreOfAHigherIncarnationDoesNotKnow() {
        try (var agent = new RunningAgent(folder)) {
            var pid = held(agent).pid();

            assertThat(agent.awaitReport(now -> !now.held().isEmpty()).held())
                    .containsExactly(web().build());
            agent.assignOf(2, List.of(new StackName("other")));
            agent.restartAgent();
            assertThat(agent.awaitRunning("first/web.1").pid()).isEqualTo(pid);
            assertThat(agent.awaitRunning("first/web.1").reason()).contains(REMEDY);
            agent.awaitEvent(event -> event.action().equals("hold"));
        }
    }

    @Test
    void goesOnSupervisingWhatItHolds() {
        try (var agent = new RunningAgent(folder)) {
            var pid = held(agent).pid();
            agent.restartAgent();

            kill(pid);

            var next =
                    agent.await(
                            "first/web.1",
                            seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(next.reason()).contains(REMEDY);
        }
    }

    @Test
    void holdsAlsoWhatTheStoreKnowsUnderAnotherRun() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(web());
            var pid = agent.awaitRunning("first/web.1").pid();

            agent.assignOf(2, List.of(), web().token("an-earlier-run"));

            assertThat(agent.await("first/web.1", seen -> seen.reason().contains(REMEDY)).pid())
                    .isEqualTo(pid);
        }
    }

    @Test
    void endsHoldingWithoutARestartWhenTheSameRunIsAssigned() {
        try (var agent = new RunningAgent(folder)) {
            var pid = held(agent).pid();

            agent.assignOf(2, List.of(FIRST), web());

            var now = agent.await("first/web.1", seen -> !seen.reason().contains(REMEDY));
            assertThat(now.pid()).isEqualTo(pid);
            assertThat(agent.awaitReport(report -> report.held().isEmpty()).held()).isEmpty();
        }
    }

    @Test
    void stopsWhatItHeldWhenItsStackIsMeantWithoutIt() {
        try (var agent = new RunningAgent(folder)) {
            var pid = held(agent).pid();

            agent.assignOf(2, List.of(FIRST));

            assertThat(isGone(agent, "first/web.1")).isTrue();
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        }
    }

    @Test
    void stopsWhatTheSameIncarnationDoesNotNameAnyMore() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(web());
            agent.awaitRunning("first/web.1");

            agent.assignOf(1, List.of());

            assertThat(isGone(agent, "first/web.1")).isTrue();
        }
    }

    @Test
    void leavesRunningWhatIsThereWhenItsOwnAssignmentIsLostToo() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(web());
            var pid = agent.awaitRunning("first/web.1").pid();
            agent.restartAgent(() -> {
                for (var name : List.of("assignment.json", "assignment.copy.json")) {
                    delete(folder.resolve("agent").resolve(name));
                }
            });

            agent.assignOf(2, List.of());
            agent.await("first/web.1", seen -> seen.reason().contains(REMEDY));
            agent.restartAgent();

            assertThat(agent.awaitRunning("first/web.1").pid()).isEqualTo(pid);
            agent.assignOf(2, List.of(FIRST));
            assertThat(isGone(agent, "first/web.1")).isTrue();
        }
    }

    @Test
    void stopsNothingThatIsNoLongerAssignedWhilePaused() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(web());
            var pid = agent.awaitRunning("first/web.1").pid();
            agent.agent().pause(new Pause(true, Optional.of(FIRST), "looking"));

            agent.assignOf(1, List.of(FIRST));

            var now = agent.await("first/web.1", seen -> seen.reason().contains("after resume"));
            assertThat(now.pid()).isEqualTo(pid);
            agent.agent().pause(new Pause(false, Optional.of(FIRST), "done"));
            assertThat(isGone(agent, "first/web.1")).isTrue();
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
