package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal of a unit by a program that prints what was recorded of journalctl. */
class JournalPumpTest {

    @TempDir Path folder;

    private Path program;

    @BeforeEach
    void program() throws IOException {
        program = folder.resolve("journalctl");
        Files.writeString(
                program,
                "#!/bin/sh\nfor word; do case $word in --lines=*) exit 0 ;; esac; done\nexec cat %s/journal\n"
                        .formatted(folder));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    private JournalPump copied(String... entries) throws Exception {
        Files.writeString(folder.resolve("journal"), String.join("\n", entries) + "\n");
        var run = new RunFolder(folder.resolve("run"));
        run.create("token", "marker", "boot");
        var pump = new JournalPump(program.toString(), "mail.service", run);
        assertThat(pump.copy()).hasValueSatisfying(why -> assertThat(why).contains("has ended"));
        return pump;
    }

    private static String entry(int number, String fields, int priority, String message) {
        return "{\"__CURSOR\":\"s=1;i=%d\",%s\"PRIORITY\":\"%d\",\"MESSAGE\":\"%s\"}"
                .formatted(number, fields, priority, message);
    }

    @Test
    void tellsTheLastErrorOfEachRunApart() throws Exception {
        var pump =
                copied(
                        entry(1, "\"_SYSTEMD_INVOCATION_ID\":\"a\",", 3, "first"),
                        entry(2, "\"_SYSTEMD_INVOCATION_ID\":\"a\",", 3, "last of a"),
                        entry(3, "\"_SYSTEMD_INVOCATION_ID\":\"b\",", 6, "no error"),
                        // systemd itself about the unit
                        entry(4, "\"INVOCATION_ID\":\"c\",", 3, "Failed with result exit-code."),
                        entry(5, "", 3, "of nobody knows which run"));
        assertThat(pump.lastErrorOf("a")).isEqualTo("last of a");
        assertThat(pump.lastErrorOf("b")).isEmpty();
        assertThat(pump.lastErrorOf("c")).isEqualTo("Failed with result exit-code.");
        assertThat(pump.lastErrorOf("")).isEmpty();
    }

    @Test
    void hidesPasswordsInWhatBecomesAReason() throws Exception {
        var pump =
                copied(
                        entry(
                                1,
                                "\"_SYSTEMD_INVOCATION_ID\":\"a\",",
                                3,
                                "cannot log in to ldap://reader:hunter2@dc DB_PASSWORD=hunter2"));
        assertThat(pump.lastErrorOf("a"))
                .isEqualTo("cannot log in to ldap://reader:***@dc DB_PASSWORD=***");
    }
}
