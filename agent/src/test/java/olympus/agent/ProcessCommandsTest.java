package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import olympus.link.ExecRequest;
import olympus.link.TerminalSize;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.model.state.InstanceSpec.Desired;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that people run beside the processes of instances. */
class ProcessCommandsTest {

    private static final String WEB = "first/web.1";
    private static final SecretRef PASSWORD =
            new SecretRef(new StackName("first"), "PASSWORD", "0123456789abcdef");

    @TempDir Path data;
    @TempDir Path home;

    private RunningAgent agent;

    @BeforeEach
    void start() {
        agent = new RunningAgent(data);
    }

    @AfterEach
    void close() {
        agent.close();
    }

    private void run(Specs spec) {
        agent.assign(Map.of(PASSWORD, "s3cret"), List.of(spec.build()));
        agent.awaitRunning(WEB);
    }

    private Specs sleeping() {
        return Specs.shell(home, WEB, "exec sleep 600")
                .environment(
                        Map.of(
                                "LEVEL", new EnvironmentValue.Literal("info"),
                                "PASSWORD", new EnvironmentValue.Secret(PASSWORD)));
    }

    @Test
    void hasTheServicesDirectoryEnvironmentAndSecretsAndItsStreamsAreExact() throws Exception {
        run(sleeping());
        var bytes = new byte[300_000];
        new Random(5).nextBytes(bytes);
        var call =
                RecordedCall.of(
                                WEB,
                                "sh",
                                "-c",
                                "cat; echo \"$LEVEL $PASSWORD $OLYMPUS_SERVICE $(pwd)\" >&2; exit 3")
                        .say(bytes)
                        .endInput()
                        .on(agent);
        assertThat(call.exitCode()).isEqualTo(3);
        assertThat(call.outputBytes()).isEqualTo(bytes);
        assertThat(call.errors()).isEqualTo("info s3cret web %s\n".formatted(home));
    }

    @Test
    void takesAnotherDirectoryAndMoreVariables() throws Exception {
        run(sleeping());
        var request =
                new ExecRequest(
                        InstanceId.parse(WEB),
                        List.of("sh", "-c", "echo $LEVEL $MORE; pwd"),
                        Optional.empty(),
                        Optional.of("/"),
                        Map.of("LEVEL", "debug", "MORE", "x"),
                        false,
                        Optional.empty());
        var call = new RecordedCall(request).on(agent);
        assertThat(call.exitCode()).isZero();
        assertThat(call.output()).isEqualTo("debug x\n/\n");
    }

    @Test
    void endsWithTheCommandAlthoughSomethingInTheBackgroundKeepsItsOutput() throws Exception {
        run(sleeping());
        var call = RecordedCall.of(WEB, "sh", "-c", "sleep 30 & echo $!; exit 4").on(agent);
        assertThat(call.exitCode()).isEqualTo(4);
        ProcessHandle.of(Long.parseLong(call.output().strip()))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aTerminalHasItsSizeTakesKeysAndEndsWithCtrlC() throws Exception {
        run(sleeping());
        var script =
                "stty size; trap 'stty size; echo changed' WINCH; echo ready; while :; do sleep 0.1; done";
        var call =
                new RecordedCall(
                                RecordedCall.request(
                                        WEB,
                                        Optional.of(new TerminalSize(81, 25)),
                                        "sh",
                                        "-c",
                                        script))
                        .on(agent)
                        .awaitStart();
        Eventually.check(() -> assertThat(call.output()).isEqualTo("25 81\r\nready\r\n"));
        call.resizeTo(100, 40);
        Eventually.check(() -> assertThat(call.output()).endsWith("40 100\r\nchanged\r\n"));
        call.say(new byte[] {3});
        assertThat(call.exitCode()).isEqualTo(130);
    }

    @Test
    void nothingIsLeftWhenNobodyListensAnyMore() throws Exception {
        run(sleeping());
        var pids = home.resolve("pids");
        var script =
                "trap '' TERM; sleep 600 & echo $! $$ > %s; while :; do sleep 1; done"
                        .formatted(pids);
        var call = RecordedCall.of(WEB, "sh", "-c", script).on(agent).awaitStart();
        Eventually.check(() -> assertThat(pids).isNotEmptyFile());
        call.cancel();
        assertThat(call.exitCode()).isEqualTo(137);
        for (var pid : Files.readString(pids).strip().split(" ")) {
            Eventually.check(() -> assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty());
        }
        assertThat(agent.awaitRunning(WEB).restarts()).isZero();
    }

    @Test
    void isRefusedWithWordsWhereItCannotRun() {
        run(sleeping());
        assertThat(RecordedCall.of(WEB, "no-such-command").on(agent).failure())
                .contains("invalid: the executable \"no-such-command\" was not found in PATH=");
        assertThat(RecordedCall.of("first/web.2", "true").on(agent).failure())
                .isEqualTo("not-found: there is no instance first/web.2 on node mars");
        agent.assign(Map.of(), List.of(sleeping().desired(Desired.STOP).build()));
        agent.awaitState(WEB, olympus.model.state.InstanceObservation.State.STOPPED);
        assertThat(RecordedCall.of(WEB, "true").on(agent).failure())
                .contains("conflict: first/web.1 does not run (stopped: ")
                .contains("a command needs a running instance");
    }
}
