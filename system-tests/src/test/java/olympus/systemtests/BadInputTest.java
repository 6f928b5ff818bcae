package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to wrong files and to services that cannot run: a clear error or reason, and the
 * rest goes on.
 */
final class BadInputTest {

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void prepare() {
        olympus = Installation.in(folder);
    }

    @AfterEach
    void end() {
        olympus.close();
    }

    @Test
    void tellsEveryProblemOfAFolderAtOnceWithItsPlace() {
        var stack =
                olympus.stack(
                        "shop",
                        """
                        services:
                          web:
                            process: { comand: [sleep, "600"] }
                            probe: { http: ":80/", interval: soon }
                          api:
                            process: { command: [sleep, "600"] }
                            ports: ["8080"]
                            depends_on: [worker]
                          worker:
                            process: { command: [sleep, "600"] }
                            ports: ["8080"]
                            depends_on: [api]
                            deploy: { replicas: many }
                          worker:
                            process: { command: [sleep, "600"] }
                        """);

        var run = olympus.olympus("validate", stack.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        var text = run.out() + run.err();
        assertThat(text).contains("olympus.yaml:3:").contains("comand").contains("command");
        assertThat(text).contains("olympus.yaml:4:").contains("soon");
        assertThat(text).contains("olympus.yaml:13:").contains("many");
        assertThat(text).contains("olympus.yaml:14:").contains("worker");
        assertThat(text.lines())
                .as("the cycle, though worker is broken too")
                .anyMatch(l -> l.contains("cycle") && l.contains("api") && l.contains("worker"));
        assertThat(text.lines())
                .as("the port of both, though worker is broken too")
                .anyMatch(l ->
                        l.contains("olympus.yaml:11:")
                                && l.contains("port 8080 of worker is used twice"));
    }

    @Test
    void namesTheCycleAndThePortThatIsUsedTwice() {
        var cycle =
                olympus.stack(
                        "loop",
                        """
                        services:
                          a: { process: { command: [sleep, "600"] }, depends_on: [b] }
                          b: { process: { command: [sleep, "600"] }, depends_on: [a] }
                        """);
        var ports =
                olympus.stack(
                        "ports",
                        """
                        services:
                          a: { process: { command: [sleep, "600"] }, ports: ["8080-8082"] }
                          b: { process: { command: [sleep, "600"] }, ports: ["8081"] }
                        """);

        assertThat(olympus.olympus("validate", cycle.toString()).err())
                .contains("cycle")
                .containsPattern("a\\W+b\\W+a");
        assertThat(olympus.olympus("validate", ports.toString()).err())
                .contains("olympus.yaml:3:")
                .contains("port 8081 of b is used twice: also by a (8080-8082)");
    }

    @Test
    void namesAnEnvFileThatCannotBeRead() {
        var stack =
                olympus.stack(
                        "shop",
                        """
                        services:
                          web:
                            process: { command: [sleep, "600"] }
                            env_file: missing.env
                        """);

        var run = olympus.olympus("validate", stack.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("missing.env").contains("olympus.yaml:4:");
    }

    @Test
    void givesUpAMissingExecutableWithTheReasonWhileTheRestOfTheStackRuns() {
        olympus.up();
        olympus.apply(
                olympus.stack(
                        "shop",
                        """
                        services:
                          good: { process: { command: [sleep, "600"] } }
                          bad:
                            process: { command: [no-such-program-anywhere] }
                            recovery: { attempts: 2, within: 1m, backoff: { initial: 10ms, max: 50ms } }
                        """));

        olympus.awaitRunning("shop/good.1");
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> olympus.olympus("status").out(),
                () ->
                        olympus.instance("shop/bad.1")
                                .path("state")
                                .asString("")
                                .matches("given.up"));
        assertThat(olympus.instance("shop/bad.1").path("reason").asString())
                .contains("no-such-program-anywhere");
        assertThat(olympus.olympus("why", "bad").out()).contains("no-such-program-anywhere");
    }

    @Test
    void saysWhichForeignProcessHoldsAPort() throws IOException {
        try (var foreign = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            olympus.up();
            olympus.apply(
                    olympus.stack(
                            "shop",
                            """
                            services:
                              web:
                                process: { command: ["${JAVA_HOME}/bin/jwebserver", -b, 127.0.0.1, -p, "${OLYMPUS_PORT}"] }
                                ports: ["%d"]
                                recovery: { attempts: 50, within: 5m, backoff: { initial: 200ms, max: 1s } }
                              other: { process: { command: [sleep, "600"] } }
                            """
                                    .formatted(foreign.getLocalPort())));

            olympus.awaitRunning("shop/other.1");
            var self = Long.toString(ProcessHandle.current().pid());
            Eventually.becomes(
                    Duration.ofSeconds(30),
                    () -> olympus.olympus("status").out(),
                    () -> {
                        var reason = olympus.instance("shop/web.1").path("reason").asString("");
                        return reason.contains(Integer.toString(foreign.getLocalPort()))
                                && reason.contains(self);
                    });
            foreign.close();
            olympus.awaitRunning("shop/web.1");
        }
    }

    @Test
    void leavesTheSameServiceNameOfAnotherStackAlone() throws IOException {
        olympus.up();
        var a = olympus.stack("a", "services: { web: { process: { command: [sleep, \"600\"] } } }");
        var b = olympus.stack("b", "services: { web: { process: { command: [sleep, \"600\"] } } }");
        olympus.apply(a);
        var pid = olympus.awaitRunning("a/web.1");

        olympus.apply(b);
        olympus.awaitRunning("b/web.1");
        Files.writeString(
                b.resolve("olympus.yaml"),
                "services: { web: { process: { command: [sleep, \"601\"] } } }");
        olympus.apply(b);
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> olympus.olympus("status").out(),
                () ->
                        Processes.commandLine(olympus.instance("b/web.1").path("pid").asLong())
                                .contains("601"));

        assertThat(olympus.awaitRunning("a/web.1")).isEqualTo(pid);
        var ambiguous = olympus.olympus("status", "web");
        assertThat(ambiguous.exitCode()).isEqualTo(1);
        assertThat(ambiguous.err()).contains("a/web").contains("b/web");
    }
}
