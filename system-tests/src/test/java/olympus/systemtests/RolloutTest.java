package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A new version is tried, approved or taken back, through the launcher and on real processes. */
class RolloutTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String CANARY =
            """
            services:
              web:
                process: { command: [%s] }
                deploy:
                  replicas: 2
                  update_config: { strategy: canary, order: start-first, monitor: 500ms, approval: manual }
                recovery: { attempts: 1, within: 1m, backoff: { initial: 10ms, max: 50ms } }
            """;

    private static final String BLUE_GREEN =
            """
            services:
              web:
                process: { command: [sleep, "%s"] }
                ports: ["18170-18173"]
                deploy:
                  replicas: 2
                  update_config: { strategy: blue-green, monitor: 500ms, approval: automatic, keep: 1h }
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

    private void write(Path stack, String template, String command) throws IOException {
        Files.writeString(stack.resolve("olympus.yaml"), template.formatted(command));
        olympus.apply(stack);
    }

    private JsonNode rollout() {
        return olympus.json("rollout", "status").path("rollouts").path(0);
    }

    private void awaitStage(String stage) {
        Eventually.becomes(
                SOON,
                () -> "stage " + stage + ": " + rollout(),
                () -> rollout().path("rollout").path("stage").asString("").equals(stage));
    }

    /** The processes that run, by instance. */
    private Map<String, Long> running() {
        var running = new TreeMap<String, Long>();
        instances(olympus.json("status"))
                .filter(one -> one.path("state").asString("").equals("running"))
                .forEach(one ->
                        running.put(one.path("instance").asString(), one.path("pid").asLong()));
        return running;
    }

    private static Stream<JsonNode> instances(JsonNode document) {
        return document.path("services")
                .valueStream()
                .flatMap(service -> service.path("instances").valueStream());
    }

    private long count(String text) {
        return running().values().stream()
                .filter(pid -> Processes.commandLine(pid).contains(text))
                .count();
    }

    @Test
    void aCanaryRunsBesideTheOldVersionUntilAPersonApprovesIt() throws IOException {
        var stack = olympus.stack("shop", CANARY.formatted("sleep, \"700\""));
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.2");
        var old = running();

        write(stack, CANARY, "sleep, \"701\"");
        awaitStage("approval");
        assertThat(running()).hasSize(3).containsAllEntriesOf(old);
        assertThat(count("701")).isEqualTo(1);
        var shown = olympus.olympus("rollout", "status");
        assertThat(shown.out()).contains("waits for approval").contains("rollout approve shop/web");
        var restart = olympus.olympus("restart", "web");
        assertThat(restart.exitCode()).isNotZero();
        assertThat(restart.err()).contains("a new version of shop/web is being tried");

        assertThat(olympus.olympus("rollout", "approve", "web").exitCode()).isZero();
        Eventually.becomes(
                SOON,
                () -> "two of the new version: " + running(),
                () -> count("701") == 2 && running().size() == 2);
        assertThat(olympus.olympus("rollout", "status").out()).contains("no update is under way");
        assertThat(olympus.olympus("audit").out()).contains("rollout/approve");
    }

    @Test
    void whatIsRejectedOrFailsLeavesTheOldVersionAsItWas() throws IOException {
        var stack = olympus.stack("shop", CANARY.formatted("sleep, \"700\""));
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.2");
        var old = running();

        write(stack, CANARY, "sleep, \"701\"");
        awaitStage("approval");
        assertThat(
                        olympus.olympus("rollout", "reject", "web", "--reason", "twice the memory")
                                .exitCode())
                .isZero();
        Eventually.becomes(
                SOON, () -> "only the old ones: " + running(), () -> running().equals(old));
        assertThat(olympus.olympus("history", "shop").out()).contains("twice the memory");

        write(stack, CANARY, "sh, -c, \"exit 3\"");
        Eventually.becomes(
                SOON,
                () -> "a return: " + olympus.olympus("history", "shop").out(),
                () -> olympus.json("history", "shop").path("revisions").size() == 5);
        assertThat(running()).isEqualTo(old);
    }

    @Test
    void blueGreenPublishesOneVersionAtATimeAndReturnsAtOnce() throws IOException {
        var stack = olympus.stack("shop", BLUE_GREEN.formatted("700"));
        olympus.apply(stack);
        olympus.awaitRunning("shop/web.2");
        var old = running();
        assertThat(published()).containsExactlyElementsOf(old.keySet());

        write(stack, BLUE_GREEN, "701");
        awaitStage("switched");
        assertThat(running()).hasSize(4).containsAllEntriesOf(old);
        assertThat(published()).containsExactly("shop/web.3", "shop/web.4");

        assertThat(olympus.olympus("rollout", "reject", "web").exitCode()).isZero();
        Eventually.becomes(
                SOON,
                () -> "the old ones published: " + published(),
                () -> published().equals(List.copyOf(old.keySet())));
        Eventually.becomes(
                SOON, () -> "only the old ones: " + running(), () -> running().equals(old));
    }

    private List<String> published() {
        return instances(olympus.json("discovery"))
                .filter(one -> one.path("ready").asBoolean())
                .map(one -> one.path("instance").asString())
                .sorted()
                .toList();
    }
}
