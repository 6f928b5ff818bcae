package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportCommandTest {

    @TempDir Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                folder.resolve("web.service"),
                "[Service]\nExecStart=/usr/bin/web\nSlice=x.slice\n");
        Files.writeString(folder.resolve("table"), "0 3 * * * root /usr/bin/save\n");
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(Map.of(), folder, arguments);
    }

    private String in(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void saysWhatItWroteAndWhatItDidNotCarryOver() {
        var run = run("import", "systemd", in("web.service"), "--out", in("shop"), "--as-process");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        "written: %s\nto look at (1):\n  not carried over: web.service:3: Slice=x.slice\n"
                                .formatted(in("shop/olympus.yaml")));
        assertThat(run("validate", in("shop")).exitCode()).isZero();
    }

    @Test
    void writesOverNothingAndSaysWhichFileIsThere() {
        assertThat(run("import", "cron", in("table"), "--out", in("jobs")).exitCode()).isZero();

        var again = run("import", "cron", in("table"), "--out", in("jobs"));

        assertThat(again.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(again.err()).contains(in("jobs/schedules.yaml") + " is there already");
    }

    @Test
    void wantsAToolAndAPlace() {
        assertThat(run("import").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("import", "cron", in("table")).err()).contains("--out");
        assertThat(run("import", "cron", in("nowhere"), "--out", in("x")).err())
                .contains("there is no file or folder");
    }
}
