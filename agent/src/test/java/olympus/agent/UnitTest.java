package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units of systemd, watched and managed, by way of a stand-in for systemctl and journalctl. */
class UnitTest {

    private static final String MAIL = "box/mail.1";
    private static final String UNIT = "postfix.service";
    private static final String SLEEPS = "sleep 600";

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private OwnSystemd systemd;

    @BeforeEach
    void begin() {
        systemd = new OwnSystemd(folder.resolve("systemd"));
    }

    @AfterEach
    void end() {
        systemd.close();
    }

    private RunningAgent agent() {
        return new RunningAgent(folder.resolve("data"), systemd.tools());
    }

    private static void assign(RunningAgent agent, Units... specs) {
        agent.assign(Map.of(), Arrays.stream(specs).map(Units::build).toList());
    }

    private void running(String command, Map<String, String> settings) {
        systemd.unit(UNIT, command, settings);
        systemd.systemctl("start", UNIT);
        Eventually.check(() -> assertThat(systemd.mainProcess(UNIT)).isPositive());
    }

    /** What the agent told systemd to do, after what the test did. */
    private List<String> commandsSince(int count) {
        var all = systemd.commands();
        return all.subList(count, all.size());
    }

    @Test
    void watchesWithoutTouchingAnything() {
        running("sh -c 'echo up; exec sleep 600'", Map.of());
        try (var agent = agent()) {
            var spec = Units.of(MAIL, UNIT).desired(Desired.WATCH);
            assign(agent, spec);
            var seen = agent.awaitRunning(MAIL);
            assertThat(seen.driver()).isEqualTo("unit");
            assertThat(seen.pid()).isEqualTo(systemd.mainProcess(UNIT));
            assertThat(agent.lines(MAIL, 1).getFirst().text()).isEqualTo("up");

            systemd.systemctl("stop", UNIT);
            assertThat(agent.awaitState(MAIL, State.STOPPED).reason()).isNotEmpty();
            systemd.systemctl("start", UNIT);
            agent.awaitRunning(MAIL);
            var commands = systemd.commands();
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(systemd.commands())
                    .isEqualTo(commands)
                    .containsExactly("start " + UNIT, "stop " + UNIT, "start " + UNIT);
        }
    }

    @Test
    void startsStopsAndRestartsAUnitAndLeavesItWhenItIsNoLongerAssigned() {
        systemd.unit(UNIT, SLEEPS);
        try (var agent = agent()) {
            var spec = Units.of(MAIL, UNIT);
            assign(agent, spec);
            var first = agent.awaitRunning(MAIL).pid();
            assertThat(first).isEqualTo(systemd.mainProcess(UNIT));

            assign(agent, spec.token("run-2"));
            var second = agent.await(MAIL, seen -> seen.pid() != first && seen.pid() > 0).pid();
            assertThat(second).isEqualTo(systemd.mainProcess(UNIT));

            assign(agent, spec.token("run-2").desired(Desired.STOP));
            agent.awaitState(MAIL, State.STOPPED);
            assertThat(systemd.property(UNIT, "ActiveState")).isEqualTo("inactive");

            assign(agent, spec.token("run-3"));
            var third = agent.awaitRunning(MAIL).pid();
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(agent.awaitEvent(event -> event.action().equals("leave")).result())
                    .contains("goes on as it is");
            assertThat(systemd.mainProcess(UNIT)).isEqualTo(third);
            assertThat(systemd.commands())
                    .containsExactly(
                            "start " + UNIT, "restart " + UNIT, "stop " + UNIT, "start " + UNIT);
        }
    }

