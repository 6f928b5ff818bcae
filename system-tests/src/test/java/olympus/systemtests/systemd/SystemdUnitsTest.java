package olympus.systemtests.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SystemdUnitsTest {

    private static final Path UNITS =
            Path.of(
                    Objects.requireNonNull(System.getProperty("olympus.root")),
                    "packaging",
                    "systemd");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"olympus.service", "olympus-server.service", "olympus-agent.service"})
    void systemdFindsNothingWrongWithTheUnit(String unit) throws Exception {
        assertThat(verify(unit, Files.readString(UNITS.resolve(unit)))).isEmpty();
    }

    @Test
    void systemdWouldFindSomethingWrong() throws Exception {
        var text =
                Files.readString(UNITS.resolve("olympus.service"))
                        .replace("WatchdogSec=30s", "WatchdogSec=soon");
        assertThat(verify("olympus.service", text)).contains("Failed to parse");
    }

    @ParameterizedTest
    @ValueSource(strings = {"olympus.service", "olympus-server.service", "olympus-agent.service"})
    void instancesOutliveTheUnit(String unit) throws IOException {
        assertThat(Files.readAllLines(UNITS.resolve(unit)))
                .contains(
                        "KillMode=process",
                        "Delegate=yes",
                        "OOMPolicy=continue",
                        "Type=notify",
                        "WatchdogSec=30s");
    }

    /**
     * What systemd-analyze says about the unit, with the launcher replaced by a program that exists
     * here.
     */
    private String verify(String unit, String text) throws Exception {
        var launcher =
                Files.createFile(
                        folder.resolve("olympus"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwxr-xr-x")));
        var file = folder.resolve(unit);
        Files.writeString(file, text.replace("/usr/bin/olympus", launcher.toString()));
        var process =
                new ProcessBuilder(
                                "systemd-analyze",
                                "verify",
                                "--man=no",
                                "--recursive-errors=no",
                                file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out").toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("systemd-analyze ended").isTrue();
        return Files.readString(folder.resolve("out"));
    }
}
