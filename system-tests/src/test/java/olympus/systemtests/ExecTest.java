package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import olympus.engine.OwnDocker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in services, volumes and the catalogue, through the launcher, on a real Docker engine of
 * the test's own.
 */
final class ExecTest {

    private static final String COMPOSE =
            """
            services:
              web:
                image: busybox:test
                command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait $$!; done"]
                environment: { LEVEL: info }
                volumes: ["data:/data"]
                labels: { olympus.name: The shop, olympus.link: "https://shop.lan" }
            volumes: { data: {} }
            """;

    private static final String TOOLS =
            """
            mode: manage
            services:
              tool:
                process: { command: [/bin/sleep, "100000"], environment: { LEVEL: warn } }
            """;

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final OwnDocker docker = new OwnDocker();

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void start() throws IOException {
        olympus =
                Installation.in(folder)
                        .withVariables(Map.of("DOCKER_HOST", docker.address().toString()));
        olympus.up();
        var shop = Files.createDirectories(folder.resolve("shop"));
        Files.writeString(shop.resolve("compose.yaml"), COMPOSE);
        olympus.apply(shop);
        olympus.apply(olympus.stack("tools", TOOLS));
        olympus.awaitRunning("shop/web.1");
        olympus.awaitRunning("tools/tool.1");
    }

    @AfterEach
    void end() {
        olympus.close();
        docker.close();
    }

    private Installation.Run shell(String script) {
        return olympus.run(
                List.of("sh", "-c", script, Installation.launcher()),
                Map.of("OLYMPUS_DATA_DIR", folder.resolve("data").toString()));
    }

    @Test
    void runsCommandsLooksAfterVolumesAndListsWhatThereIs() throws Exception {
        bytesAndExitCodes();
        terminals();
        interruption();
        refusals();
        catalogue();
        volumes();
    }

    private void bytesAndExitCodes() throws IOException {
        var bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        Files.write(folder.resolve("exec.in"), bytes);
        for (var service : List.of("shop/web", "tools/tool.1")) {
            var run =
                    shell(
                            "$0 exec %s -i -- sh -c 'cat; echo $LEVEL >&2; exit 42' < exec.in > exec.out"
                                    .formatted(service));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(42);
            assertThat(run.err()).isEqualTo(service.startsWith("shop") ? "info\n" : "warn\n");
            assertThat(folder.resolve("exec.out")).hasBinaryContent(bytes);
        }
        var much = shell("$0 exec tool -- sh -c 'yes | head -c 209715200' | wc -c");
        assertThat(much.out().strip()).isEqualTo("209715200");
        var early = shell("{ $0 exec tool -- yes early-reader; echo $? > code; } | head -n 1");
        assertThat(early.out()).isEqualTo("early-reader\n");
        assertThat(early.err()).isEmpty();
        assertThat(folder.resolve("code")).hasContent("141");
        Eventually.becomes(
                SOON,
                () -> "the command has ended with its reader",
                () -> Processes.withCommandLine("yes early-reader").isEmpty());
    }

    private void terminals() {
        var run =
                shell(
                        "script -qefc \"stty cols 91 rows 31; $0 exec tool -it -- sh -c 'stty size; test -t 1 && exit 7'\" /dev/null < /dev/null");
        assertThat(run.out()).contains("31 91");
        assertThat(run.exitCode()).isEqualTo(7);
        var without = shell("$0 exec tool -t -- true");
        assertThat(without.exitCode()).isEqualTo(125);
        assertThat(without.err()).contains("-t needs a terminal");
    }

    private void interruption() {
        var run =
                shell(
                        "env --default-signal=INT $0 exec web -- sh -c 'echo up; exec sleep 4242' > exec.said & while ! grep -q up exec.said; do :; done; kill -INT $!; wait $!");
        assertThat(run.exitCode()).isEqualTo(130);
        Eventually.becomes(
                SOON,
                () -> docker.command("top", "shop-web-1"),
                () -> !docker.command("top", "shop-web-1").contains("4242"));
    }

    private void refusals() {
        var none = olympus.olympus("exec", "shop/web.4", "--", "true");
        assertThat(none.exitCode()).isEqualTo(125);
        assertThat(none.err())
                .contains("there is no instance shop/web.4; there are: shop/web.1 (running on ");
        var unknown = olympus.olympus("exec", "nope/web", "--", "true");
        assertThat(unknown.err())
                .isEqualTo(
                        "olympus exec: there is no service \"nope/web\", nor a stack \"nope\"; stacks: shop, tools\n");
        var audit = olympus.olympus("audit").out();
        assertThat(audit).contains("shop/web: exec: sh -c 'echo up; exec sleep 4242'");
    }

    private void catalogue() {
        var services = olympus.json("services", "shop").path("services");
        assertThat(services.path(0).path("name").asString()).isEqualTo("The shop");
        assertThat(services.path(0).path("links").path(0).asString()).isEqualTo("https://shop.lan");
        assertThat(services.path(0).path("digest").asString()).startsWith("sha256:");
    }

    private void volumes() {
        assertThat(olympus.olympus("volumes").out()).contains("shop_data", "shop/web");
        var declared = olympus.olympus("volumes", "remove", "shop_data", "--confirm", "shop_data");
        assertThat(declared.err()).contains("is declared by shop/web");
        assertThat(olympus.olympus("remove", "shop", "--yes").exitCode()).isZero();
        Eventually.becomes(
                SOON,
                () -> olympus.olympus("volumes").out(),
                () ->
                        olympus.olympus("volumes", "shop")
                                .out()
                                .contains("orphaned by the removal of stack shop on "));
        assertThat(olympus.olympus("volumes", "remove", "shop_data").err())
                .contains("--confirm shop_data");
        docker.command("create", "--name", "keeper", "-v", "shop_data:/d", OwnDocker.IMAGE, "true");
        var used = olympus.olympus("volumes", "remove", "shop_data", "--confirm", "shop_data");
        assertThat(used.err()).contains("is used by the containers keeper");
        docker.command("rm", "keeper");
        var gone = olympus.olympus("volumes", "remove", "shop_data", "--confirm", "shop_data");
        assertThat(gone.exitCode()).as(gone.err()).isZero();
        assertThat(docker.command("volume", "ls", "-q")).doesNotContain("shop_data");
        Eventually.becomes(
                SOON,
                () -> olympus.olympus("decisions").out(),
                () -> olympus.olympus("decisions").out().contains("remove volume shop_data"));
    }
}
