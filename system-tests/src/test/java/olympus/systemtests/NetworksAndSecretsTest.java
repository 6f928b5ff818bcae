package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reaches whom, and who learns a secret, through apply on a real engine. */
final class NetworksAndSecretsTest {

    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static ComposeMachine machine;

    @BeforeAll
    static void start() throws IOException {
        machine = new ComposeMachine(folder);
        machine.olympus().up();
    }

    @AfterAll
    static void end() {
        machine.close();
    }

    private static Path stack(String name, String compose) throws IOException {
        var stack = Files.createDirectories(folder.resolve("stacks").resolve(name));
        Files.writeString(stack.resolve("compose.yaml"), compose);
        return stack;
    }

    private static String run(String... arguments) {
        var run = machine.olympus().olympus(arguments);
        assertThat(run.exitCode())
                .as("%s%n%s%s", List.of(arguments), run.out(), run.err())
                .isZero();
        return run.out() + run.err();
    }

    private static void runs(String service) {
        Eventually.becomes(
                SOON,
                () -> service + " runs: " + machine.service(service),
                () -> machine.service(service).path("state").asString("").equals("running"));
    }

    private static boolean reaches(String container, String address) {
        return machine.docker()
                .command(
                        "exec",
                        container,
                        "sh",
                        "-c",
                        "timeout 3 wget -q -O - http://%s:8080/health || echo lost"
                                .formatted(address))
                .contains("ok");
    }

    private static String address(String container, String network) {
        return machine.inspect(
                container,
                "{{(index .NetworkSettings.Networks \"%s\").IPAddress}}".formatted(network));
    }

    @Test
    void containersReachEachOtherOnlyOverASharedDeclaredNetwork() throws IOException {
        run(
                "apply",
                stack(
                                "site",
                                """
                                services:
                                  web: { image: "actor:usual", networks: [front] }
                                  api: { image: "actor:usual", networks: [front, back] }
                                  db: { image: "actor:usual", networks: [back] }
                                networks: { front: {}, back: {} }
                                """)
                        .toString());
        run(
                "apply",
                stack(
                                "other",
                                """
                                services:
                                  stranger: { image: "actor:usual" }
                                  guest: { image: "actor:usual", networks: [site] }
                                networks: { site: { external: true, name: site_front } }
                                """)
                        .toString());
        for (var service :
                List.of("site/web", "site/api", "site/db", "other/stranger", "other/guest")) {
            runs(service);
        }
        var db = address("site-db-1", "site_back");
        var web = address("site-web-1", "site_front");

        Eventually.becomes(SOON, () -> "web reaches api", () -> reaches("site-web-1", "api"));
        assertThat(reaches("site-api-1", "db")).isTrue();
        assertThat(reaches("site-api-1", db)).isTrue();
        assertThat(reaches("other-guest-1", "web")).isTrue();
        assertThat(reaches("site-web-1", "db")).isFalse();
        assertThat(reaches("site-web-1", db)).isFalse();
        assertThat(reaches("other-stranger-1", "web")).isFalse();
        assertThat(reaches("other-stranger-1", web)).isFalse();
        assertThat(reaches("other-guest-1", db)).isFalse();
    }

    private static void enter(String verb, String value) {
        var set =
                machine.olympus()
                        .command(
                                List.of(
                                        "sh",
                                        "-c",
                                        "echo %s | exec \"$@\"".formatted(value),
                                        "sh",
                                        Installation.launcher(),
                                        "secret",
                                        verb,
                                        "box/token"));
        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out() + set.err()).doesNotContain(value);
    }

    private static boolean holds(String value) {
        var id = machine.docker().command("ps", "-q", "--filter", "name=^box-app-1$").strip();
        try {
            return !id.isEmpty()
                    && machine.docker()
                            .command("exec", id, "cat", "/run/secrets/token")
                            .contains(value);
        } catch (AssertionError hasJustBeenReplaced) {
            return false;
        }
    }

    @Test
    void aRotatedSecretReachesTheRunningContainerAndNobodyElse() throws IOException {
        var first = "first-value-of-the-token";
        var second = "second-value-of-the-token";
        enter("set", first);
        var box =
                stack(
                        "box",
                        """
                        services:
                          app: { image: "actor:usual", secrets: [token] }
                          bystander: { image: "actor:usual" }
                        secrets: { token: { external: true } }
                        """);
        run("apply", box.toString());
        runs("box/app");
        runs("box/bystander");
        assertThat(holds(first)).isTrue();
        var before = machine.inspect("box-app-1", "{{.Id}}");
        var bystander = machine.inspect("box-bystander-1", "{{.Id}} {{.State.StartedAt}}");

        enter("rotate", second);
        Eventually.becomes(
                SOON,
                () -> "the container has the new value: " + run("why", "box/app"),
                () -> holds(second));
        runs("box/app");

        assertThat(machine.inspect("box-app-1", "{{.Id}}")).isNotEqualTo(before);
        assertThat(machine.inspect("box-bystander-1", "{{.Id}} {{.State.StartedAt}}"))
                .isEqualTo(bystander);
        var told =
                run("plan", box.toString())
                        + run("why", "box/app")
                        + run("logs", "box/app")
                        + run("history", "box")
                        + run("decisions")
                        + run("audit")
                        + run("secret", "list", "box")
                        + machine.docker().command("inspect", "box-app-1");
        assertThat(told).doesNotContain(first).doesNotContain(second);
    }
}
