package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import olympus.engine.OwnDocker;
import olympus.engine.TestEngine;
import olympus.model.stack.Probe;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Mount;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Containers through their life: made, taken over, replaced, watched, let go. */
class ContainerLifeTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    @Test
    void makesStartsEndsAndRemovesAContainerAsComposeWouldNameIt() {
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            var seen = agent.awaitRunning(WEB);
            assertThat(seen.driver()).isEqualTo("container");
            assertThat(world.inspect("first-web-1", "{{.State.Pid}}"))
                    .isEqualTo(Long.toString(seen.pid()));
            assertThat(world.inspect("first-web-1", "{{json .Config.Labels}}"))
                    .contains("\"com.docker.compose.project\":\"first\"")
                    .contains("\"com.docker.compose.service\":\"web\"")
                    .contains("\"com.docker.compose.oneoff\":\"False\"")
                    .contains("\"com.docker.compose.container-number\":\"1\"");
            assertThat(
                            world.inspect(
                                    "first-web-1",
                                    "{{json (index .NetworkSettings.Networks \"first_default\").Aliases}}"))
                    .contains("\"web\"")
                    .contains("\"first-web-1\"");
            assertThat(agent.lines(WEB, 1).getFirst().text()).isEqualTo("up");

            assign(agent, spec.desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPED);
            assertThat(world.inspect("first-web-1", "{{.State.Status}}")).isEqualTo("exited");

            assign(agent);
            Eventually.check(() -> assertThat(world.command("ps", "-aq")).isEmpty());
            Eventually.check(() ->
                    assertThat(world.command("network", "ls", "--format", "{{.Name}}"))
                            .doesNotContain("first_default"));
        }
    }

    @Test
    void takesWhatComposeMadeAsItIs() {
        var spec = Containers.sleeping(WEB);
        world.composed(spec);
        var before = world.run(spec);
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            Eventually.check(() ->
                    assertThat(world.inspect(spec.name(), "{{.HostConfig.RestartPolicy.Name}}"))
                            .isEqualTo("no"));
            agent.restartAgent();
            agent.awaitRunning(WEB);
            assertThat(world.run(spec)).isEqualTo(before);
            assertThat(agent.lines(WEB, 1).getFirst().text()).isEqualTo("composed");
        }
    }

    @Test
    void watchesWithoutTouchingAnything() {
        var spec = Containers.sleeping(WEB).desired(Desired.WATCH);
        world.composed(spec);
        var before = world.run(spec);
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            assertThat(world.inspect(spec.name(), "{{.HostConfig.RestartPolicy.Name}}"))
                    .isEqualTo("unless-stopped");

            world.command("stop", spec.name());
            var stopped = agent.awaitState(WEB, State.STOPPED);
            assertThat(stopped.reason()).isNotEmpty();

            world.command("start", spec.name());
            agent.awaitRunning(WEB);
            assertThat(world.run(spec)).isNotEqualTo(before).startsWith(before.substring(0, 64));

            var now = world.run(spec);
            assign(agent, spec.desired(Desired.RUN).token("run-2"));
            assign(agent, spec.desired(Desired.WATCH).token("run-2"));
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(world.run(spec)).startsWith(now.substring(0, 64));
        }
    }

    @Test
    void goesFromWatchingToManagingAndIsReleasedWithoutARestart() {
        var spec = Containers.sleeping(WEB).desired(Desired.WATCH).token("run-7");
        world.composed(spec);
        var before = world.run(spec);
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            assign(agent, spec.token("run-8"));
            agent.await(WEB, seen -> seen.runToken().equals("run-8"));

            assign(agent, spec.desired(Desired.RUN));
            Eventually.check(() ->
                    assertThat(world.inspect(spec.name(), "{{.HostConfig.RestartPolicy.Name}}"))
                            .isEqualTo("no"));
            agent.restartAgent();
            agent.awaitRunning(WEB);

            assign(agent, spec.desired(Desired.RELEASE));
            var released = agent.awaitState(WEB, State.STOPPED);
            assertThat(released.reason()).contains("released");
            Eventually.check(() ->
                    assertThat(world.inspect(spec.name(), "{{.HostConfig.RestartPolicy.Name}}"))
                            .isEqualTo("unless-stopped"));
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(world.run(spec)).isEqualTo(before);
        }
    }

    @Test
    void restartsTheSameContainerForANewRunOfTheSameDefinition() {
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            agent.awaitRunning(WEB);
            var before = world.run(spec);
            assign(agent, spec.token("run-2"));
            agent.await(
                    WEB, seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-2"));
            assertThat(world.run(spec)).isNotEqualTo(before).startsWith(before.substring(0, 64));
            assertThat(agent.lines(WEB, 2)).hasSize(2);
        }
    }

    @Test
    void makesAnotherContainerForAnotherDefinitionAndKeepsTheData() {
        var data =
                new Mount.Named(Containers.volume("data"), "/data", false, false, Optional.empty());
        var script =
                "trap 'exit 0' TERM; echo $VERSION >>/data/log; echo $VERSION >>/tmpdata/log;"
                        + " cat /data/log /tmpdata/log; while :; do sleep 600 & wait $!; done";
        try (var agent = world.agent(folder)) {
            var spec =
                    Containers.shell(WEB, script)
                            .mount(data)
                            .mount(new Mount.Anonymous("/tmpdata"))
                            .variable("VERSION", "one");
            assign(agent, spec);
            agent.awaitRunning(WEB);
            var before = world.run(spec);
            agent.lines(WEB, 2);
            assign(agent, spec.variable("VERSION", "two").token("run-2"));
            agent.await(
                    WEB, seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-2"));
            assertThat(world.run(spec)).doesNotStartWith(before.substring(0, 64));
            assertThat(agent.lines(WEB, 6).stream().map(line -> line.text()))
                    .containsExactly("one", "one", "one", "two", "one", "two");
            Eventually.check(() ->
                    assertThat(world.command("ps", "-a", "--format", "{{.Names}}"))
                            .isEqualTo("first-web-1"));
        }
    }

    @Test
    void keepsTheOldContainerRunningWhenTheNewOneCannotBeMade() {
        try (var agent = world.agent(folder)) {
            var spec = Containers.sleeping(WEB);
            assign(agent, spec);
            agent.awaitRunning(WEB);
            var before = world.run(spec);
            assign(agent, spec.image("nowhere:1", Image.PullPolicy.NEVER).token("run-2"));
            var kept = agent.await(WEB, seen -> seen.reason().contains("the old run goes on"));
            assertThat(kept.state()).isEqualTo(State.RUNNING);
            assertThat(kept.runToken()).isEqualTo("run-1");
            assertThat(kept.reason()).contains("nowhere:1");
            assertThat(world.run(spec)).isEqualTo(before);

            assign(agent, spec.image(TestEngine.IMAGE, Image.PullPolicy.MISSING).token("run-3"));
            agent.await(
                    WEB, seen -> seen.state() == State.RUNNING && seen.runToken().equals("run-3"));
        }
    }

    /** What waits for it to be healthy would start in that moment. */
    @Test
    void tellsAtNoMomentOfARunThatItHasNoHealthCheck() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.sleeping(WEB).health(Duration.ofMinutes(10), 2, "true"));
            agent.await(WEB, seen -> seen.health() == Health.STARTING);
            assertThat(agent.healthWhileRunning(WEB)).containsExactly(Health.STARTING);
        }
    }

    @Test
    void restartsWhatItsOwnHealthCheckCallsUnhealthy() {
        try (var agent = world.agent(folder)) {
            assign(
                    agent,
                    Containers.sleeping(WEB)
                            .health(Duration.ofMillis(200), 2, "test ! -e /tmp/broken"));
            var pid = agent.await(WEB, seen -> seen.health() == Health.PASSING).pid();
            world.command("exec", "first-web-1", "touch", "/tmp/broken");
            agent.await(WEB, seen -> seen.reason().contains("unhealthy"));
            agent.await(WEB, seen -> seen.state() == State.RUNNING && seen.pid() != pid);
        }
    }

    @Test
    void runsTheCommandOfAProbeInside() {
        try (var agent = world.agent(folder)) {
            assign(
                    agent,
                    Containers.sleeping(WEB)
                            .probe(
                                    new Probe.Target.Command(
                                            java.util.List.of("test", "-e", "/bin/busybox")),
                                    Duration.ofMillis(200)));
            agent.await(WEB, seen -> seen.health() == Health.PASSING);
        }
    }

    @Test
    void makesAnewWhatCouldNotBeStartedOnceItIsChanged() {
        try (var agent = world.agent(folder)) {
            assign(agent, Containers.command(WEB, "/no/such/program"));
            agent.awaitState(WEB, State.GIVEN_UP);
            assertThat(world.command("ps", "-aq")).isEmpty();

            assign(agent, Containers.sleeping(WEB).token("run-2"));
            agent.awaitRunning(WEB);
            assertThat(agent.lines(WEB, 1).getLast().text()).isEqualTo("up");
        }
    }

    @Test
    void goesBackToTheFormerContainerWhenItsSuccessorCannotBeStarted() {
        try (var agent = world.agent(folder)) {
            var good = Containers.sleeping(WEB);
            assign(agent, good);
            agent.awaitRunning(WEB);
            var former = world.inspect("first-web-1", "{{.Id}}");

            assign(agent, Containers.command(WEB, "/no/such/program").token("run-2"));
            agent.awaitState(WEB, State.GIVEN_UP);
            assertThat(world.inspect("first-web-1", "{{.Id}}")).isEqualTo(former);

            assign(agent, good.token("run-3"));
            agent.awaitRunning(WEB);
            assertThat(world.inspect("first-web-1", "{{.Id}}")).isEqualTo(former);
            assertThat(world.command("ps", "-aq").lines()).hasSize(1);
        }
    }
}
