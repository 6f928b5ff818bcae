package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.Poll;
import olympus.model.stack.Singleton;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must never run twice runs under a lease, which its guardian enforces without the agent. */
class SingletonTest {

    private static final String ID = "first/one.1";
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** What a busy machine may take on top. */
    private static final Duration SLACK = Duration.ofSeconds(4);

    @TempDir Path folder;

    @Test
    void startsOnlyWithALeaseAndKnowsItsFencingToken() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Map.of(), List.of(singleton("exec sleep 600")));

            assertThat(agent.awaitState(ID, State.PENDING).reason())
                    .contains("waits for its lease");

            agent.lease(LEASE);
            var pid = agent.awaitRunning(ID).pid();

            assertThat(fencingToken(pid)).isPositive();
            assertThat(guardians()).hasSize(1);
        }
    }

    @Test
    void goesOnForAsLongAsItIsRenewed() {
        try (var agent = leased("exec sleep 600")) {
            var pid = agent.awaitRunning(ID).pid();
            var end = System.nanoTime() + 3 * LEASE.toNanos() + GRACE.toNanos();

            while (System.nanoTime() - end < 0) {
                assertThat(isAlive(pid)).isTrue();
                Poll.within(Duration.ofMillis(200), Optional::empty);
            }

            assertThat(agent.awaitRunning(ID).pid()).isEqualTo(pid);
            assertThat(guardians()).hasSize(1);
        }
    }

    @Test
    void endsWithAllItHasBegunWhenNobodyRenewsItAndNoAgentIsThere() {
        // Asked to end it does not, and part of it has left its session.
        try (var agent =
                leased(
                        "trap '' TERM; setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & while :; do sleep 1; done")) {
            var pid = agent.awaitRunning(ID).pid();
            awaitTrue(SLACK, () -> marked(agent).size() >= 2);

            agent.restartAgent(() -> {
                awaitTrue(
                        LEASE.plus(GRACE).plus(SLACK),
                        () -> !isAlive(pid) && marked(agent).isEmpty());
                awaitTrue(SLACK, () -> guardians().isEmpty());
                agent.leaseNothing();
            });

            assertThat(agent.await(ID, seen -> seen.pid() == 0).reason())
                    .contains("waits for its lease");
        }
    }

    @Test
    void keepsItsPidWhenTheAgentIsBackInTime() {
        try (var agent = leased("exec sleep 600")) {
            var pid = agent.awaitRunning(ID).pid();

            agent.restartAgent();
            var end = System.nanoTime() + 2 * LEASE.toNanos();
            while (System.nanoTime() - end < 0) {
                assertThat(isAlive(pid)).isTrue();
                Poll.within(Duration.ofMillis(200), Optional::empty);
            }

            assertThat(agent.awaitRunning(ID).pid()).isEqualTo(pid);
            assertThat(guardians()).hasSize(1);
        }
    }

    @Test
    void getsAnotherGuardianWhenItsOwnIsKilled() {
        try (var agent = leased("exec sleep 600")) {
            var pid = agent.awaitRunning(ID).pid();
            var first = guardians().getFirst();

            first.destroyForcibly();
            awaitTrue(
                    LEASE.plus(SLACK),
                    () -> guardians().stream().anyMatch(it -> !it.equals(first)));
            assertThat(isAlive(pid)).isTrue();

            agent.leaseNothing();
            awaitTrue(LEASE.plus(GRACE).plus(SLACK), () -> !isAlive(pid));
        }
    }

    @Test
    void isNotStartedAgainWithoutALeaseAndWithAGreaterTokenAfterwards() {
        try (var agent = leased("exec sleep 600")) {
            var pid = agent.awaitRunning(ID).pid();
            var token = fencingToken(pid);

            agent.leaseNothing();
            var seen = agent.await(ID, it -> it.pid() != pid && it.state() != State.RUNNING);
            assertThat(seen.reason()).contains("its lease had run out");

            agent.lease(LEASE);
            assertThat(fencingToken(agent.awaitRunning(ID).pid())).isGreaterThan(token);
        }
    }

    private RunningAgent leased(String script) {
        var agent = new RunningAgent(folder);
        agent.lease(LEASE);
        agent.assign(Map.of(), List.of(singleton(script)));
        return agent;
    }

    private InstanceSpec singleton(String script) {
        var spec = Specs.shell(folder, ID, script).stop("SIGTERM", GRACE).build();
        return new InstanceSpec(
                spec.id(),
                spec.runToken(),
                spec.desired(),
                spec.desiredReason(),
                spec.definition()
                        .with(spec.definition().deploy().with(Optional.of(new Singleton(LEASE)))),
                spec.directory(),
                spec.ports());
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private List<ProcessHandle> guardians() {
        return ProcessHandle.allProcesses()
                .filter(it -> {
                    var words = it.info().arguments().map(List::of).orElse(List.of());
                    return words.contains("guard")
                            && words.stream().anyMatch(word -> word.startsWith(folder.toString()));
                })
                .toList();
    }

    /** What bears the mark of a run, its shim excepted. */
    private static List<ProcessHandle> marked(RunningAgent agent) {
        var mark = "OLYMPUS_RUN_ID=" + agent.node() + "/" + ID + "/";
        return ProcessHandle.allProcesses()
                .filter(it -> environment(it.pid()).stream().anyMatch(e -> e.startsWith(mark)))
                .filter(it ->
                        it.info().arguments().map(List::of).orElse(List.of()).stream()
                                .noneMatch("hold"::equals))
                .toList();
    }

    private static long fencingToken(long pid) {
        return environment(pid).stream()
                .filter(entry -> entry.startsWith("OLYMPUS_FENCING_TOKEN="))
                .map(entry -> Long.parseLong(entry.substring(entry.indexOf('=') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> environment(long pid) {
        try {
            var text =
                    Files.readString(
                            Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
            return Arrays.asList(text.split("\0"));
        } catch (IOException | UncheckedIOException gone) {
            return List.of();
        }
    }

    private static void awaitTrue(Duration within, java.util.function.BooleanSupplier condition) {
        assertThat(
                        Poll.within(
                                within,
                                () ->
                                        condition.getAsBoolean()
                                                ? Optional.of(true)
                                                : Optional.empty()))
                .as("in time")
                .isPresent();
    }
}
