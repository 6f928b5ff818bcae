package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import olympus.model.state.InstanceObservation.State;

/**
 * Supervision on a disk that is filled by another program: a process of its own, because the disk
 * exists only in its mount namespace. Says {@code done} at the end.
 */
final class FullDiskScenario {

    private FullDiskScenario() {}

    public static void main(String[] arguments) throws IOException {
        var disk = Path.of(arguments[0]);
        try (var agent = new RunningAgent(disk)) {
            agent.assign(Specs.shell(disk, "first/web.1", "echo begun; exec sleep 600"));
            var before = agent.awaitRunning("first/web.1");
            fill(disk.resolve("filler"));
            System.out.println("the disk is full");

            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();

            var after =
                    agent.await(
                            "first/web.1",
                            seen -> seen.state() == State.RUNNING && seen.pid() != before.pid());
            agent.restartAgent();
            assertThat(agent.awaitRunning("first/web.1").pid()).isEqualTo(after.pid());
            System.out.println("restarted and adopted on a full disk");
            Files.delete(disk.resolve("filler"));
            ProcessHandle.of(after.pid()).orElseThrow().destroyForcibly();
            agent.await(
                    "first/web.1",
                    seen -> seen.state() == State.RUNNING && seen.pid() != after.pid());
            assertThat(agent.lines("first/web.1", 1)).isNotEmpty();
        }
        System.out.println("done");
        System.exit(0);
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
}
