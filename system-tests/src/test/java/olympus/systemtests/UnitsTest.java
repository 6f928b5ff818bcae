package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import olympus.agent.OwnSystemd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A unit of systemd through its life with Olympus, through the launcher, by a stand-in for systemd.
 */
final class UnitsTest {

    private static final String UNIT = "postfix.service";
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private OwnSystemd systemd;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void start() {
        var tools = folder.resolve("systemd");
        systemd = new OwnSystemd(tools);
        olympus =
                Installation.in(folder)
                        .withVariables(Map.of("PATH", tools + ":" + System.getenv("PATH")));
        olympus.up();
    }

    @AfterEach
    void end() {
        olympus.close();
        systemd.close();
    }

    private Path box(String mode) throws IOException {
        var box = Files.createDirectories(folder.resolve("box"));
        Files.writeString(
                box.resolve("olympus.yaml"),
                "mode: %s\nservices: { mail: { unit: %s } }\n".formatted(mode, UNIT));
        return box;
    }

    private void run(String... arguments) {
        var run = olympus.olympus(arguments);
        assertThat(run.exitCode())
                .as("%s%n%s%s", List.of(arguments), run.out(), run.err())
                .isZero();
    }

    private void becomes(String state) {
        Eventually.becomes(
                SOON,
                () -> "box/mail is %s; %s".formatted(state, olympus.olympus("status").out()),
                () -> olympus.instance("box/mail.1").path("state").asString().equals(state));
    }

    @Test
    void isWatchedManagedAndLeftAsItWas() throws Exception {
        systemd.unit(UNIT, "sh -c 'echo ready for mail; exec sleep 600'");
        systemd.systemctl("start", UNIT);
        Eventually.becomes(SOON, () -> "the unit runs", () -> systemd.mainProcess(UNIT) > 0);
        var first = systemd.mainProcess(UNIT);

        run("apply", box("observe").toString());
        becomes("running");
        assertThat(olympus.instance("box/mail.1").path("pid").asLong()).isEqualTo(first);
        Eventually.becomes(
                SOON,
                () -> "its journal is its log; " + olympus.olympus("logs", "box/mail").out(),
                () -> olympus.olympus("logs", "box/mail").out().contains("ready for mail"));
        assertThat(systemd.commands()).hasSize(1);

        run("mode", "box", "manage");
        run("restart", "box/mail");
        Eventually.becomes(
                SOON,
                () -> "it is restarted; " + systemd.commands(),
                () -> systemd.mainProcess(UNIT) > 0 && systemd.mainProcess(UNIT) != first);
        becomes("running");

        run("stop", "box/mail");
        becomes("stopped");
        assertThat(systemd.property(UNIT, "ActiveState")).isEqualTo("inactive");
        run("start", "box/mail");
        becomes("running");

        var last = systemd.mainProcess(UNIT);
        run("remove", "box", "--yes");
        Eventually.becomes(
                SOON,
                () -> "box is forgotten; " + olympus.olympus("status").out(),
                () -> olympus.json("status").path("services").isEmpty());
        assertThat(systemd.mainProcess(UNIT)).isEqualTo(last);
        assertThat(systemd.commands())
                .containsExactly(
                        "start " + UNIT, "restart " + UNIT, "stop " + UNIT, "start " + UNIT);
    }
}
