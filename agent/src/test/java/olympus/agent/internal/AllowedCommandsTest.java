package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which commands a machine's own list lets through, and which ways around it there are not. */
final class AllowedCommandsTest {

    private static final int NOBODY = 65_534;

    @TempDir Path folder;

    private Path bin;
    private Path elsewhere;
    private Programs programs;
    private Path file;

    @BeforeEach
    void programs() throws IOException {
        bin = Files.createDirectories(folder.resolve("usr/bin")).toRealPath();
        elsewhere = Files.createDirectories(folder.resolve("tmp")).toRealPath();
        Files.createSymbolicLink(folder.resolve("bin"), bin);
        for (var name : List.of("uptime", "systemctl", "my tool")) {
            program(bin, name);
        }
        program(elsewhere, "uptime");
        programs = new Programs(List.of(bin));
        file = folder.resolve("fleet-exec.allow");
    }

    private static void program(Path directory, String name) throws IOException {
        Files.createFile(
                directory.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private MachineAllowance allowing(String... lines) throws IOException {
        Files.write(file, List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return new MachineAllowance(file, "mars", programs, Posix.effectiveUser());
    }

    private static void allows(MachineAllowance allowance, Path program, String... command) {
        assertThat(allowance.judge(List.of(command)))
                .as(String.join(" ", command))
                .isEqualTo(new MachineAllowance.Judgement.Allowed(program));
    }

    private static String refused(MachineAllowance allowance, String... command) {
        var judgement = allowance.judge(List.of(command));
        assertThat(judgement)
                .as(String.join(" ", command))
                .isInstanceOf(MachineAllowance.Judgement.Refused.class);
        return ((MachineAllowance.Judgement.Refused) judgement).reason();
    }

    @Test
    void withoutTheFileNothingIsAllowedAndTheSentenceSaysHowItWouldBe() {
        var allowance = new MachineAllowance(file, "mars", programs, Posix.effectiveUser());
        assertThat(refused(allowance, "uptime"))
                .isEqualTo(
                        "mars allows no commands: there is no file %s. To allow some, write them there, one on each line, e.g. uptime, or systemctl status *"
                                .formatted(file));
    }

    @Test
    void exactlyTheWordsOfALineAreAllowed() throws IOException {
        var allowance = allowing("# checks", "uptime", "systemctl is-active sshd  # and no other");
        allows(allowance, bin.resolve("uptime"), "uptime");
        allows(allowance, bin.resolve("systemctl"), "systemctl", "is-active", "sshd");
        assertThat(refused(allowance, "uptime", "-p")).contains("no line of", "is \"uptime -p\"");
        refused(allowance, "systemctl", "is-active");
        refused(allowance, "systemctl", "is-active", "sshd", "nginx");
        refused(allowance, "systemctl", "stop", "sshd");
    }

    @Test
    void anAsteriskAtTheEndStandsForAnyFurtherWordsAndNowhereElse() throws IOException {
        var allowance = allowing("systemctl status *", "uptime * now");
        allows(allowance, bin.resolve("systemctl"), "systemctl", "status");
        allows(allowance, bin.resolve("systemctl"), "systemctl", "status", "a", "b c");
        refused(allowance, "systemctl");
        refused(allowance, "systemctl", "stop", "status");
        refused(allowance, "systemctl", "statusx");
        refused(allowance, "uptime", "5", "now");
        allows(allowance, bin.resolve("uptime"), "uptime", "*", "now");
        allows(allowing("uptime '*'"), bin.resolve("uptime"), "uptime", "*");
        refused(allowing("uptime '*'"), "uptime", "x");
    }

    @Test
    void quotesAndBlanksMakeNoOtherCommandOfAWord() throws IOException {
        var allowance = allowing("systemctl status *", "'%s/my tool' \"a b\"".formatted(bin));
        refused(allowance, "systemctl status");
        refused(allowance, "systemctl", "'status'");
        refused(allowance, "systemctl", "\"status\"");
        refused(allowance, "systemctl", "status ");
        refused(allowance, "uptime;systemctl", "status");
        // No shell reads them: they are the words of one command.
        allows(
                allowance,
                bin.resolve("systemctl"),
                "systemctl",
                "status",
                ";",
                "$(reboot)",
                "`id`",
                "\n");
        allows(allowance, bin.resolve("my tool"), bin + "/my tool", "a b");
        refused(allowance, bin + "/my tool", "a", "b");
        refused(allowance, "");
        refused(allowance, "uptime\0", "x");
    }

    @Test
    void aProgramIsTheFileOfTheFixedDirectoriesAndNoOtherOfItsName() throws IOException {
        var allowance = allowing("uptime");
        allows(allowance, bin.resolve("uptime"), bin.resolve("uptime").toString());
        allows(allowance, bin.resolve("uptime"), folder.resolve("bin/uptime").toString());
        refused(allowance, elsewhere.resolve("uptime").toString());
        refused(allowance, "./uptime");
        refused(allowance, "bin/uptime");
        refused(allowance, bin + "/../bin/uptime");
        refused(allowance, bin + "/./uptime");
        refused(allowance, bin + "//uptime");
        refused(allowance, elsewhere + "/../usr/bin/uptime");
        refused(allowance, "..");
        assertThat(refused(allowance, "no-such-program"))
                .contains("is no program of mars that can be run", bin.toString());
        var path = allowing(elsewhere.resolve("uptime").toString());
        allows(path, elsewhere.resolve("uptime"), elsewhere.resolve("uptime").toString());
        refused(path, "uptime");
    }

    @Test
    void theAsteriskAloneAllowsEveryProgramOfTheMachine() throws IOException {
        var allowance = allowing("*");
        allows(allowance, bin.resolve("uptime"), "uptime", "-p");
        allows(allowance, elsewhere.resolve("uptime"), elsewhere.resolve("uptime").toString());
        refused(allowance, "../tmp/uptime");
        refused(allowance, "no-such-program");
    }

    @Test
    void oneLineThatIsNoneForbidsAll() throws IOException {
        assertThat(refused(allowing("uptime", "", "systemctl \"status"), "uptime"))
                .contains("cannot be relied on: line 3: the quote \" has no end");
        assertThat(refused(allowing("bin/uptime", "uptime"), "uptime"))
                .contains("line 1: \"bin/uptime\" names no program; expected a name such as");
        assertThatThrownBy(() -> AllowedCommands.parse("/usr/../bin/uptime"))
                .hasMessageContaining("line 1");
        refused(allowing(""), "uptime");
    }

    @Test
    void aFileThatOthersCouldHaveWrittenAllowsNothing() throws IOException {
        var allowance = allowing("uptime");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(refused(allowance, "uptime"))
                .contains("others than its owner may write it (rw-rw-r--); expected chmod go-w");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        allows(allowance, bin.resolve("uptime"), "uptime");
        var linked = folder.resolve("linked");
        Files.createSymbolicLink(linked, file);
        assertThat(refused(new MachineAllowance(linked, "mars", programs, NOBODY), "uptime"))
                .contains("it is no plain file");
    }

    @Test
    void theFileIsReadForEachCommandAnew() throws IOException {
        var allowance = allowing("uptime");
        allows(allowance, bin.resolve("uptime"), "uptime");
        Files.writeString(file, "systemctl\n");
        refused(allowance, "uptime");
        Files.delete(file);
        refused(allowance, "systemctl");
    }

    @Test
    void whatLooksLikeASecretIsNotTold() throws IOException {
        assertThat(refused(allowing("uptime"), "systemctl", "--password=hunter2"))
                .contains("--password=***")
                .doesNotContain("hunter2");
    }
}
