package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import olympus.link.ExecRequest;
import olympus.link.ExecTarget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that others run on the machine itself, with real processes. */
class MachineCommandsTest {

    private static final ExecTarget.Machine MACHINE =
            new ExecTarget.Machine("ana from 192.0.2.7", Duration.ofSeconds(30), 1 << 20);

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

    private void allow(String... lines) throws IOException {
        var file = data.resolve("fleet-exec.allow");
        Files.write(file, List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private RecordedCall run(ExecTarget.Machine machine, String... command) {
        return new RecordedCall(ExecRequest.on(machine, List.of(command))).on(agent);
    }

    private String log() throws IOException {
        return Files.readString(data.resolve("agent/fleet-exec.log"));
    }

    @Test
    void nothingRunsUnlessTheMachineAllowsItAndTheMachineRemembersWhoTried() throws Exception {
        var witness = home.resolve("witness");
        var refused = run(MACHINE, "touch", witness.toString());
        assertThat(refused.failure())
                .startsWith(
                        "forbidden: mars allows no commands: there is no file %s"
                                .formatted(data.resolve("fleet-exec.allow")));
        allow("touch /elsewhere");
        assertThat(run(MACHINE, "touch", witness.toString()).failure())
                .startsWith("forbidden: mars does not allow the command");
        assertThat(witness).doesNotExist();
        assertThat(log().lines())
                .hasSize(2)
                .allSatisfy(line ->
                        assertThat(line)
                                .contains("ana from 192.0.2.7: refused (mars ")
                                .endsWith(": touch " + witness));
    }

    @Test
    void runsWhatIsAllowedWithoutAShellAndWritesItDown() throws Exception {
        allow("sh -c *", "echo *");
        var echo = run(MACHINE, "echo", "$HOME", ";", "id");
        assertThat(echo.exitCode()).isZero();
        assertThat(echo.output()).isEqualTo("$HOME ; id\n");
        var shell = run(MACHINE, "sh", "-c", "echo out; echo err >&2; exit 7", "--token=hunter2");
        assertThat(shell.exitCode()).isEqualTo(7);
        assertThat(shell.output()).isEqualTo("out\n");
        assertThat(shell.errors()).isEqualTo("err\n");
        assertThat(log())
                .containsPattern(
                        "#([0-9a-f]{8}) ana from 192.0.2.7: allowed: echo [^\n]*\n[^\n]* #\\1 ana from 192.0.2.7: exited with 0: echo ")
                .containsPattern("#[0-9a-f]{8} ana from 192.0.2.7: exited with 7: sh -c ")
                .doesNotContain("hunter2");
        assertThat(Files.getPosixFilePermissions(data.resolve("agent/fleet-exec.log")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void theEnvironmentIsTheSameWhateverTheAgentHas() throws Exception {
        allow("env", "pwd");
        var call = run(MACHINE, "env");
        assertThat(call.exitCode()).isZero();
        var names = new TreeSet<String>();
        call.output().lines().forEach(line -> names.add(line.substring(0, line.indexOf('='))));
        assertThat(names)
                .contains("PATH", "HOME")
                .isSubsetOf("PATH", "HOME", "USER", "LANG", "OLYMPUS_RUN_ID", "_", "PWD", "SHLVL");
        assertThat(call.output())
                .contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
        assertThat(run(MACHINE, "pwd"))
                .satisfies(pwd -> {
                    assertThat(pwd.exitCode()).isZero();
                    assertThat(pwd.output()).isEqualTo("/\n");
                });
    }

    @Test
    void nothingIsLeftAfterTheDeadline() throws Exception {
        allow("*");
        var pids = home.resolve("pids");
        var script =
                "trap '' TERM; setsid sleep 600 & echo $! $$ > %1$s; (setsid sh -c 'echo $$ >> %1$s; exec sleep 600' &); while :; do sleep 1; done"
                        .formatted(pids);
        var machine = new ExecTarget.Machine("ana", Duration.ofSeconds(2), 1 << 20);
        var call = run(machine, "sh", "-c", script);
        assertThat(call.failure()).isEqualTo("unavailable: it was ended at its deadline of 2s");
        assertGone(pids, 3);
        assertThat(log()).contains("it was ended at its deadline of 2s: sh -c ");
    }

    @Test
    void nothingIsLeftWhenWhoeverAskedIsGone() throws Exception {
        allow("*");
        var pids = home.resolve("pids");
        var call =
                run(MACHINE, "sh", "-c", "sleep 600 & echo $! $$ > %s; wait".formatted(pids))
                        .awaitStart();
        Eventually.check(() -> assertThat(pids).isNotEmptyFile());
        call.cancel();
        assertThat(call.failure()).contains("whoever asked is gone");
        assertGone(pids, 2);
    }

    @Test
    void nothingIsLeftWhenTheAgentEnds() throws Exception {
        allow("*");
        var pids = home.resolve("pids");
        var script =
                "trap '' TERM; setsid sleep 600 & echo $! $$ > %s; while :; do sleep 1; done"
                        .formatted(pids);
        run(MACHINE, "sh", "-c", script).awaitStart();
        Eventually.check(() -> assertThat(pids).isNotEmptyFile());

        agent.restartAgent(() -> assertThat(alive(pids)).as("when it has ended").isEmpty());

        assertThat(log()).contains("it was ended: the agent is ending: sh -c ");
    }

    @Test
    void whatAnAgentThatWasKilledLeftIsEndedByTheNext() throws Exception {
        var mark = "fleet-exec-%s-%s".formatted(agent.node(), UUID.randomUUID());
        var left = marked(mark);
        var other = marked("fleet-exec-%s-1".formatted(UUID.randomUUID()));
        try {
            agent.restartAgent();
            assertThat(left.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(other.isAlive()).as("another agent's").isTrue();
        } finally {
            left.destroyForcibly();
            other.destroyForcibly();
        }
    }

    private static Process marked(String mark) throws IOException {
        var builder = new ProcessBuilder("sleep", "600");
        builder.environment().put("OLYMPUS_RUN_ID", mark);
        return builder.start();
    }

    /** Of these, those that are more than an entry that waits for their parent. */
    private static List<String> alive(Path pids) {
        try {
            return Stream.of(Files.readString(pids).strip().split("\\s+"))
                    .filter(pid -> !commandLine(pid).isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandLine(String pid) {
        try {
            return Files.readString(Path.of("/proc", pid, "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    private static void assertGone(Path pids, int count) throws IOException {
        var all = Files.readString(pids).strip().split("\\s+");
        assertThat(all).hasSize(count);
        for (var pid : all) {
            Eventually.check(() -> assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty());
        }
    }

    @Test
    void noMoreOutputThanIsWantedIsSentAndTheCommandGoesOn() throws Exception {
        allow("*");
        var machine = new ExecTarget.Machine("ana", Duration.ofSeconds(30), 1_000);
        var call =
                run(
                        machine,
                        "sh",
                        "-c",
                        "head -c 900 /dev/zero; head -c 3000000 /dev/zero >&2; exit 5");
        assertThat(call.exitCode()).isEqualTo(5);
        assertThat(call.outputBytes().length + call.errors().length()).isEqualTo(1_000);
    }
}
