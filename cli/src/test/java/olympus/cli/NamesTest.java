package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person may call things, and what a command says when the name is not enough. */
final class NamesTest {

    private static final String PLAN =
            "{\"stack\":\"web\",\"revision\":2,\"changes\":[],\"warnings\":[]}";

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private CommandRun run(Map<String, String> more, String... arguments) {
        var environment = new java.util.HashMap<>(server.environment());
        environment.putAll(more);
        return CommandRun.of(environment, folder, arguments);
    }

    private void stackWebAndServices(String... ids) {
        var services =
                java.util.Arrays.stream(ids)
                        .map("{\"service\":\"%s\"}"::formatted)
                        .collect(Collectors.joining(",", "{\"services\":[", "]}"));
        server.on("GET /stacks", 200, "{\"stacks\":[{\"stack\":\"web\"}]}")
                .on("GET /services", 200, services);
    }

    @Test
    void refusesANameThatIsBothAStackAndAServiceNamingBothSpellingsThatWork() {
        stackWebAndServices("shop/web", "web/front");
        server.on("POST /stacks/web/rollback", 200, PLAN)
                .on("POST /services/shop/web/rollback", 200, PLAN)
                .on("GET /services/web", 200, "{\"services\":[]}");

        for (var command : new String[] {"rollback", "status", "history"}) {
            var run = run(command, "web");
            assertThat(run.exitCode()).as(command).isEqualTo(ExitCodes.FAILED);
            assertThat(run.err()).contains("ambiguous", "stack:web", "shop/web");
        }
        assertThat(run("rollback", "stack:web").exitCode()).isZero();
        assertThat(run("rollback", "shop/web").exitCode()).isZero();
        assertThat(run("status", "stack:web").exitCode()).isZero();
        assertThat(server.requests())
                .contains("POST /stacks/web/rollback {}", "POST /services/shop/web/rollback {}")
                .contains("GET /services/web");
    }

    @Test
    void showsAStackThatHoldsAServiceOfItsOwnNameBecauseTheServiceIsInIt() {
        stackWebAndServices("web/web");
        server.on("GET /services/web", 200, "{\"services\":[]}");

        assertThat(run("status", "web").exitCode()).isZero();
        assertThat(run("rollback", "web").err()).contains("ambiguous");
    }

    @Test
    void showsAStackOfWhichOnlyTheServicesAreKnown() {
        server.on("GET /stacks", 200, "{\"stacks\":[]}")
                .on("GET /services", 200, "{\"services\":[{\"service\":\"shop/web\"}]}")
                .on("GET /services/shop", 200, "{\"services\":[{\"service\":\"shop/web\"}]}");

        var run = run("status", "shop");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("shop/web");
    }

    @Test
    void aBugIsOneLineAndItsTraceIsShownOnlyWhereAskedFor() {
        var broken = new String[] {"decisions", "--follow", "--limit", "1"};
        server.on(
                "GET /decisions",
                200,
                "event: decision\ndata: this is no JSON\n\n",
                Map.of("Content-Type", "text/event-stream"));

        var run = run(broken);
        var verbose = run(Map.of("OLYMPUS_DEBUG", "1"), broken);

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.err()).contains("internal error", "bug", "OLYMPUS_DEBUG").hasLineCount(1);
        assertThat(verbose.err()).contains("internal error").contains("\tat olympus.cli");
    }

    @Test
    void saysHowManyServicesAMessageDoesNotList() {
        stackWebAndServices(
                IntStream.range(0, 25).mapToObj("shop/s%d"::formatted).toArray(String[]::new));

        assertThat(run("stop", "nothing").err()).contains("shop/s19 … and 5 more");
    }

    @Test
    void adviceOnAMissingContextIsACommandThatWorks() {
        var missing = CommandRun.of(Map.of(), folder, "nodes", "--context", "home");
        assertThat(missing.err())
                .contains("olympus context home --address")
                .doesNotContain(" set ");

        assertThat(run("context", "home", "--address", server.address()).exitCode()).isZero();
    }

    @Test
    void everyCommandTellsTheVersion() {
        assertThat(run("--version").out()).startsWith("olympus ");
        assertThat(run("status", "--version").out()).isEqualTo(run("--version").out());
    }
}
