package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of a stack as its owner drives it: plan, apply, change, scale, roll back, stop, remove.
 */
final class LifecycleTest {

    private static final String TWO_REPLICAS =
            """
            services:
              web:
                process: { command: [sleep, "%s"] }
                deploy: { replicas: %d, update_config: { parallelism: 1, monitor: 500ms, failure_action: rollback } }
                recovery: { attempts: 1, within: 1m, backoff: { initial: 10ms, max: 50ms } }
            """;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void start() {
        olympus = Installation.in(folder);
        olympus.up();
    }

    @AfterEach
    void end() {
        olympus.close();
    }

    private void awaitCommand(String instance, String text) {
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> instance + " runs " + text + "\n" + olympus.olympus("status").out(),
                () -> {
                    var shown = olympus.instance(instance);
                    return shown.path("state").asString("").equals("running")
                            && Processes.commandLine(shown.path("pid").asLong()).contains(text);
                });
    }

    @Test
    void plansThenAppliesAndASecondApplyChangesNothing() {
        var stack = olympus.stack("shop", TWO_REPLICAS.formatted("600", 2));

        assertThat(olympus.olympus("plan", stack.toString()).out()).contains("+ web");
        assertThat(olympus.olympus("status").out()).doesNotContain("shop/web");
        olympus.apply(stack);
        var first = olympus.awaitRunning("shop/web.1");

        assertThat(olympus.apply(stack).out()).contains("no changes");
        assertThat(olympus.olympus("plan", stack.toString()).out()).contains("no changes");
        assertThat(olympus.awaitRunning("shop/web.1")).isEqualTo(first);
    }

    @Test
    void replacesOneAtATimeAndReturnsWithOneCommand() throws IOException {
        var stack = olympus.stack("shop", TWO_REPLICAS.formatted("600", 2));
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.2");

        Files.writeString(stack.resolve("olympus.yaml"), TWO_REPLICAS.formatted("601", 2));
        assertThat(olympus.olympus("plan", stack.toString()).out())
                .contains("~ web")
                .contains("601");
        olympus.apply(stack);
        awaitCommand("shop/web.1", "601");
        awaitCommand("shop/web.2", "601");

        assertThat(olympus.olympus("rollback", "shop").exitCode()).isZero();
        awaitCommand("shop/web.1", "600");
        awaitCommand("shop/web.2", "600");
        assertThat(olympus.json("history", "shop").path("revisions").size()).isEqualTo(3);
    }

    @Test
    void aFailedUpdateReturnsByItselfToTheRevisionBefore() throws IOException {
        var stack = olympus.stack("shop", TWO_REPLICAS.formatted("600", 2));
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.1");
        var second = olympus.awaitRunning("shop/web.2");

        Files.writeString(
                stack.resolve("olympus.yaml"),
                TWO_REPLICAS
                        .formatted("600", 2)
                        .replace("[sleep, \"600\"]", "[sh, -c, \"exit 3\"]"));
        olympus.apply(stack);

        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> olympus.olympus("decisions").out(),
                () -> olympus.json("history", "shop").path("revisions").size() >= 3);
        awaitCommand("shop/web.1", "600");
        assertThat(olympus.awaitRunning("shop/web.2"))
                .as("the second was never touched")
                .isEqualTo(second);
        assertThat(olympus.olympus("why", "shop/web").out()).containsIgnoringCase("roll");
    }

    @Test
    void scalesWithoutTouchingThoseThatStay() throws IOException {
        var stack = olympus.stack("shop", TWO_REPLICAS.formatted("600", 1));
        olympus.apply(stack);
        var first = olympus.awaitRunning("shop/web.1");

        Files.writeString(stack.resolve("olympus.yaml"), TWO_REPLICAS.formatted("600", 3));
        olympus.apply(stack);
        var third = olympus.awaitRunning("shop/web.3");
        Files.writeString(stack.resolve("olympus.yaml"), TWO_REPLICAS.formatted("600", 1));
        olympus.apply(stack);

        Eventually.becomes(
                Duration.ofSeconds(30), () -> "web.3 has gone", () -> !Processes.isAlive(third));
        assertThat(olympus.awaitRunning("shop/web.1")).isEqualTo(first);
    }

    @Test
    void namesWhatAnApplyWouldRemoveAndRemovesItOnlyWithPrune() throws IOException {
        var stack =
                olympus.stack(
                        "shop",
                        """
                        services:
                          keep: { process: { command: [sleep, "600"] } }
                          drop: { process: { command: [sleep, "600"] } }
                        """);
        olympus.apply(stack);
        var dropped = olympus.awaitRunning("shop/drop.1");
        Files.writeString(
                stack.resolve("olympus.yaml"),
                "services: { keep: { process: { command: [sleep, \"600\"] } } }");

        var refused = olympus.olympus("apply", stack.toString(), "--yes");
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.out() + refused.err()).contains("shop/drop").contains("--prune");
        assertThat(Processes.isAlive(dropped)).isTrue();

        olympus.apply(stack, "--prune", "--yes");
        Eventually.becomes(
                Duration.ofSeconds(30), () -> "drop has gone", () -> !Processes.isAlive(dropped));
    }

    @Test
    void holdsAServiceThatWasStoppedByHandAlsoOverTheNextApply() throws IOException {
        var stack = olympus.stack("shop", TWO_REPLICAS.formatted("600", 1));
        olympus.apply(stack);
        var pid = olympus.awaitRunning("shop/web.1");

        assertThat(olympus.olympus("stop", "web").exitCode()).isZero();
        Eventually.becomes(Duration.ofSeconds(30), () -> "stopped", () -> !Processes.isAlive(pid));
        Files.writeString(stack.resolve("olympus.yaml"), TWO_REPLICAS.formatted("601", 1));
        olympus.apply(stack);
        var shown = olympus.json("status", "shop/web").path("services").path(0);
        assertThat(shown.path("state").asString()).isEqualTo("stopped");
        assertThat(shown.path("reason").asString()).contains("stopped by user:admin");

        assertThat(olympus.olympus("start", "web").exitCode()).isZero();
        awaitCommand("shop/web.1", "601");
    }

    @Test
    void removalLeavesNoProcessAndKeepsTheServicesOwnData() throws IOException {
        var stack =
                olympus.stack(
                        "shop",
                        """
                        services:
                          db:
                            process: { command: [bash, -c, "echo precious > data.txt; sleep 600 & sleep 601 & wait"] }
                            probe: { command: [test, -f, data.txt], interval: 500ms }
                          web:
                            process: { command: [bash, -c, "trap 'echo web ended >> order.txt; exit 0' TERM; sleep 602 & wait"] }
                            depends_on: { db: { condition: service_healthy } }
                        """);
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.1");

        assertThat(olympus.olympus("remove", "shop", "--yes").exitCode()).isZero();
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> "everything of shop ended: " + Processes.workingIn(stack),
                () ->
                        Processes.workingIn(stack).isEmpty()
                                && !olympus.olympus("status").out().contains("shop/"));

        assertThat(stack.resolve("data.txt")).hasContent("precious");
        assertThat(stack.resolve("order.txt")).hasContent("web ended");
        assertThat(olympus.olympus("stacks").out()).doesNotContain("shop");
    }

    @Test
    void pausingHaltsRestartsUntilResumed() {
        olympus.apply(olympus.stack("shop", TWO_REPLICAS.formatted("600", 1)));
        var pid = olympus.awaitRunning("shop/web.1");

        assertThat(
                        olympus.olympus("pause", "--stack", "shop", "--reason", "moving cables")
                                .exitCode())
                .isZero();
        Processes.kill(pid, "KILL");
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "the death shows: " + olympus.olympus("status").out(),
                () -> olympus.instance("shop/web.1").path("pid").asLong(0) == 0);
        assertThat(olympus.olympus("why", "shop/web").out()).contains("moving cables");
        assertThat(olympus.instance("shop/web.1").path("state").asString()).isNotEqualTo("running");

        assertThat(olympus.olympus("resume", "--stack", "shop").exitCode()).isZero();
        assertThat(olympus.awaitRunning("shop/web.1")).isNotEqualTo(pid);
    }

    @Test
    void endsCleanlyOnSigtermAndLeavesServicesRunning() {
        olympus.apply(olympus.stack("shop", TWO_REPLICAS.formatted("600", 1)));
        var pid = olympus.awaitRunning("shop/web.1");

        assertThat(olympus.terminate()).isZero();
        assertThat(Processes.isAlive(pid)).isTrue();

        olympus.up("--stop-services");
        assertThat(olympus.awaitRunning("shop/web.1")).isEqualTo(pid);
        assertThat(olympus.terminate()).isZero();
        assertThat(Processes.isAlive(pid)).isFalse();
    }

    @Test
    void everyDecisionSaysWhatWhyAndWithWhichResult() {
        olympus.apply(olympus.stack("shop", TWO_REPLICAS.formatted("600", 1)));
        Processes.kill(olympus.awaitRunning("shop/web.1"), "KILL");

        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> olympus.olympus("decisions").out(),
                () ->
                        olympus.json("decisions")
                                .path("decisions")
                                .valueStream()
                                .anyMatch(decision ->
                                        decision.path("subject").asString().equals("shop/web.1")
                                                && decision.path("action")
                                                        .asString()
                                                        .contains("restart")));
        for (var decision : olympus.json("decisions").path("decisions")) {
            for (var field : List.of("at", "actor", "action", "subject", "why", "result")) {
                assertThat(decision.path(field).asString(""))
                        .as(field + " of " + decision)
                        .isNotBlank();
            }
        }
    }
}