    @Test
    void adoptsTheSameRunAfterARestartOfTheAgentAndSeesWhatHappenedMeanwhile() {
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            var pid = agent.awaitRunning(MAIL).pid();
            agent.restartAgent();
            assertThat(agent.awaitRunning(MAIL).pid()).isEqualTo(pid);
            assertThat(systemd.commands()).hasSize(1);

            agent.restartAgent(() -> kill(pid));
            // What it was when the agent ended is reported until systemd has been asked.
            var again =
                    agent.await(MAIL, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(again.restarts()).isEqualTo(1);
            assertThat(again.lastExit()).contains(137);
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Eventually.check(() -> assertThat(ProcessHandle.of(pid)).isEmpty());
    }

    @Test
    void restartsAUnitThatSystemdLeavesFailed() {
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            var pid = agent.awaitRunning(MAIL).pid();
            kill(pid);
            var again =
                    agent.await(MAIL, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(again.restarts()).isEqualTo(1);
            assertThat(again.lastExit()).contains(137);
            assertThat(commandsSince(1)).containsExactly("start " + UNIT);
        }
    }

    @Test
    void leavesARestartToSystemdWhereTheUnitAsksForIt() {
        running(SLEEPS, Map.of("Restart", "on-failure", "RestartTicks", "60"));
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            var pid = agent.awaitRunning(MAIL).pid();
            kill(pid);
            agent.await(
                    MAIL, seen -> seen.reason().contains("systemd restarts it itself (Restart="));
            var again =
                    agent.await(MAIL, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(again.reason()).contains("restarted by systemd itself");
            assertThat(again.restarts()).isZero();
            assertThat(commandsSince(1)).isEmpty();
        }
    }

    @Test
    void takesOverWhenSystemdHasGivenUp() {
        systemd.unit(
                UNIT,
                "sh -c 'echo \"<3>no configuration\"; exit 3'",
                Map.of("Restart", "always", "StartLimitBurst", "1"));
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT).restart(Restart.ALWAYS, 2));
            var seen = agent.awaitState(MAIL, State.GIVEN_UP);
            assertThat(seen.reason())
                    .contains("exited with 3")
                    .contains("systemd gave it up")
                    .contains("no configuration")
                    .contains("given up after 2 restarts");
            assertThat(systemd.commands())
                    .containsExactly(
                            "start " + UNIT,
                            "reset-failed " + UNIT,
                            "start " + UNIT,
                            "reset-failed " + UNIT,
                            "start " + UNIT);
        }
    }

    @Test
    void takesWhatAnotherHandRestartedAsTheNewRun() {
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            var pid = agent.awaitRunning(MAIL).pid();
            systemd.systemctl("restart", UNIT);
            var seen = agent.await(MAIL, now -> now.state() == State.RUNNING && now.pid() != pid);
            assertThat(seen.reason()).contains("started by another hand");
            assertThat(seen.restarts()).isZero();
        }
    }

    @Test
    void goesFromWatchingToManagingAndIsReleasedWithoutARestart() {
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            var spec = Units.of(MAIL, UNIT);
            assign(agent, spec.desired(Desired.WATCH));
            var pid = agent.awaitRunning(MAIL).pid();
            assign(agent, spec);
            agent.restartAgent();
            agent.awaitRunning(MAIL);
            assign(agent, spec.desired(Desired.RELEASE));
            assertThat(agent.awaitState(MAIL, State.STOPPED).reason()).contains("released");
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(systemd.mainProcess(UNIT)).isEqualTo(pid);
            assertThat(commandsSince(1)).isEmpty();
        }
    }

    @Test
    void endsTheOldUnitWhenAnotherOneIsDeclared() {
        systemd.unit(UNIT, SLEEPS);
        systemd.unit("exim.service", SLEEPS);
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            agent.awaitRunning(MAIL);
            assign(agent, Units.of(MAIL, "exim.service").token("run-2"));
            agent.await(
                    MAIL, seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-2"));
            assertThat(systemd.commands())
                    .containsExactly("start " + UNIT, "stop " + UNIT, "start exim.service");
        }
    }

    @Test
    void restartsAUnitThatDoesNotAnswerItsProbe() throws Exception {
        var broken = folder.resolve("broken");
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            assign(
                    agent,
                    Units.of(MAIL, UNIT)
                            .probe(
                                    new Probe.Target.Command(
                                            List.of("test", "!", "-e", broken.toString())),
                                    Duration.ofMillis(100)));
            var pid = agent.await(MAIL, seen -> seen.health() == Health.PASSING).pid();
            Files.createFile(broken);
            agent.await(MAIL, seen -> seen.reason().contains("unhealthy"));
            agent.await(MAIL, seen -> seen.pid() != pid && seen.pid() > 0);
            assertThat(commandsSince(1)).startsWith("restart " + UNIT);
        }
    }

    @Test
    void saysWhyAUnitCannotBeManaged() {
        systemd.unit("masked.service", SLEEPS, Map.of("LoadState", "masked"));
        systemd.unit(
                "backup.service", SLEEPS, Map.of("Type", "oneshot", "TriggeredBy", "backup.timer"));
        systemd.unit("backup.timer", SLEEPS);
        var sentences =
                Map.of(
                        "nowhere.service", "there is no unit nowhere.service on this machine",
                        "masked.service", "is masked",
                        "backup.service",
                                "started by backup.timer: there is nothing to keep running",
                        "backup.timer", "is a timer, which has no process to keep running",
                        "vpn@.service",
                                "is a template; name one unit made from it, such as vpn@1.service");
        try (var agent = agent()) {
            var count = 0;
            for (var sentence : sentences.entrySet()) {
                var id = "box/unit%d.1".formatted(++count);
                assign(agent, Units.of(id, sentence.getKey()));
                assertThat(agent.awaitState(id, State.GIVEN_UP).reason())
                        .contains(sentence.getValue());
            }
            assertThat(systemd.commands()).isEmpty();
        }
    }

    @Test
    void saysThatItMayNotStartUnits() {
        systemd.unit(UNIT, SLEEPS);
        systemd.fault("denied", true);
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            assertThat(agent.awaitState(MAIL, State.GIVEN_UP).reason()).contains("Access denied");
        }
    }

    @Test
    void tellsOfAWatchedUnitThatIsNotThere() {
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, "nowhere.service").desired(Desired.WATCH));
            agent.await(MAIL, seen -> seen.reason().contains("there is no unit nowhere.service"));
        }
    }

    @Test
    void leavesUnitsAloneWhileSystemdIsAway() {
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            agent.awaitRunning(MAIL);
            systemd.fault("absent", true);
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem -> problem.contains("systemd does not answer")));
            assertThat(agent.seen(MAIL).orElseThrow().state()).isEqualTo(State.RUNNING);
            agent.restartAgent();
            assertThat(agent.await(MAIL, seen -> seen.reason().contains("does not answer")).state())
                    .isEqualTo(State.PENDING);
            systemd.fault("absent", false);
            agent.awaitRunning(MAIL);
            agent.awaitReport(report -> report.problems().isEmpty());
        }
    }

    @Test
    void aSystemctlThatHangsHoldsUpNothingElse() {
        running(SLEEPS, Map.of());
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            agent.awaitRunning(MAIL);
            systemd.fault("hang", true);
            agent.assign(
                    Map.of(),
                    List.of(
                            Units.of(MAIL, UNIT).build(),
                            Specs.shell(folder, "box/other.1", "exec sleep 600").build()));
            agent.awaitRunning("box/other.1");
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem -> problem.contains("did not end within 5s")));
            systemd.fault("hang", false);
            agent.awaitReport(report -> report.problems().isEmpty());
        }
    }

    @Test
    void losesAndDoublesNoLineOverRestartsOfTheAgentAndOfTheUnit() {
        var lines = 4_000;
        running("sh -c 'seq 1 %d; exec sleep 600'".formatted(lines), Map.of());
        try (var agent = agent()) {
            assign(agent, Units.of(MAIL, UNIT));
            agent.awaitRunning(MAIL);
            // What was there before comes with its last lines only.
            var first = Integer.parseInt(agent.lines(MAIL, 1).getFirst().text());
            for (var round = 0; round < 3; round++) {
                agent.restartAgent();
                agent.awaitRunning(MAIL);
            }
            Eventually.check(() -> assertThat(agent.lines(MAIL, 1).getLast().text()).isNotEmpty());
            var rest = lines - first + 1;
            agent.lines(MAIL, rest);
            assign(agent, Units.of(MAIL, UNIT).token("run-2"));
            var all = agent.lines(MAIL, rest + lines).stream().map(line -> line.text()).toList();
            assertThat(all)
                    .containsExactlyElementsOf(
                            IntStream.concat(
                                            IntStream.rangeClosed(first, lines),
                                            IntStream.rangeClosed(1, lines))
                                    .mapToObj(Integer::toString)
                                    .toList());
        }
    }
}
