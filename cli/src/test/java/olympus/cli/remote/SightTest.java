package olympus.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What speaks against a machine, and what the script really says on this one. */
final class SightTest {

    @TempDir Path data;

    private static final String FIT =
            "user=root\nroot=yes\nkernel=Linux\nmachine=arm64\ndpkg=yes\nsystemd=yes\nolympus=no\n";

    @Test
    void nothingSpeaksAgainstAFitMachine() {
        var sight = Sight.of(FIT + "package.olympus-agent=0.1.0\n");
        assertThat(sight.objection()).isEmpty();
        assertThat(sight.elevation()).hasValue("");
        assertThat(sight.architecture()).isEqualTo("arm64");
        assertThat(sight.packages()).containsEntry("olympus-agent", "0.1.0");
        assertThat(Sight.of(FIT.replace("root=yes", "root=sudo")).elevation()).hasValue("sudo -n ");
    }

    @Test
    void saysWhatSpeaksAgainstIt() {
        assertThat(against("root=yes", "root=no")).contains("root may not become root");
        assertThat(against("kernel=Linux", "kernel=Darwin")).contains("Darwin");
        assertThat(against("systemd=yes", "systemd=no")).contains("systemd does not run there");
        assertThat(against("olympus=no", "active=olympus-server")).contains("runs there already");
        assertThat(against("olympus=no", "member=agent.pem"))
                .contains("was let in to an island before")
                .contains("systemctl enable --now olympus-agent");
        assertThat(Sight.of("This account is currently not available.\n").objection().orElseThrow())
                .contains("did not say what it is");
    }

    private static String against(String was, String is) {
        return Sight.of(FIT.replace(was, is)).objection().orElseThrow();
    }

    @Test
    void theScriptSaysItOfThisMachine() throws Exception {
        var sight = Sight.of(look());
        assertThat(sight.kernel()).isEqualTo("Linux");
        assertThat(sight.user()).isEqualTo(System.getProperty("user.name"));
        assertThat(sight.architecture()).isNotEmpty();
        assertThat(sight.member()).isFalse();
    }

    @Test
    void theScriptSeesThatAMachineWasLetInBefore() throws Exception {
        Files.createDirectories(data.resolve("keys"));
        Files.writeString(data.resolve("keys/agent.pem"), "a certificate");
        assertThat(Sight.of(look()).member()).isTrue();
    }

    private String look() throws Exception {
        return ShellRun.of(AgentSetup.script("look.sh", Map.of("data", data.toString())), Map.of())
                .mustSucceed();
    }
}
