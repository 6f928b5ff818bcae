package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.link.Pause;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy.Resources;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsTest {

    private static final long SIGUSR2 = 1L << 11;

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir Path folder;

    @Test
    void restartsAnInstanceWhoseHealthCheckHangs() throws IOException {
        try (var agent = new RunningAgent(folder);
                var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var url = "http://127.0.0.1:" + silent.getLocalPort() + "/health";
            agent.assign(
                    Specs.of(folder, "first/hang.1", "sleep", "600")
                            .probe(new Probe.Target.Http(url), SECOND, SECOND, 2));
            var before = agent.awaitRunning("first/hang.1");
            var begun = System.nanoTime();

            var after =
                    agent.await(
                            "first/hang.1",
                            seen -> seen.state() == State.RUNNING && seen.pid() != before.pid());

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(4));
            assertThat(after.restarts()).isEqualTo(1);
            assertThat(agent.awaitEvent(event -> event.action().equals("restart")).why())
                    .contains("unhealthy: 2 probes failed in a row", "no answer within 1s");
        }
    }

    @Test
    void asksOverTcpAndByCommand() throws IOException {
        try (var agent = new RunningAgent(folder);
                var open = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            agent.assign(
                    Specs.of(folder, "first/tcp.1", "sleep", "600")
                            .probe(
                                    new Probe.Target.Tcp(":" + open.getLocalPort()),
                                    SECOND,
                                    SECOND,
                                    2),
                    Specs.of(folder, "first/command.1", "sleep", "600")
                            .probe(
                                    new Probe.Target.Command(
                                            List.of(
                                                    "/bin/sh",
                                                    "-c",
                                                    "test \"$OLYMPUS_INSTANCE\" = first/command.1")),
                                    SECOND,
                                    Duration.ofSeconds(5),
                                    2));

            agent.await("first/tcp.1", seen -> seen.health() == Health.PASSING);
            agent.await("first/command.1", seen -> seen.health() == Health.PASSING);
        }
    }

    @Test
    void givesUpAfterTheAttemptsAndSaysWithWhatItEnded() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(folder, "first/crash.1", "echo no database >&2; exit 3")
                            .attempts(2));

            var seen = agent.awaitState("first/crash.1", State.GIVEN_UP);

            assertThat(seen.restarts()).isEqualTo(2);
            assertThat(seen.lastExit()).contains(3);
            assertThat(seen.reason())
                    .contains(
                            "exited with 3", "no database", "given up after 2 restarts within 30s");
        }
    }

    @Test
    void doesNotTryAgainAfterAnAgentRestartWhatWasGivenUpOrCompleted() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(folder, "first/crash.1", "exit 3").attempts(0),
                    Specs.shell(folder, "first/job.1", "echo done").restart(Restart.ON_FAILURE));
            agent.awaitState("first/crash.1", State.GIVEN_UP);
            agent.awaitState("first/job.1", State.COMPLETED);

            agent.restartAgent();

            agent.awaitState("first/crash.1", State.GIVEN_UP);
            agent.awaitState("first/job.1", State.COMPLETED);
            assertThat(agent.lines("first/job.1", 1)).hasSize(1);
        }
    }

    @Test
    void saysWhoHoldsAPort() throws IOException {
        try (var agent = new RunningAgent(folder);
                var foreign = new ServerSocket(0)) {
            agent.assign(
                    Specs.of(folder, "first/web.1", "sleep", "600")
                            .port(foreign.getLocalPort())
                            .attempts(1));

            assertThat(agent.awaitState("first/web.1", State.GIVEN_UP).reason())
                    .contains(
                            "port %d is held by process %d (java)"
                                    .formatted(
                                            foreign.getLocalPort(), ProcessHandle.current().pid()));
        }
    }

    @Test
    void leavesNothingOfADaemonizingInstance() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(
                            folder,
                            "first/daemon.1",
                            "setsid sh -c 'echo $$ > daemon.pid; trap \"\" TERM; sleep 600; :' & sleep 600"));
            agent.awaitRunning("first/daemon.1");
            var pidFile = folder.resolve("daemon.pid");
            Eventually.check(() -> assertThat(pidFile).isNotEmptyFile());
            var daemon = Long.parseLong(Files.readString(pidFile).strip());
            assertThat(ProcessHandle.of(daemon)).isPresent();

            agent.assign();

            agent.awaitReport(report -> report.instances().isEmpty());
            Eventually.check(() -> assertThat(ProcessHandle.of(daemon)).isEmpty());
        }
    }

    @Test
    void sendsTheDeclaredSignalAndKillsAfterTheGrace() {
        try (var agent = new RunningAgent(folder)) {
            var polite =
                    Specs.shell(
                            folder,
                            "first/polite.1",
                            "trap 'exit 7' INT; while :; do sleep 0.05; done");
            var stubborn =
                    Specs.shell(
                                    folder,
                                    "first/stubborn.1",
                                    "trap '' TERM; while :; do sleep 0.05; done")
                            .stop("SIGTERM", Duration.ofMillis(300));
            agent.assign(polite.stop("SIGINT", Duration.ofSeconds(10)), stubborn);
            agent.awaitRunning("first/polite.1");
            agent.awaitRunning("first/stubborn.1");

            agent.assign(
                    polite.stop("SIGINT", Duration.ofSeconds(10)).desired(Desired.STOP),
                    stubborn.desired(Desired.STOP));

            assertThat(agent.awaitState("first/polite.1", State.STOPPED).lastExit()).contains(7);
            assertThat(agent.awaitState("first/stubborn.1", State.STOPPED).lastExit())
                    .contains(137);
        }
    }

    @Test
    void givesAnInstanceTheDefaultOfASignalThatOlympusItselfIgnores() throws Exception {
        ignore("USR2");
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var pid = agent.awaitRunning("first/web.1").pid();

            assertThat(ignoredBy(ProcessHandle.current().pid()) & SIGUSR2).isNotZero();
            assertThat(ignoredBy(pid) & SIGUSR2).isZero();
        }
    }

    /** By reflection: the compiler warns of this package and cannot be told not to. */
    private static void ignore(String name) throws ReflectiveOperationException {
        var handler = Class.forName("sun.misc.SignalHandler");
        var signal = Class.forName("sun.misc.Signal");
        signal.getMethod("handle", signal, handler)
                .invoke(
                        null,
                        signal.getConstructor(String.class).newInstance(name),
                        handler.getField("SIG_IGN").get(null));
    }

    private static long ignoredBy(long pid) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> line.substring(7).strip())
                    .mapToLong(mask -> Long.parseUnsignedLong(mask, 16))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void keepsTheProcessWhenItsShimIsKilledAndRestartsItWhenItDiesLater() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var before = agent.awaitRunning("first/web.1");
            var shim =
                    Long.parseLong(
                            Files.readString(
                                            folder.resolve(
                                                    "agent/instances/first/web.1/runs/1/shim"))
                                    .split(" ")[0]);

            ProcessHandle.of(shim).orElseThrow().destroyForcibly();

            var kept =
                    agent.await("first/web.1", seen -> seen.reason().contains("shim was killed"));
            assertThat(kept.pid()).isEqualTo(before.pid());
            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
            agent.await(
                    "first/web.1",
                    seen -> seen.state() == State.RUNNING && seen.pid() != before.pid());
        }
    }

    @Test
    void startsNothingWhilePausedAlsoAfterAnAgentRestart() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            var before = agent.awaitRunning("first/web.1");
            agent.agent()
                    .pause(new Pause(true, Optional.of(new StackName("first")), "maintenance"));
            agent.awaitReport(report -> report.paused().isPresent());

            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();

            agent.await(
                    "first/web.1",
                    seen ->
                            seen.state() == State.BACKOFF
                                    && seen.reason().contains("paused: maintenance"));
            agent.restartAgent();
            agent.awaitReport(report -> report.paused().isPresent());
            assertThat(agent.seen("first/web.1").map(InstanceObservation::state))
                    .isNotEqualTo(Optional.of(State.RUNNING));
            agent.agent().pause(new Pause(false, Optional.of(new StackName("first")), "done"));
            agent.awaitRunning("first/web.1");
        }
    }

    @Test
    void refusesAnOlderAssignmentAndOneForAnotherNode() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            agent.awaitRunning("first/web.1");

            agent.agent()
                    .assign(
                            new olympus.model.state.Assignment(
                                    agent.node(),
                                    olympus.model.state.Assignment.Stamp.NONE,
                                    List.of(),
                                    List.of()),
                            Map.of());

            Eventually.check(() ->
                    assertThat(agent.refusals())
                            .singleElement()
                            .asString()
                            .contains("is older than"));
            assertThat(agent.awaitRunning("first/web.1").state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void putsBackAnAssignmentFileThatAnotherHandChanged() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600"));
            agent.awaitRunning("first/web.1");
            var file = folder.resolve("agent/assignment.json");
            var good = Files.readString(file);

            Files.writeString(file, "{}");
            agent.awaitEvent(event -> event.action().equals("restore the assignment file"));
            assertThat(file).hasContent(good);

            agent.agent().close();
            Files.writeString(file, good.replace("sleep", "false"));
            agent.restartAgent();
            agent.awaitEvent(event -> event.why().contains("restored from the copy"));
            assertThat(file).hasContent(good);
        }
    }

    @Test
    void adoptsAlsoWhenTheRunsFilesAreDamaged() throws IOException {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.of(folder, "first/a.1", "sleep", "600"),
                    Specs.of(folder, "first/b.1", "sleep", "600"),
                    Specs.of(folder, "first/c.1", "sleep", "600"));
            var a = agent.awaitRunning("first/a.1").pid();
            var b = agent.awaitRunning("first/b.1").pid();
            var c = agent.awaitRunning("first/c.1").pid();
            agent.agent().close();
            var instances = folder.resolve("agent/instances/first");
            Files.writeString(instances.resolve("a.1/runs/1/child"), "garbage");
            Files.writeString(instances.resolve("b.1/instance"), "garbage");
            Files.writeString(instances.resolve("c.1/runs/1/intent"), "garbage");

            agent.restartAgent();

            assertThat(agent.awaitRunning("first/a.1").pid()).isEqualTo(a);
            assertThat(agent.awaitRunning("first/b.1").pid()).isEqualTo(b);
            assertThat(agent.awaitRunning("first/c.1").pid()).isEqualTo(c);
        }
    }

    @Test
    void holdsTheBrakeWhenManyFailAtOnce() throws IOException {
        var flag = folder.resolve("healthy");
        Files.createFile(flag);
        var specs =
                java.util.stream.IntStream.rangeClosed(1, 6)
                        .mapToObj(n ->
                                Specs.of(folder, "first/web." + n, "sleep", "600")
                                        .probe(
                                                new Probe.Target.Command(
                                                        List.of("test", "-e", flag.toString())),
                                                Duration.ofMillis(300),
                                                Duration.ofSeconds(10),
                                                3))
                        .toArray(Specs[]::new);
        try (var agent = new RunningAgent(folder)) {
            agent.assign(specs);
            for (var n = 1; n <= 6; n++) {
                agent.await("first/web." + n, seen -> seen.health() == Health.PASSING);
            }

            Files.delete(flag);

            agent.awaitReport(report ->
                    report.brake().isPresent()
                            && report.instances().stream()
                                    .allMatch(seen -> seen.health() == Health.FAILING));
            assertThat(agent.events()).noneMatch(event -> event.action().equals("restart"));
            Files.createFile(flag);
            agent.awaitReport(report ->
                    report.brake().isEmpty()
                            && report.instances().stream()
                                    .allMatch(seen -> seen.health() == Health.PASSING));
            assertThat(agent.events()).noneMatch(event -> event.action().equals("restart"));
        }
    }

    @Test
    void keepsSecretsOffTheDiskAndHandsThemToTheInstanceAlsoAfterARestart() throws IOException {
        var ref = new SecretRef(new StackName("first"), "password", "0123456789abcdef");
        var clear = "correct-horse-battery";
        try (var agent = new RunningAgent(folder.resolve("data"))) {
            agent.assign(
                    Map.of(ref, clear),
                    Specs.shell(
                                    folder,
                                    "first/web.1",
                                    "test \"$PASSWORD\" = correct-horse-battery && echo same; exec sleep 600")
                            .environment(Map.of("PASSWORD", new EnvironmentValue.Secret(ref))));
            var before = agent.awaitRunning("first/web.1");
            agent.lines("first/web.1", 1);
            agent.restartAgent();
            agent.awaitRunning("first/web.1");

            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();

            assertThat(agent.lines("first/web.1", 2)).hasSize(2);
            var command = "battery && echo same";
            try (var files = Files.walk(folder.resolve("data"))) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    var text =
                            Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)
                                    .replace(clear + " && echo", command);
                    assertThat(text).as(file.toString()).doesNotContain(clear);
                }
            }
        }
    }

    @Test
    void limitsMemoryAndSaysThatTheLimitWasReached() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(
                                    folder,
                                    "first/eater.1",
                                    "exec dd if=/dev/zero of=/dev/null bs=200M count=1")
                            .resources(
                                    new Resources(
                                            Optional.empty(),
                                            Optional.of(20L << 20),
                                            Optional.of(50)))
                            .attempts(0));

            var seen = agent.awaitState("first/eater.1", State.GIVEN_UP);

            var byGroup =
                    agent.awaitReport(any -> true).problems().stream()
                            .noneMatch(it -> it.contains("memory"));
            assertThat(seen.reason())
                    .contains(
                            byGroup
                                    ? "reached its memory limit of 20971520 bytes"
                                    : "memory exhausted");
        }
    }

    @Test
    void startsInDependencyOrderWithoutAServer() {
        try (var agent = new RunningAgent(folder)) {
            var base = Specs.of(folder, "first/base.1", "sleep", "600");
            var top =
                    Specs.of(folder, "first/top.1", "sleep", "600")
                            .dependsOn("base", Dependency.Condition.STARTED);
            agent.assign(top, base);
            agent.awaitRunning("first/top.1");
            assertThat(agent.agent().stopAllInstances(RunningAgent.DEADLINE)).isEmpty();
            agent.awaitEvent(event ->
                    event.action().equals("stop")
                            && event.instance()
                                    .equals(Optional.of(InstanceId.parse("first/base.1"))));
            var stops =
                    agent.events().stream()
                            .filter(event -> event.action().equals("stop"))
                            .map(event -> event.instance().orElseThrow().toString())
                            .toList();
            assertThat(stops).containsExactly("first/top.1", "first/base.1");
        }
        try (var again = new RunningAgent(folder)) {
            again.awaitRunning("first/top.1");
            assertThat(again.seen("first/base.1").map(InstanceObservation::state))
                    .contains(State.RUNNING);
        }
    }

    @Test
    void whatIsOrderedWhileAllInstancesEndIsForTheNextStart() {
        var first = Specs.of(folder, "first/web.1", "sleep", "600");
        var second = Specs.of(folder, "first/web.2", "sleep", "600");
        try (var agent = new RunningAgent(folder)) {
            agent.assign(first);
            agent.awaitRunning("first/web.1");
            assertThat(agent.agent().stopAllInstances(RunningAgent.DEADLINE)).isEmpty();

            agent.assign(first, second); // as by a leader that has just begun

            agent.awaitState("first/web.2", State.STOPPED);
            agent.awaitState("first/web.1", State.STOPPED);
        }
        try (var again = new RunningAgent(folder)) {
            again.awaitRunning("first/web.1");
            again.awaitRunning("first/web.2");
        }
    }
}
