package olympus.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which package goes to which machine. */
final class AgentPackagesTest {

    @TempDir Path folder;

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), "content");
    }

    @Test
    void takesTheOneForTheKindOfMachine() throws Exception {
        file("olympus_0.1.0_amd64.deb");
        file("olympus-agent-0.1.0-amd64.tar.gz");
        var amd = file("olympus-agent_0.1.0_amd64.deb");
        var arm = file("olympus-agent_0.1.0~dev_arm64.deb");
        var packages = AgentPackages.at(folder);
        assertThat(packages.of("amd64").file()).isEqualTo(amd);
        assertThat(packages.of("arm64").file()).isEqualTo(arm);
        assertThat(packages.of("arm64").version()).isEqualTo("0.1.0~dev");
        assertThat(packages.of("arm64").sha256())
                .isEqualTo("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
        assertThatThrownBy(() -> packages.of("riscv64"))
                .isInstanceOf(RemoteFailure.class)
                .hasMessageContaining("riscv64")
                .hasMessageContaining("olympus-agent_0.1.0_amd64.deb");
        assertThat(AgentPackages.at(arm).of("arm64").file()).isEqualTo(arm);
    }

    @Test
    void saysWhatIsNotThereOrNotClear() throws Exception {
        assertThatThrownBy(() -> AgentPackages.at(folder.resolve("none")))
                .hasMessageContaining("there is no");
        assertThatThrownBy(() -> AgentPackages.at(folder))
                .hasMessageContaining("holds none")
                .hasMessageContaining("olympus-agent_VERSION_ARCHITECTURE.deb");
        file("olympus-agent_0.1.0_amd64.deb");
        file("olympus-agent_0.2.0_amd64.deb");
        assertThatThrownBy(() -> AgentPackages.at(folder))
                .hasMessageContaining("several versions")
                .hasMessageContaining("olympus-agent_0.2.0_amd64.deb");
    }
}
