package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import olympus.engine.OwnDocker;
import olympus.engine.OwnRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Newer images from a real registry that wants a password, through the launcher. */
final class NewerImagesTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final OwnDocker docker = new OwnDocker();
    private final OwnRegistry registry = new OwnRegistry(true);

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void start() throws IOException {
        var login = Files.createDirectories(folder.resolve("login"));
        var both = OwnRegistry.USER + ":" + OwnRegistry.PASSWORD;
        Files.writeString(
                login.resolve("config.json"),
                "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                        .formatted(
                                registry.host(),
                                Base64.getEncoder()
                                        .encodeToString(both.getBytes(StandardCharsets.UTF_8))));
        olympus =
                Installation.in(folder)
                        .withVariables(
                                Map.of(
                                        "DOCKER_HOST",
                                        docker.address().toString(),
                                        "DOCKER_CONFIG",
                                        login.toString()));
        olympus.up();
    }

    @AfterEach
    void end() {
        olympus.close();
        registry.close();
        docker.close();
    }

    private void becomesRunning() {
        Eventually.becomes(
                SOON,
                () -> "blog/web is running; " + olympus.olympus("why", "blog/web").out(),
                () ->
                        olympus.json("status", "blog/web")
                                .path("services")
                                .path(0)
                                .path("state")
                                .asString()
                                .equals("running"));
    }

    private String marker() {
        return docker.command("inspect", "-f", "{{index .Config.Labels \"marker\"}}", "blog-web-1");
    }

    private Path blog() throws IOException {
        var blog = Files.createDirectories(folder.resolve("compose/blog"));
        Files.writeString(
                blog.resolve("compose.yaml"),
                """
                services:
                  web:
                    image: %s   # the page
                    volumes: ["data:/data"]
                    deploy: { update_config: { monitor: 2s } }
                volumes: { data: {} }
                """
                        .formatted(registry.image("web:1.0")));
        return blog;
    }

    @Test
    void takesANewerImageGoesBackWhenItFailsAndWhenItIsTold() throws Exception {
        registry.push(docker, "web:1.0", "first");
        var blog = blog();
        olympus.apply(blog);
        becomesRunning();
        docker.command("exec", "blog-web-1", "sh", "-c", "echo precious > /data/row");
        assertThat(olympus.olympus("update", "blog").out()).contains("nothing newer to take");

        var second = registry.push(docker, "web:1.1", "second");
        var check = olympus.olympus("update", "blog", "--check", "--exit-code");
        assertThat(check.exitCode()).as(check.err()).isEqualTo(5);
        assertThat(check.out()).contains("1.1");
        assertThat(marker()).isEqualTo("first");

        var done = olympus.olympus("update", "blog", "--yes", "--write", blog.toString());
        assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
        assertThat(done.out()).contains("updated, as revision 2");
        assertThat(marker()).isEqualTo("second");
        assertThat(docker.command("exec", "blog-web-1", "cat", "/data/row")).contains("precious");
        assertThat(Files.readString(blog.resolve("compose.yaml")))
                .contains("image: %s@%s   # the page".formatted(registry.image("web:1.1"), second));
        assertThat(olympus.olympus("plan", blog.toString()).out()).contains("no changes");
        assertThat(olympus.olympus("diff", "blog", "--exit-code").exitCode()).isZero();

        registry.push(docker, "web:1.2", "third", "[\"false\"]");
        var failed = olympus.olympus("update", "blog", "--yes");
        assertThat(failed.exitCode()).as(failed.out() + failed.err()).isEqualTo(1);
        assertThat(failed.out()).contains("blog/web: went back to revision 2: blog/web.1");
        assertThat(marker()).isEqualTo("second");
        assertThat(docker.command("exec", "blog-web-1", "cat", "/data/row")).contains("precious");

        assertThat(olympus.olympus("rollback", "blog", "--to", "1").exitCode()).isZero();
        Eventually.becomes(SOON, () -> "the first image is back", () -> marker().equals("first"));
        becomesRunning();
        blog();
        assertThat(olympus.olympus("plan", blog.toString()).out()).contains("no changes");
    }

    @Test
    void showsWhatSomebodyChangedByHand() throws Exception {
        registry.push(docker, "web:1.0", "first");
        olympus.apply(blog());
        becomesRunning();
        assertThat(olympus.olympus("diff", "blog").out()).contains("no difference");

        docker.command("update", "--memory", "64m", "--memory-swap", "64m", "blog-web-1");
        var diff = olympus.olympus("diff", "blog", "--exit-code");
        assertThat(diff.exitCode()).isEqualTo(5);
        assertThat(diff.out()).contains("mem_limit").contains("64m").contains("blog/web.1");
    }
}
