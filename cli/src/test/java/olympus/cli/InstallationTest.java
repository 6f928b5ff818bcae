package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is advised where no server runs, by what is installed. */
class InstallationTest {

    private static final Path DATA = Path.of("/var/lib/olympus");

    @TempDir Path home;

    @Test
    void aWholeInstallationStartsAServer() throws IOException {
        Files.createFile(home.resolve("agent.classpath"));
        Files.createFile(home.resolve("server.classpath"));
        var whole = new Installation(Optional.of(home));

        assertThat(whole.startCommand(DATA)).contains("olympus up --data-dir /var/lib/olympus");
        assertThat(whole.toBegin(DATA))
                .isEqualTo(
                        "Start one with: olympus up --data-dir /var/lib/olympus; what is wrong says: olympus doctor --data-dir /var/lib/olympus");
    }

    @Test
    void whereNothingTellsOtherwiseAServerIsThere() {
        assertThat(new Installation(Optional.empty()).hasServer()).isTrue();
        assertThat(new Installation(Optional.of(home)).hasServer()).isTrue();
    }

    @Test
    void theAgentAloneNamesAServerElsewhere() throws IOException {
        Files.createFile(home.resolve("agent.classpath"));
        var agent = new Installation(Optional.of(home));

        assertThat(agent.startCommand(DATA)).isEmpty();
        assertThat(agent.toBegin(DATA)).contains("--address https://").doesNotContain("olympus up");
    }
}
