package olympus.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What speaks against a machine, and what the script really says on this one. */
final class SightTest {

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
        assertThat(Sight.of("This account is currently not available.\n").objection().orElseThrow())
                .contains("did not say what it is");
    }

    private static String against(String was, String is) {
        return Sight.of(FIT.replace(was, is)).objection().orElseThrow();
    }

    @Test
    void theScriptSaysItOfThisMachine() throws IOException, InterruptedException {
        var script = SightTest.class.getResourceAsStream("look.sh");
        assertThat(script).isNotNull();
        var shell = new ProcessBuilder("sh", "-s").redirectErrorStream(true).start();
        try (var input = shell.getOutputStream()) {
            script.transferTo(input);
        }
        var said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
        var sight = Sight.of(said);
        assertThat(sight.kernel()).isEqualTo("Linux");
        assertThat(sight.user()).isEqualTo(System.getProperty("user.name"));
        assertThat(sight.architecture()).isNotEmpty();
    }
}
