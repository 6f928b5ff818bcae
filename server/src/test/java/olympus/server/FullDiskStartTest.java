package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A start on a disk that is full, in a mount namespace of its own, and what happens after. */
class FullDiskStartTest {

    @Test
    @Timeout(180)
    void supervisesTellsWhyAndAllComesUpByItselfOnceThereIsRoom(@TempDir Path disk)
            throws Exception {
        var script = "mount -t tmpfs -o size=160m tmpfs \"$0\" && exec \"$@\"";
        var command =
                new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, disk.toString()));
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        FullDiskStartScenario.class.getName(),
                        disk.toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
            assertThat(output)
                    .contains("supervised on a full disk", "all came up by itself", "done");
            assertThat(process.exitValue()).as(output).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
