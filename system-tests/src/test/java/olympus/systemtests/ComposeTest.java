package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import olympus.engine.OwnDocker;
import olympus.engine.TestEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Compose folder from its first look to its return, through the launcher, on a real Docker engine
 * of the test's own.
 */
final class ComposeTest {

    private static final String SHOP =
            """
            services:
              web:
                image: busybox:test
                command: ["httpd", "-f", "-p", "8080"]
                restart: unless-stopped
                depends_on: { db: { condition: service_healthy } }
              db:
                image: busybox:test
                command: ["sh", "-c", "echo began; exec sleep 100000"]
                volumes: ["data:/data"]
                healthcheck: { test: ["CMD", "true"], interval: 1s, retries: 2 }
            volumes: { data: {} }
            """;

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final OwnDocker docker = new OwnDocker();

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void start() {
        olympus =
                Installation.in(folder)
                        .withVariables(Map.of("DOCKER_HOST", docker.address().toString()));
        olympus.up();
    }

    @AfterEach
    void end() {
        olympus.close();
        docker.close();
    }

    private Path shop(String compose) throws IOException {
        var shop = Files.createDirectories(folder.resolve("compose/shop"));
        Files.writeString(shop.resolve("compose.yaml"), compose);
        return shop;
    }

    private String inspect(String container, String format) {
        return docker.command("inspect", "-f", format, container).strip();
    }

    /** When it was started, and which container it is: what a restart or a recreation changes. */
    private String identity(String container) {
        return inspect(container, "{{.Id}} {{.State.StartedAt}}");
    }

    /** As {@code docker compose up} would have made it. */
    private void made(String service, String... more) {
        var command =
                new ArrayList<>(
                        List.of(
                                "run",
                                "-d",
                                "--name",
                                "shop-" + service + "-1",
                                "--restart",
                                "unless-stopped",
                                "--label",
                                "com.docker.compose.project=shop",
                                "--label",
                                "com.docker.compose.service=" + service,
                                "--label",
                                "com.docker.compose.container-number=1",
                                "--label",
                                "com.docker.compose.oneoff=False"));
        command.addAll(List.of(more));
        docker.command(command.toArray(String[]::new));
    }

    private void run(String... arguments) {
        var run = olympus.olympus(arguments);
        assertThat(run.exitCode())
                .as("%s%n%s%s", List.of(arguments), run.out(), run.err())
                .isZero();
    }

    private void becomes(String service, String state) {
        Eventually.becomes(
                SOON,
                () -> service + " is " + state + "; " + olympus.olympus("status").out(),
                () ->
                        olympus.json("status", service)
                                .path("services")
                                .path(0)
                                .path("state")
                                .asString()
                                .equals(state));
    }

    @Test
    void adoptsWhatRunsManagesChangesAndReleasesIt() throws Exception {
        made("web", TestEngine.IMAGE, "httpd", "-f", "-p", "8080");
        made(
                "db",
                "-v",
                "shop_data:/data",
                TestEngine.IMAGE,
                "sh",
                "-c",
                "echo began; exec sleep 100000");
        docker.command("exec", "shop-db-1", "sh", "-c", "echo precious > /data/row");
        var web = identity("shop-web-1");
        var db = identity("shop-db-1");
        var shop = shop(SHOP);

        run("adopt", shop.toString(), "--observe");
        becomes("shop/web", "running");
        run("mode", "shop", "manage", "--yes");
        assertThat(identity("shop-web-1")).isEqualTo(web);
        assertThat(identity("shop-db-1")).isEqualTo(db);

        var pid = Long.parseLong(inspect("shop-web-1", "{{.State.Pid}}"));
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        Eventually.becomes(
                SOON,
                () -> "shop/web.1 runs again; " + olympus.olympus("why", "shop/web").out(),
                () -> {
                    var now = inspect("shop-web-1", "{{.State.Pid}}");
                    return !now.equals("0") && !now.equals(String.valueOf(pid));
                });

        shop(SHOP.replace("echo began", "echo changed"));
        run("apply", shop.toString());
        Eventually.becomes(
                SOON,
                () -> "shop/db.1 is made anew; " + olympus.olympus("status").out(),
                () -> !identity("shop-db-1").equals(db));
        becomes("shop/db", "running");
        assertThat(docker.command("exec", "shop-db-1", "cat", "/data/row")).contains("precious");
        assertThat(olympus.olympus("logs", "shop/db").out()).contains("changed");

        var before = identity("shop-web-1");
        var changed = identity("shop-db-1");
        run("release", "shop", "--yes");
        Eventually.becomes(
                SOON,
                () -> "shop is forgotten; " + olympus.olympus("stacks").out(),
                () -> olympus.json("stacks").path("stacks").isEmpty());
        assertThat(identity("shop-web-1")).isEqualTo(before);
        assertThat(identity("shop-db-1")).isEqualTo(changed);
        assertThat(inspect("shop-web-1", "{{.HostConfig.RestartPolicy.Name}}"))
                .isEqualTo("unless-stopped");
    }

    @Test
    void startsAFolderKeepsItsVolumesWhenItIsRemovedAndUsesThemAgain() throws Exception {
        var shop = shop(SHOP);
        olympus.apply(shop);
        becomes("shop/web", "running");
        docker.command("exec", "shop-db-1", "sh", "-c", "echo precious > /data/row");
        assertThat(inspect("shop-web-1", "{{index .Config.Labels \"com.docker.compose.service\"}}"))
                .isEqualTo("web");
        assertThat(docker.command("network", "ls")).contains("shop_default");

        run("remove", "shop", "--yes");
        Eventually.becomes(
                SOON,
                () -> "its containers are gone; " + docker.command("ps", "-a"),
                () -> !docker.command("ps", "-a").contains("shop-"));
        assertThat(docker.command("volume", "ls")).contains("shop_data");

        olympus.apply(shop);
        becomes("shop/web", "running");
        assertThat(docker.command("exec", "shop-db-1", "cat", "/data/row")).contains("precious");
    }

    @Test
    void asksBeforeItActs() throws Exception {
        made("web", TestEngine.IMAGE, "httpd", "-f", "-p", "8080");
        made("db", TestEngine.IMAGE, "sh", "-c", "exec sleep 100000");
        // Nobody but Olympus restarts it in this test.
        docker.command("update", "--restart", "no", "shop-web-1");
        run("adopt", shop(SHOP).toString(), "--observe");
        becomes("shop/web", "running");
        run("mode", "shop", "ask");
        docker.command("kill", "shop-web-1");
        Eventually.becomes(
                SOON,
                () -> "something is pending; " + olympus.olympus("status").out(),
                () -> !olympus.json("decisions", "pending").path("pending").isEmpty());
        assertThat(inspect("shop-web-1", "{{.State.Running}}")).isEqualTo("false");

        var pending = olympus.json("decisions", "pending").path("pending").path(0);
        assertThat(pending.path("instance").asString()).isEqualTo("shop/web.1");
        run("decisions", "approve", pending.path("id").asString());
        Eventually.becomes(
                SOON,
                () -> "shop-web-1 runs; " + olympus.olympus("status").out(),
                () -> inspect("shop-web-1", "{{.State.Running}}").equals("true"));
    }
}
