package olympus.hermes.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk of 40 MB, in a mount namespace of its own, is filled by other programs and emptied again.
 */
final class FullDiskTest {

    @TempDir Path disk;

    @Test
    void refusesWritesKeepsEverythingAndReturnsByItself() throws Exception {
        var script = "mount -t tmpfs -o size=40m tmpfs \"$0\" && exec \"$@\"";
        var command =
                new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, disk.toString()));
        command.addAll(ChildJvm.command(FullDiskScenario.class, disk.toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
            assertThat(output)
                    .contains(
                            "refused below the reserve",
                            "survived a full disk",
                            "started on a full disk",
                            "done");
            assertThat(process.exitValue()).as(output).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
