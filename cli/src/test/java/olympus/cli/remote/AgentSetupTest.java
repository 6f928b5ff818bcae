package olympus.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts do on a machine; programs of the test stand in for systemctl and journalctl. */
final class AgentSetupTest {

    private static final String OWN = "OLYMPUS_LOG_LEVEL=debug\n# mine\n";

    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void machine() throws IOException {
        file = folder.resolve("olympus-agent");
        program("systemctl", "echo \"$*\" >>%s/called".formatted(folder));
        program("journalctl", "echo no route to 10.0.0.1");
    }

    private void program(String name, String script) throws IOException {
        var path = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }

    private ShellRun run(String name, Map<String, String> more) throws Exception {
        var variables = new java.util.HashMap<>(more);
        variables.put("file", file.toString());
        return ShellRun.of(
                AgentSetup.script(name, variables),
                Map.of("PATH", folder + ":" + System.getenv("PATH")));
    }

    private ShellRun start() throws Exception {
        return run(
                "start.sh",
                Map.of("server", "https://[fd00::1]:7400", "token", "olympus-agent.A-_.B"));
    }

    private List<String> called() throws IOException {
        return Files.readAllLines(folder.resolve("called"));
    }

    @Test
    void startsTheUnitWithWhatLetsItInAndTakesThatOutAgain() throws Exception {
        Files.writeString(file, OWN + "OLYMPUS_AGENT_TOKEN=olympus-agent.OLD\n");

        start().mustSucceed();
        assertThat(Files.readString(file))
                .isEqualTo(
                        OWN
                                + "OLYMPUS_AGENT_SERVER=https://[fd00::1]:7400\nOLYMPUS_AGENT_TOKEN=olympus-agent.A-_.B\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(called()).containsExactly("enable --quiet --now olympus-agent");

        run("settle.sh", Map.of()).mustSucceed();
        assertThat(Files.readString(file)).isEqualTo(OWN);
    }

    @Test
    void startsWhereThereIsNoFileYet() throws Exception {
        start().mustSucceed();
        assertThat(Files.readString(file)).startsWith("OLYMPUS_AGENT_SERVER=");
        run("settle.sh", Map.of()).mustSucceed();
        assertThat(file).isEmptyFile();
    }

    @Test
    void undoTakesTokenAndUnitOutOfUseAndSaysWhatTheLogSaid() throws Exception {
        Files.writeString(file, OWN);
        start().mustSucceed();

        assertThat(run("undo.sh", Map.of()).mustSucceed()).contains("no route to 10.0.0.1");
        assertThat(Files.readString(file)).isEqualTo(OWN);
        assertThat(called()).contains("disable --quiet --now olympus-agent");
    }

    @Test
    void aUnitThatCannotBeTakenOutOfUseIsAFailureAndTheTokenGoesAllTheSame() throws Exception {
        start().mustSucceed();
        program("systemctl", "echo access denied >&2; exit 1");
        program("journalctl", "exit 1");

        var undone = run("undo.sh", Map.of());
        assertThat(undone.status()).isNotZero();
        assertThat(undone.output()).contains("access denied");
        assertThat(Files.readString(file)).doesNotContain("TOKEN");
    }

    @Test
    void aFileThatCannotBeWrittenIsLeftAsItIs() throws Exception {
        Files.writeString(file, OWN);
        program("grep", "exit 2");
        for (var script : List.of("settle.sh", "undo.sh")) {
            assertThat(run(script, Map.of()).status()).as(script).isNotZero();
            assertThat(Files.readString(file)).as(script).isEqualTo(OWN);
        }
        assertThat(start().status()).isNotZero();
        assertThat(Files.readString(file)).isEqualTo(OWN);
    }

    @Test
    void takesNothingThatCouldEndAWordOfTheShell() {
        for (var odd : List.of("a'b", "a b", "a\nb", "$(x)", "")) {
            assertThatThrownBy(() -> AgentSetup.script("start.sh", Map.of("token", odd)))
                    .isInstanceOf(RemoteFailure.class)
                    .hasMessageContaining("the token")
                    .hasMessageNotContaining("$(x)");
        }
    }
}
