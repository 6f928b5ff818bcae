package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import olympus.engine.OwnDocker;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Mount;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An engine that is slow, halted or cut off, and what it must not lead to. */
class ContainerEngineFaultsTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    @Test
    void makesAContainerOnceAlthoughTheEngineWasHaltedMeanwhile() {
        try (var agent = world.agent(folder)) {
            var running = Containers.sleeping("first/other.1");
            assign(agent, running);
            var pid = agent.awaitRunning("first/other.1").pid();
            world.engine().halt(true);
            try {
                assign(agent, running, Containers.sleeping(WEB));
                agent.awaitReport(report ->
                        report.problems().stream()
                                .anyMatch(problem -> problem.contains("engine does not answer")));
                var kept = agent.seen("first/other.1").orElseThrow();
                assertThat(kept.state()).isEqualTo(State.RUNNING);
                assertThat(kept.pid()).isEqualTo(pid);
            } finally {
                world.engine().halt(false);
            }
            agent.awaitRunning(WEB);
            agent.awaitReport(report -> report.problems().isEmpty());
            assertThat(names()).containsExactly("first-other-1", "first-web-1");
            assertThat(agent.seen("first/other.1").orElseThrow().pid()).isEqualTo(pid);
        }
    }

    private static List<String> names() {
        return world.command("ps", "-a", "--format", "{{.Names}}").lines().sorted().toList();
    }

    @Test
    void restartsOnceWhatDiedWhileTheEngineWasHalted() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB));
            var pid = agent.awaitRunning(WEB).pid();
            world.engine().halt(true);
            try {
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                Eventually.check(() -> assertThat(ProcessHandle.of(pid)).isEmpty());
            } finally {
                world.engine().halt(false);
            }
            var again =
                    agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(again.restarts()).isEqualTo(1);
            assertThat(names()).containsExactly("first-web-1");
        }
    }

    @Test
    void findsByComparingWhatNoEventToldOf() {
        try (var socket = new CutSocket(world.engine().address(), folder.resolve("cut"));
                var agent = new RunningAgent(folder.resolve("data"), socket.address())) {
            assign(agent, Containers.sleeping(WEB), Containers.sleeping("first/other.1"));
            var pid = agent.awaitRunning(WEB).pid();
            var other = agent.awaitRunning("first/other.1").pid();
            socket.cut();
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem -> problem.contains("engine does not answer")));
            world.command("kill", "first-web-1");
            world.command("rm", "-f", "first-other-1");
            socket.mend();
            assertThat(
                            agent.await(
                                            WEB,
                                            seen ->
                                                    seen.state() == State.RUNNING
                                                            && seen.pid() != pid)
                                    .restarts())
                    .isEqualTo(1);
            agent.await(
                    "first/other.1", seen -> seen.state() == State.RUNNING && seen.pid() != other);
        }
    }

    @Test
    void hearsOfACrashByTheEventAlone() {
        try (var socket = new CutSocket(world.engine().address(), folder.resolve("line"));
                var agent = new RunningAgent(folder.resolve("data"), socket.address())) {
            assign(
                    agent,
                    Containers.shell(
                            WEB, "trap 'exit 3' USR1; while :; do sleep 600 & wait $!; done"));
            agent.awaitRunning(WEB);
            // No look at the container and no end of its output can tell from now on.
            socket.onlyEvents(true);
            world.command("kill", "--signal", "USR1", "first-web-1");
            assertThat(agent.await(WEB, seen -> seen.lastExit().isPresent()).lastExit())
                    .hasValue(3);
            socket.onlyEvents(false);
            assertThat(
                            agent.await(
                                            WEB,
                                            seen ->
                                                    seen.state() == State.RUNNING
                                                            && seen.restarts() == 1)
                                    .restarts())
                    .isEqualTo(1);
        }
    }

    @Test
    void bearsAnEngineThatTakesSecondsForEachAnswer() {
        try (var socket = new CutSocket(world.engine().address(), folder.resolve("line"));
                var agent = new RunningAgent(folder.resolve("data"), socket.address())) {
            var web = Containers.sleeping(WEB).build();
            var other = Containers.sleeping("first/other.1").build();
            var process = Specs.shell(folder, "first/worker.1", "sleep 600").build();
            agent.assign(Map.of(), List.of(web, process));
            var before = agent.awaitRunning(WEB).pid();
            var worker = agent.awaitRunning("first/worker.1").pid();
            socket.slow(Duration.ofSeconds(2));

            world.command("kill", "first-web-1");
            agent.assign(Map.of(), List.of(web, other, process));
            agent.awaitState("first/other.1", State.STARTING);
            // What needs no engine is not held up by it.
            ProcessHandle.of(worker).orElseThrow().destroyForcibly();
            agent.await(
                    "first/worker.1",
                    seen -> seen.state() == State.RUNNING && seen.pid() != worker);
            assertThat(agent.seen("first/other.1").orElseThrow().state()).isEqualTo(State.STARTING);

            var again =
                    agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != before);
            assertThat(again.restarts()).isEqualTo(1);
            agent.awaitRunning("first/other.1");
            assertThat(names()).containsExactly("first-other-1", "first-web-1");
            agent.awaitReport(report -> report.problems().isEmpty());
            socket.slow(Duration.ZERO);
        }
    }

    @Test
    void waitsForANameThatTheEngineStillHolds() {
        try (var socket = new CutSocket(world.engine().address(), folder.resolve("line"));
                var agent = new RunningAgent(folder.resolve("data"), socket.address())) {
            socket.refuseAsInUse(3);
            assign(agent, Containers.sleeping(WEB).restart(Restart.ALWAYS, 1));
            agent.awaitRunning(WEB);
            assertThat(socket.refusalsLeft()).isZero();
            assertThat(names()).containsExactly("first-web-1");
        }
    }

    @Test
    void saysThatTheEngineIsTooSlowAndLeavesContainersAsTheyAre() {
        try (var socket = new CutSocket(world.engine().address(), folder.resolve("line"));
                var agent = new RunningAgent(folder.resolve("data"), socket.address())) {
            assign(agent, Containers.sleeping(WEB));
            var pid = agent.awaitRunning(WEB).pid();
            socket.onlyEvents(true);
            // Makes the agent look at it, for which it gets no answer in time.
            world.command("pause", "first-web-1");
            agent.awaitReport(report ->
                    report.problems().stream()
                            .anyMatch(problem -> problem.contains("engine does not answer")));
            assertThat(agent.seen(WEB).orElseThrow().state()).isEqualTo(State.RUNNING);
            world.command("unpause", "first-web-1");
            socket.onlyEvents(false);
            agent.awaitReport(report -> report.problems().isEmpty());
            var after = agent.awaitRunning(WEB);
            assertThat(after.pid()).isEqualTo(pid);
            assertThat(after.restarts()).isZero();
            assertThat(names()).containsExactly("first-web-1");
        } finally {
            unpause();
        }
    }

    private static void unpause() {
        if (!world.command("ps", "--quiet", "--filter", "status=paused").isEmpty()) {
            world.command("unpause", "first-web-1");
        }
    }

    @Test
    void takesARestartByAnotherHandAsItIs() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB));
            var before = agent.awaitRunning(WEB).pid();
            world.command("restart", "--time", "1", "first-web-1");
            var after =
                    agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != before);
            assertThat(ProcessHandle.of(after.pid())).isPresent();
            var run = world.run(Containers.sleeping(WEB));
            // The engine and the agent have not restarted it both.
            agent.awaitReport(report -> report.problems().isEmpty());
            assertThat(names()).containsExactly("first-web-1");
            assertThat(world.run(Containers.sleeping(WEB))).isEqualTo(run);
            assertThat(after.restarts()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void tellsOfAVolumeThatAnotherHandRemoved() {
        var data =
                new Mount.Named(Containers.volume("data"), "/data", false, false, Optional.empty());
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB).mount(data);
            assign(agent, spec);
            assertThat(agent.awaitRunning(WEB).reason()).doesNotContain("volume");
            assign(agent, spec.desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPED);
            world.command("rm", spec.name());
            world.command("volume", "rm", "first_data");
            assign(agent, spec.desired(Desired.RUN).token("run-2"));
            agent.await(
                    WEB,
                    seen ->
                            seen.state() == State.RUNNING
                                    && seen.reason()
                                            .contains(
                                                    "removed volume first_data: it was made anew and is empty"));
        }
    }

    @Test
    void stopsWhatStillPullsItsImage() throws IOException {
        // Accepts and never answers, like a registry behind a broken line.
        try (var registry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var agent = world.agent(folder)) {
            var image = "127.0.0.1:%d/slow:1".formatted(registry.getLocalPort());
            var spec = Containers.sleeping(WEB).image(image, Image.PullPolicy.ALWAYS);
            assign(agent, spec);
            agent.awaitState(WEB, State.STARTING);
            try (var asked = registry.accept()) {
                assertThat(asked.isConnected()).isTrue();
                assign(agent, spec.desired(Desired.STOP));
                agent.awaitState(WEB, State.STOPPED);
            }
            assertThat(names()).isEmpty();
        }
    }

    @Test
    void sharesTheNetworkOfAnotherServiceAlsoWhenThatIsMadeAnew() {
        try (var agent = world.agent(folder)) {
            var vpn = Containers.sleeping("first/vpn.1");
            var app = Containers.sleeping("first/app.1").networkMode("service:vpn");
            assign(agent, vpn);
            agent.awaitRunning("first/vpn.1");
            assign(agent, vpn, app);
            agent.awaitRunning("first/app.1");
            assertThat(sharedWith())
                    .isEqualTo("container:" + world.inspect("first-vpn-1", "{{.Id}}"));

            assign(agent, vpn.variable("VERSION", "two").token("run-2"), app);
            agent.await(
                    "first/vpn.1",
                    seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-2"));
            var pid = agent.seen("first/app.1").orElseThrow().pid();
            world.command("kill", "first-app-1");
            agent.await("first/app.1", seen -> seen.state() == State.RUNNING && seen.pid() != pid);
            assertThat(sharedWith())
                    .isEqualTo("container:" + world.inspect("first-vpn-1", "{{.Id}}"));
        }
    }

    private static String sharedWith() {
        return world.inspect("first-app-1", "{{.HostConfig.NetworkMode}}");
    }

    @Test
    void keepsThirtyContainersRunning() {
        keepsRunning(30, 10);
    }

    @Test
    @Tag("long")
    void keepsTwoHundredContainersRunning() {
        keepsRunning(200, 60);
    }

    private void keepsRunning(int count, int kills) {
        var specs =
                IntStream.rangeClosed(1, count)
                        .mapToObj(n ->
                                Containers.command("many/s%d.1".formatted(n), "sleep", "600")
                                        .networkMode("none"))
                        .toArray(Containers[]::new);
        try (var agent = world.agent(folder)) {
            var begun = System.nanoTime();
            assign(agent, specs);
            for (var spec : specs) {
                agent.awaitRunning("%s/%s.1".formatted(spec.project(), spec.service()));
            }
            System.out.printf(
                    "%d containers applied in %d ms%n",
                    count, (System.nanoTime() - begun) / 1_000_000);
            var killed = new ArrayList<>(List.of("kill"));
            IntStream.rangeClosed(1, kills).forEach(n -> killed.add("many-s%d-1".formatted(n)));
            world.command(killed.toArray(String[]::new));
            for (var n = 1; n <= kills; n++) {
                var id = "many/s%d.1".formatted(n);
                agent.await(id, seen -> seen.state() == State.RUNNING && seen.restarts() == 1);
            }
            assertThat(new TreeSet<>(names())).hasSize(count);
        }
    }
}
