package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import olympus.agent.Eventually;
import olympus.agent.RunningAgent;
import olympus.agent.Specs;
import olympus.model.stack.Dependency;
import olympus.model.stack.Probe;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent that no server speaks to does from its own disk. */
class AloneTest {

    private static final Duration OFTEN = Duration.ofMillis(200);

    @TempDir Path folder;

    @Test
    void keepsCountingRestartsOverItsOwnRestart() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600").attempts(3));
            killAndAwaitNext(agent);
            killAndAwaitNext(agent);

            agent.restartAgent();
            agent.awaitRunning("first/web.1");
            killAndAwaitNext(agent);
            kill(agent.awaitRunning("first/web.1").pid());

            assertThat(agent.awaitState("first/web.1", State.GIVEN_UP).reason())
                    .contains("given up after 3 restarts");
        }
    }

    @Test
    void startsWhatHasDiedInTheOrderOfDependencies() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            running(agent);
            agent.restartAgent(() -> killAll(agent));
            assertStartedInOrder(agent);
        }
    }

    @Test
    void startsInTheOrderOfDependenciesAfterAReboot() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            running(agent);
            agent.restartAgent(() -> {
                killAll(agent);
                forgetThisBoot();
            });
            assertStartedInOrder(agent);
        }
    }

    @Test
    void leavesAnInstanceAloneWhoseFolderCannotBeReadForNow() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var pid = agent.awaitRunning("first/web.1").pid();
            var runs = folder.resolve("agent/instances/first/web.1/runs");
            var aside = folder.resolve("aside");
            agent.restartAgent(() -> {
                try {
                    Files.move(runs, aside);
                    Files.createSymbolicLink(runs, runs.getFileName());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem ->
                                    problem.startsWith("cannot tell what runs of first/web.1")));
            assertThat(agent.seen("first/web.1")).isEmpty();

            Files.delete(runs);
            Files.move(aside, runs);

            assertThat(agent.awaitRunning("first/web.1").pid()).isEqualTo(pid);
            agent.awaitReport(report -> report.problems().isEmpty());
        }
    }

    @Test
    void startsNothingBesideAWorkerThatUsesTheWholeGraceOfTheRunBefore() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            // The main process ends at once, its worker not before it is killed.
            var spec =
                    Specs.shell(
                                    folder,
                                    "first/web.1",
                                    "sh -c 'trap \"\" TERM; echo $$ > worker.$PPID; while :; do sleep 0.1; done' & exec sleep 600")
                            .stop("SIGTERM", Duration.ofSeconds(12));
            agent.assign(spec);
            var before = agent.awaitRunning("first/web.1").pid();
            var file = folder.resolve("worker." + before);
            Eventually.check(() -> assertThat(file).isNotEmptyFile());
            var worker = Long.parseLong(Files.readString(file).strip());

            agent.assign(spec.token("run-2"));

            agent.await(
                    "first/web.1", seen -> seen.state() == State.RUNNING && seen.pid() != before);
            assertThat(ProcFs.stat(worker).filter(stat -> !stat.isZombie())).isEmpty();
        }
    }

    /** Three services whose names sort against their order. */
    private void running(RunningAgent agent) {
        agent.assign(
                slow("a", "0.3").dependsOn("b", Dependency.Condition.HEALTHY),
                slow("b", "0.3").dependsOn("c", Dependency.Condition.HEALTHY),
                slow("c", "0.3"));
        awaitHealthy(agent);
    }

    private static void awaitHealthy(RunningAgent agent) {
        for (var name : new String[] {"a", "b", "c"}) {
            agent.await("first/" + name + ".1", seen -> seen.health() == Health.PASSING);
        }
    }

    /** Tells when it starts and when it is ready. */
    private Specs slow(String name, String seconds) {
        return Specs.shell(
                        folder,
                        "first/" + name + ".1",
                        "echo start %1$s >> order; sleep %2$s; echo ready %1$s >> order; touch %1$s.ready; exec sleep 600"
                                .formatted(name, seconds))
                .probe(
                        new Probe.Target.Command(
                                java.util.List.of(
                                        "test", "-e", folder.resolve(name + ".ready").toString())),
                        OFTEN,
                        OFTEN,
                        1_000);
    }

    private void assertStartedInOrder(RunningAgent agent) throws IOException {
        awaitHealthy(agent);
        assertThat(Files.readAllLines(folder.resolve("order")))
                .containsExactly("start c", "ready c", "start b", "ready b", "start a", "ready a");
    }

    private void killAll(RunningAgent agent) {
        try {
            for (var name : new String[] {"a", "b", "c"}) {
                kill(agent.seenBefore("first/" + name + ".1").pid());
                Files.delete(folder.resolve(name + ".ready"));
            }
            Files.delete(folder.resolve("order"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is on disk, as if written before the machine was restarted. */
    private void forgetThisBoot() {
        var instances = folder.resolve("agent/instances");
        try (var files = Files.walk(instances)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                RecordFile.values(file)
                        .filter(values -> values.containsKey("boot_id"))
                        .ifPresent(values -> {
                            var earlier = new LinkedHashMap<>(values);
                            earlier.put("boot_id", "another-boot");
                            RecordFile.write(file, earlier);
                        });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void killAndAwaitNext(RunningAgent agent) {
        var before = agent.awaitRunning("first/web.1").pid();
        kill(before);
        agent.await("first/web.1", seen -> seen.state() == State.RUNNING && seen.pid() != before);
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Eventually.check(
                () -> assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty());
    }
}
