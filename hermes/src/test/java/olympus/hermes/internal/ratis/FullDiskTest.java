package olympus.hermes.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
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
        var said = disk.resolveSibling(disk.getFileName() + ".said");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        try {
            var ended = process.waitFor(120, TimeUnit.SECONDS);
            var output = Files.readString(said);
            assertThat(ended).as(output).isTrue();
            assertThat(output)
                    .contains(
                            "refused below the reserve",
                            "survived a full disk",
                            "started on a full disk",
                            "done");
            assertThat(process.exitValue()).as(output).isZero();
        } finally {
            process.destroyForcibly();
            Files.delete(said);
        }
    }
}
