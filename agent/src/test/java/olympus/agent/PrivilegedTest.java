package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only root may do; as another user, that the refusal is told. */
class PrivilegedTest {

    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    @TempDir Path folder;

    @Test
    void runsAsTheDeclaredUserOrSaysWhyNot() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(folder, "first/web.1", "id -un; exec sleep 600").user("nobody"));

            if (ROOT) {
                assertThat(agent.lines("first/web.1", 1).getFirst().text()).isEqualTo("nobody");
            } else {
                assertThat(agent.awaitState("first/web.1", State.GIVEN_UP).reason())
                        .contains("only root may switch users");
            }
        }
    }

    @Test
    void givesUpOnAnUnknownUser() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(Specs.of(folder, "first/web.1", "sleep", "600").user("nobody-knows"));

            assertThat(agent.awaitState("first/web.1", State.GIVEN_UP).reason())
                    .contains("there is no user \"nobody-knows\"");
        }
    }

    /** On a disk of 2 MB in a mount namespace of its own, which every user may have. */
    @Test
    void goesOnSupervisingOnAFullDisk() throws IOException, InterruptedException {
        var script = "mount -t tmpfs -o size=2m tmpfs \"$0\" && exec \"$@\"";
        var command =
                new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, folder.toString()));
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        FullDiskScenario.class.getName(),
                        folder.toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
            assertThat(output.lines())
                    .contains("the disk is full", "restarted and adopted on a full disk", "done");
            assertThat(process.exitValue()).as(output).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
