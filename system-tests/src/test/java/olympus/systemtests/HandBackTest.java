package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import olympus.engine.OwnDocker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A project of Compose, version 1 and 2, goes over to Olympus and back while a client uses it. */
final class HandBackTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String SITE =
            """
            services:
              web:
                image: busybox:test
                command: ["sh", "-c", "trap 'exit 0' TERM; mkdir -p /www; echo one > /www/index.html; httpd -p 80 -h /www; while :; do sleep 600 & wait $$!; done"]
                restart: unless-stopped
                ports: ["127.0.0.1:PORT:80"]
                depends_on: [db]
              db:
                image: busybox:test
                command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait $$!; done"]
                restart: always
                volumes: ["data:/data"]
              worker:
                image: busybox:test
                command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 600 & wait $$!; done"]
                restart: on-failure:5
            volumes: { data: {} }
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

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path site(String name, int port) throws IOException {
        var site = Files.createDirectories(folder.resolve("compose").resolve(name));
        Files.writeString(
                site.resolve("docker-compose.yml"), SITE.replace("PORT", Integer.toString(port)));
        return site;
    }

    /** Compose in a project's folder; its output. */
    private static String run(ComposeVersion compose, Path site, String... arguments)
            throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of(compose.program(), "--ansi", "never"));
        command.addAll(List.of(arguments));
        var log = Files.createTempFile(folder, "compose", ".log");
        var builder =
                new ProcessBuilder(command)
                        .directory(site.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("DOCKER_HOST", docker.address().toString());
        var process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(compose + " ends").isTrue();
        var output = Files.readString(log);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static void run(String... arguments) {
        var run = olympus.olympus(arguments);
        assertThat(run.exitCode())
                .as("%s%n%s%s", List.of(arguments), run.out(), run.err())
                .isZero();
    }

    /** Container and start of each service: what a restart or a recreation changes. */
    private static Map<String, String> identities(String project) {
        return inspected(project, "{{.Id}} {{.State.StartedAt}}");
    }

    private static Map<String, String> policies(String project) {
        return inspected(
                project,
                "{{.HostConfig.RestartPolicy.Name}}:{{.HostConfig.RestartPolicy.MaximumRetryCount}}");
    }

    private static Map<String, String> inspected(String project, String format) {
        var all = new TreeMap<String, String>();
        // A successor that is made ready does not run yet.
        var ids =
                docker.command(
                        "ps", "-q", "--filter", "label=com.docker.compose.project=" + project);
        for (var id : ids.lines().filter(line -> !line.isBlank()).toList()) {
            var line =
                    docker.command(
                                    "inspect",
                                    "-f",
                                    "{{index .Config.Labels \"com.docker.compose.service\"}} "
                                            + format,
                                    id)
                            .strip()
                            .split(" ", 2);
            assertThat(all.put(line[0], line[1])).as("a second container of " + line[0]).isNull();
        }
        return all;
    }

    private static void becomes(String service, String state) {
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

    private static void released(String stack) {
        run("release", stack, "--yes");
        Eventually.becomes(
                SOON,
                () -> stack + " is forgotten; " + olympus.olympus("stacks").out(),
                () -> !olympus.olympus("stacks").out().contains(stack));
    }

    private static Map<String, String> without(Map<String, String> all, String service) {
        var others = new TreeMap<>(all);
        others.remove(service);
        return others;
    }

    @ParameterizedTest
    @EnumSource
    void goesOverAndBackWithoutALostRequestAndComposeRecreatesOnlyWhatOlympusMade(
            ComposeVersion compose) throws Exception {
        var port = freePort();
        var name = compose.project("site");
        var database = compose.container(name, "db");
        var site = site(name, port);
        run(compose, site, "up", "-d");
        docker.command("exec", database, "sh", "-c", "echo precious > /data/row");
        var made = identities(name);
        var declared =
                Map.of("web", "unless-stopped:0", "db", "always:0", "worker", "on-failure:5");
        assertThat(policies(name)).isEqualTo(declared);
        Eventually.becomes(SOON, () -> "the page", () -> answers(port));
        try (var client = new HttpClientLoop(port)) {
            run("adopt", site.toString(), "--observe");
            becomes(name + "/web", "running");
            assertThat(identities(name)).isEqualTo(made);
            assertThat(client.counts()).satisfies(HandBackTest::nothingLost);

            run("mode", name, "manage");
            Eventually.becomes(
                    SOON,
                    () -> "Olympus restarts them: " + policies(name),
                    () ->
                            List.copyOf(policies(name).values())
                                    .equals(List.of("no:0", "no:0", "no:0")));
            assertThat(identities(name)).isEqualTo(made);
            assertThat(client.counts()).satisfies(HandBackTest::nothingLost);

            var changed = changeTheWebService(name, site, made, client);

            released(name);
            Eventually.becomes(
                    SOON,
                    () -> "restart policies as declared: " + policies(name),
                    () -> policies(name).equals(declared));
            assertThat(identities(name)).isEqualTo(changed);
            assertThat(client.counts()).satisfies(HandBackTest::nothingLost);

            run(compose, site, "up", "-d");
            var composed = identities(name);
            assertThat(without(composed, "web")).isEqualTo(without(made, "web"));
            assertThat(composed.get("web")).isNotEqualTo(changed.get("web"));
            Eventually.becomes(SOON, () -> "the page", () -> answers(port));
            run(compose, site, "up", "-d");
            assertThat(identities(name)).isEqualTo(composed);
        }
        assertThat(docker.command("exec", database, "cat", "/data/row")).contains("precious");
        run(compose, site, "down");
    }

    /**
     * The one container of web has the port; its successor, ready beside it, gets it when the
     * former one has ended. What is lost is what comes in between.
     */
    private static Map<String, String> changeTheWebService(
            String name, Path site, Map<String, String> made, HttpClientLoop client)
            throws IOException {
        var file = site.resolve("docker-compose.yml");
        Files.writeString(file, Files.readString(file).replace("echo one", "echo two"));
        run("apply", site.toString(), "--yes");
        Eventually.becomes(
                SOON,
                () -> "web is made anew; " + olympus.olympus("status").out(),
                () -> {
                    var now = identities(name).get("web");
                    return now != null && !now.equals(made.get("web"));
                });
        becomes(name + "/web", "running");
        var counts = client.counts();
        System.out.println("one container of a service replaced: " + counts);
        assertThat(counts.longestGap()).isLessThan(Duration.ofSeconds(10));
        var changed = identities(name);
        assertThat(without(changed, "web")).isEqualTo(without(made, "web"));
        return changed;
    }

    private static void nothingLost(HttpClientLoop.Counts counts) {
        assertThat(counts.asked()).isPositive();
        assertThat(counts.lost()).as(counts.toString()).isZero();
    }

    private static boolean answers(int port) {
        try (var body =
                java.net.URI.create("http://127.0.0.1:" + port + "/").toURL().openStream()) {
            return body.readAllBytes().length > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void composeMakesAnewOnceWhatOlympusMadeAndFindsItsVolumes(ComposeVersion compose)
            throws Exception {
        var name = compose.project("mine");
        var site = site(name, freePort());
        run("apply", site.toString(), "--yes");
        becomes(name + "/web", "running");
        becomes(name + "/db", "running");
        becomes(name + "/worker", "running");
        docker.command("exec", name + "-db-1", "sh", "-c", "echo precious > /data/row");
        var made = identities(name);
        released(name);
        assertThat(identities(name)).isEqualTo(made);

        run(compose, site, "up", "-d");
        var composed = identities(name);
        assertThat(composed.keySet()).isEqualTo(made.keySet());
        assertThat(composed.values()).doesNotContainAnyElementsOf(made.values());
        run(compose, site, "up", "-d");
        assertThat(identities(name)).isEqualTo(composed);
        assertThat(run(compose, site, "exec", "-T", "db", "cat", "/data/row")).contains("precious");
        run(compose, site, "down");
    }
}
