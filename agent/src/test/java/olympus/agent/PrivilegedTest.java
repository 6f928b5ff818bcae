package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    @Test
    void goesOnSupervisingOnAFullDisk() throws IOException, InterruptedException {
        var disk = Files.createDirectory(folder.resolve("disk"));
        if (ROOT) {
            command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
        }
        try {
            supervisesOnAFullDisk(disk);
        } finally {
            if (ROOT) {
                command("umount", disk.toString());
            }
        }
    }

    private static void supervisesOnAFullDisk(Path disk) throws IOException {
        try (var agent = new RunningAgent(disk)) {
            agent.assign(Specs.shell(disk, "first/web.1", "echo begun; exec sleep 600"));
            var before = agent.awaitRunning("first/web.1");
            if (ROOT) {
                fill(disk.resolve("filler"));
            }

            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();

            var after =
                    agent.await(
                            "first/web.1",
                            seen -> seen.state() == State.RUNNING && seen.pid() != before.pid());
            agent.restartAgent();
            assertThat(agent.awaitRunning("first/web.1").pid()).isEqualTo(after.pid());
            Files.deleteIfExists(disk.resolve("filler"));
            ProcessHandle.of(after.pid()).orElseThrow().destroyForcibly();
            agent.await(
                    "first/web.1",
                    seen -> seen.state() == State.RUNNING && seen.pid() != after.pid());
            assertThat(agent.lines("first/web.1", 1)).isNotEmpty();
        }
    }

    private static void fill(Path file) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            var block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("space");
        }
    }

    private static void command(String... words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
    }
}
