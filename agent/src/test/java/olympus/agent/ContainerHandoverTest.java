package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import olympus.engine.OwnDocker;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that are handed over and back while something is being done to them. */
class ContainerHandoverTest {

    private static final String WEB = "first/web.1";

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    /** Does not end when it is asked to, so that its end takes as long as the grace. */
    private static Containers stubborn(String version) {
        return Containers.shell(WEB, "trap '' TERM; echo up; while :; do sleep 1; done")
                .variable("VERSION", version);
    }

    private static String rule(Containers spec) {
        return world.inspect(spec.name(), "{{.HostConfig.RestartPolicy.Name}}");
    }

    private static void isTheOnlyOneAndNew(Containers spec) {
        Eventually.check(() ->
                assertThat(world.command("ps", "-a", "--format", "{{.Names}} {{.State}}"))
                        .isEqualTo("first-web-1 running"));
        assertThat(world.inspect(spec.name(), "{{json .Config.Env}}")).contains("VERSION=two");
        Eventually.check(() -> assertThat(rule(spec)).isEqualTo("unless-stopped"));
    }

    @Test
    void finishesAReplacementThatIsUnderWayBeforeItIsReleased() {
        try (var agent = world.agent(folder)) {
            assign(agent, stubborn("one"));
            agent.awaitRunning(WEB);
            var next = stubborn("two").token("run-2");
            assign(agent, next);
            agent.awaitState(WEB, State.STOPPING);
            assign(agent, next.desired(Desired.RELEASE));
            agent.await(WEB, seen -> seen.reason().contains("released"));
            isTheOnlyOneAndNew(next);
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            isTheOnlyOneAndNew(next);
        }
    }

    @Test
    void finishesAReplacementThatIsUnderWayBeforeItIsOnlyObserved() {
        try (var agent = world.agent(folder)) {
            assign(agent, stubborn("one"));
            agent.awaitRunning(WEB);
            var next = stubborn("two").token("run-2");
            assign(agent, next);
            agent.awaitState(WEB, State.STOPPING);
            assign(agent, next.desired(Desired.WATCH));
            agent.awaitRunning(WEB);
            isTheOnlyOneAndNew(next);
        }
    }

    @Test
    void leavesStoppedWhatWasStoppedByOrderBeforeItIsReleased() {
        try (var agent = world.agent(folder)) {
            var spec = stubborn("one");
            assign(agent, spec);
            agent.awaitRunning(WEB);
            assign(agent, spec.desired(Desired.STOP));
            agent.awaitState(WEB, State.STOPPING);
            assign(agent, spec.desired(Desired.RELEASE));
            agent.await(
                    WEB,
                    seen ->
                            seen.state() == State.STOPPED
                                    && world.inspect(spec.name(), "{{.State.Status}}")
                                            .equals("exited"));
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(world.inspect(spec.name(), "{{.State.Status}}")).isEqualTo("exited");
        }
    }

    @Test
    void leavesNoSuccessorBehindThatIsNotWantedAnyMore() {
        try (var agent = world.agent(folder)) {
            assign(agent, stubborn("one"));
            agent.awaitRunning(WEB);
            var before = world.run(stubborn("one"));
            world.engine().halt(true);
            assign(agent, stubborn("two").token("run-2"));
            assign(agent, stubborn("one").desired(Desired.WATCH));
            world.engine().halt(false);
            Eventually.check(() -> assertThat(rule(stubborn("one"))).isEqualTo("unless-stopped"));
            Eventually.check(() ->
                    assertThat(world.command("ps", "-a", "--format", "{{.Names}}"))
                            .isEqualTo("first-web-1"));
            assertThat(world.run(stubborn("one"))).isEqualTo(before);
        } finally {
            world.engine().halt(false);
        }
    }

    @Test
    void putsBackTheRestartPolicyThatItFound() {
        var spec = Containers.sleeping(WEB).desired(Desired.WATCH);
        world.composed(spec);
        world.command("update", "--restart", "always", spec.name());
        try (var agent = world.agent(folder)) {
            assign(agent, spec.desired(Desired.RUN));
            agent.awaitRunning(WEB);
            Eventually.check(() -> assertThat(rule(spec)).isEqualTo("no"));
            agent.restartAgent();
            agent.awaitRunning(WEB);

            assign(agent, spec.desired(Desired.WATCH));
            Eventually.check(() -> assertThat(rule(spec)).isEqualTo("always"));
            assign(agent, spec.desired(Desired.RUN));
            Eventually.check(() -> assertThat(rule(spec)).isEqualTo("no"));

            assign(agent, spec.desired(Desired.RELEASE));
            Eventually.check(() -> assertThat(rule(spec)).isEqualTo("always"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "unless-stopped", "on-failure", "on-failure:3", "no"})
    void givesWhatItMadeTheRestartPolicyThatIsDeclaredWordForWord(String word) {
        var spec = Containers.sleeping(WEB).restart(word);
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            Eventually.check(() -> assertThat(rule(spec)).isEqualTo("no"));
            assign(agent, spec.desired(Desired.RELEASE));
            Eventually.check(() -> assertThat(wholeRule(spec)).isEqualTo(word));
        }
    }

    @Test
    void givesBackTheRestartPolicyThatWasDeclaredLast() {
        var spec = Containers.sleeping(WEB).restart("unless-stopped");
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            var before = world.run(spec);
            assign(agent, spec.restart("always"));
            assign(agent, spec.desired(Desired.RELEASE));
            Eventually.check(() -> assertThat(wholeRule(spec)).isEqualTo("always"));
            assertThat(world.run(spec)).isEqualTo(before);
        }
    }

    private static String wholeRule(Containers spec) {
        return world.inspect(
                spec.name(),
                "{{.HostConfig.RestartPolicy.Name}}{{with .HostConfig.RestartPolicy.MaximumRetryCount}}:{{.}}{{end}}");
    }

    @Test
    void leavesTheRestartPolicyOfWhatItOnlyObserved() {
        var spec = Containers.sleeping(WEB).desired(Desired.WATCH);
        world.composed(spec);
        world.command("update", "--restart", "always", spec.name());
        try (var agent = world.agent(folder)) {
            assign(agent, spec);
            agent.awaitRunning(WEB);
            assign(agent, spec.desired(Desired.RELEASE));
            agent.await(WEB, seen -> seen.reason().contains("released"));
            assign(agent);
            agent.awaitReport(report -> report.instances().isEmpty());
            assertThat(rule(spec)).isEqualTo("always");
        }
    }
}
