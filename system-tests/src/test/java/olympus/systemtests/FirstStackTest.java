package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of the first screen: within a minute, status and why show everything that can happen
 * to a service.
 */
final class FirstStackTest {

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set first thing in each test
    private Installation olympus;

    @AfterEach
    void end() {
        // The example runs in the checkout, not in the test's folder: the clean stop ends its
        // services.
        olympus.terminate();
        olympus.close();
    }

    @Test
    void showsServicesRunningRestartedHealedAndGivenUpWithinAMinute() {
        olympus = Installation.in(folder);
        olympus.up(
                "--stop-services",
                "--stack",
                Installation.root().resolve("examples/first-stack").toString());

        // The server is ready, and answers, before it has read the stack it is given.
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "the stack is known:\n" + olympus.olympus("status").out(),
                () -> !olympus.json("status").path("services").isEmpty());
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> "all of it shows:\n" + olympus.olympus("status").out(),
                () -> {
                    var web = olympus.json("status", "first/web").path("services").path(0);
                    return web.path("desired").asInt() == 2
                            && web.path("running").asInt() == 2
                            && web.path("healthy").asInt() == 2
                            && web.path("state").asString().equals("running")
                            && olympus.instance("first/worker.1")
                                    .path("state")
                                    .asString("")
                                    .equals("running")
                            && olympus.instance("first/crasher.1").path("restarts").asInt(0) >= 1
                            && olympus.instance("first/hanger.1").path("restarts").asInt(0) >= 1
                            && olympus.instance("first/broken.1")
                                    .path("state")
                                    .asString("")
                                    .matches("given.up");
                });

        assertThat(olympus.instance("first/broken.1").path("reason").asString())
                .contains("/opt/no-such-program/server");
        assertThat(olympus.olympus("why", "first/crasher").out())
                .contains("exited with 7")
                .containsIgnoringCase("restart");
        assertThat(olympus.olympus("why", "hanger").out()).containsIgnoringCase("probe");
        assertThat(olympus.olympus("why", "broken").out()).contains("/opt/no-such-program/server");
        assertThat(olympus.olympus("why", "worker").out()).contains("first/web");
        assertThat(olympus.olympus("logs", "worker").out()).contains("job 1 done");
        assertThat(olympus.olympus("decisions").out()).contains("first/hanger.1");
    }
}
