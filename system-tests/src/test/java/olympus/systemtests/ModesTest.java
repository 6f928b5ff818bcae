package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import olympus.engine.OwnDocker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What people are told and asked about containers that Olympus may only watch, and what they get
 * for their answer: on a real engine, typed as they type it.
 */
final class ModesTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String SITE =
            """
            services:
              web:
                image: busybox:test
                command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait $$!; done"]
                restart: always
                healthcheck: { test: ["CMD", "test", "-e", "/well"], interval: 1s, retries: 1 }
              db:
                image: busybox:test
                command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait $$!; done"]
                restart: unless-stopped
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static OwnDocker docker;

    @SuppressWarnings("NullAway.Init")
    private static Installation olympus;

    @BeforeAll
    static void start() {
        docker = new OwnDocker();
        docker.command("tag", "busybox:test", "busybox:next");
        olympus =
                Installation.in(folder)
                        .withVariables(Map.of("DOCKER_HOST", docker.address().toString()));
        olympus.up();
    }

    @AfterAll
    static void end() {
        olympus.close();
        docker.close();
    }

    private static Path site(String name) throws IOException {
        var site = Files.createDirectories(folder.resolve("compose").resolve(name));
        Files.writeString(site.resolve("docker-compose.yml"), SITE);
        return site;
    }

    private static void declareOtherwise(Path site) throws IOException {
        var file = site.resolve("docker-compose.yml");
        Files.writeString(
                file, Files.readString(file).replaceFirst("busybox:test", "busybox:next"));
        run("apply", site.toString(), "--yes");
    }

    private static Installation.Run run(String... arguments) {
        var run = olympus.olympus(arguments);
        assertThat(run.exitCode())
                .as("%s%n%s%s", List.of(arguments), run.out(), run.err())
                .isZero();
        return run;
    }

    private static String inspect(String container, String format) {
        return docker.command("inspect", "-f", format, container).strip();
    }

    private static JsonNode service(String id) {
        return olympus.json("status", id).path("services").path(0);
    }

    private static void becomes(String service, String state) {
        Eventually.becomes(
                SOON,
                () -> service + " is " + state + "; " + olympus.olympus("status").out(),
                () -> service(service).path("state").asString().equals(state));
    }

    /** The id of the pending decision, once there is one; of this action. */
    private static String pending(String stack, String action) {
        var found = new String[1];
        Eventually.becomes(
                SOON,
                () ->
                        "%s is pending; %s"
                                .formatted(action, olympus.olympus("decisions", "pending")),
                () -> {
                    for (var one : olympus.json("decisions", "pending", stack).path("pending")) {
                        if (one.path("action").asString().equals(action)) {
                            found[0] = one.path("id").asString();
                            return true;
                        }
                    }
                    return false;
                });
        return found[0];
    }

    /** Runs by Olympus' own hand, and is only asked about from then on. */
    private static Path asked(String name) throws IOException {
        var site = site(name);
        run("apply", site.toString(), "--yes");
        Eventually.becomes(
                SOON,
                () -> "web is there; " + olympus.olympus("status").out(),
                () -> service(name + "/web").path("running").asInt() == 1);
        docker.command("exec", name + "-web-1", "touch", "/well");
        run("wait", name, "--wait", "1m");
        run("mode", name, "ask");
        return site;
    }

    @Test
    void comparesWithWhatIsDeclaredAndDoesOnlyWhatIsApproved() throws Exception {
        var site = asked("asked");
        assertThat(run("diff", "asked", "--exit-code").out()).contains("no difference");
        var before = inspect("asked-web-1", "{{.Id}}");

        declareOtherwise(site);
        var update = pending("asked", "update");
        var differs = olympus.olympus("diff", "asked", "--exit-code");
        assertThat(differs.exitCode()).as(differs.out()).isEqualTo(5);
        assertThat(differs.out()).contains("image", "busybox:next", "busybox:test", update);
        assertThat(run("services", "asked").out()).contains("busybox:test (declared busybox:next)");

        docker.command("stop", "asked-web-1");
        var start = pending("asked", "start");
        assertThat(run("status", "asked/web").out())
                .contains("waits for a decision: start " + start + " or update " + update)
                .doesNotContain("only observed");
        run("decisions", "deny", start);
        assertThat(run("decisions", "pending", "asked").err()).contains("1 denied");
        run("decisions", "approve", start);
        Eventually.becomes(
                SOON,
                () -> "it runs; " + olympus.olympus("status").out(),
                () -> inspect("asked-web-1", "{{.State.Running}}").equals("true"));
        assertThat(inspect("asked-web-1", "{{.Id}}")).as("the same container").isEqualTo(before);
        assertThat(pending("asked", "update")).isEqualTo(update);

        run("decisions", "deny", update);
        var refused = olympus.olympus("mode", "asked", "manage");
        assertThat(refused.exitCode()).as(refused.out()).isEqualTo(4);
        assertThat(refused.out()).contains("asked/web.1", "replace").doesNotContain("asked/db.1");
        assertThat(inspect("asked-web-1", "{{.Id}}")).isEqualTo(before);

        run("decisions", "approve", update);
        Eventually.becomes(
                SOON,
                () -> "the new image runs; " + olympus.olympus("status").out(),
                () -> inspect("asked-web-1", "{{.Config.Image}}").equals("busybox:next"));
        docker.command("exec", "asked-web-1", "touch", "/well");
        becomes("asked/web", "running");
        assertThat(run("diff", "asked").out()).contains("no difference");
        assertThat(run("mode", "asked", "manage").out()).contains("go on as they are");
        assertThat(inspect("asked-web-1", "{{.HostConfig.RestartPolicy.Name}}"))
                .as("set when the command has ended")
                .isEqualTo("no");
    }

    @Test
    void saysOfAnUnhealthyContainerThatItRunsAndForgetsItWhenItIsWellAgain() throws Exception {
        asked("sick");
        becomes("sick/web", "running");
        assertThat(service("sick/web").path("instances").path(0).path("health").asString())
                .as("known although nothing has changed since it was only watched")
                .isEqualTo("passing");
        docker.command("exec", "sick-web-1", "rm", "/well");
        becomes("sick/web", "unhealthy");
        var instance = service("sick/web").path("instances").path(0);
        assertThat(instance.path("state").asString()).isEqualTo("running");
        assertThat(instance.path("reason").asString()).contains("unhealthy");
        docker.command("exec", "sick-web-1", "touch", "/well");
        becomes("sick/web", "running");
        assertThat(service("sick/web").path("instances").path(0).path("reason").asString())
                .doesNotContain("unhealthy");
    }

    @Test
    void releasesEveryStackAndEndsOnceNothingOfThemIsUnderWay() throws Exception {
        try (var other = new OwnDocker()) {
            other.command("tag", "busybox:test", "busybox:next");
            var own =
                    Installation.in(Files.createDirectories(folder.resolve("all")))
                            .withVariables(Map.of("DOCKER_HOST", other.address().toString()));
            try (own) {
                own.up();
                for (var name : List.of("one", "two")) {
                    var applied = own.olympus("apply", site(name).toString(), "--yes");
                    assertThat(applied.exitCode()).as(applied.err()).isZero();
                }
                Eventually.becomes(
                        SOON,
                        () -> "all run; " + own.olympus("status").out(),
                        () -> other.command("ps", "-q").lines().count() == 4);
                // An update of one of them is under way.
                var site = folder.resolve("compose/one");
                var file = site.resolve("docker-compose.yml");
                Files.writeString(
                        file, Files.readString(file).replace("busybox:test", "busybox:next"));
                var applied = own.olympus("apply", site.toString(), "--yes");
                assertThat(applied.out()).contains("still under way; `olympus wait one`");

                var released = own.olympus("release", "--all", "--yes", "--wait", "1m");

                assertThat(released.exitCode()).as(released.err()).isZero();
                assertThat(released.out()).contains("left as it is: one/web", "two/db");
                assertThat(own.json("stacks").path("stacks")).isEmpty();
                assertThat(other.command("ps", "-a", "--format", "{{.Names}}").lines().sorted())
                        .as("no successor is left")
                        .containsExactly("one-db-1", "one-web-1", "two-db-1", "two-web-1");
                assertThat(
                                other.command(
                                                "inspect",
                                                "-f",
                                                "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}",
                                                "two-db-1",
                                                "one-db-1")
                                        .lines())
                        .containsOnly("unless-stopped true");
                assertThat(own.olympus("decisions").out())
                        .contains("forget one/web.1")
                        .doesNotContain("remove one/web.1");
            }
        }
    }
}
