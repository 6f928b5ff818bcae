package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatsCommandTest {

    private static final String STATS =
            """
            {"instances":[
              {"instance":"shop/db.1","node":"mars","cpuPercent":12.5,"memoryBytes":8388608,"memoryLimitBytes":67108864,
               "processes":3,"receivedBytes":1024,"sentBytes":2048,"readBytes":0,"writtenBytes":5242880},
              {"instance":"shop/web.1","node":"mars","cpuPercent":0.0,"memoryBytes":4096,"memoryLimitBytes":null,
               "processes":1,"receivedBytes":null,"sentBytes":null,"readBytes":null,"writtenBytes":null}],
             "notMeasured":[{"instance":"shop/cache.1","node":"venus","reason":"it does not run"}]}\
            """;

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        server.on("GET /stats", 200, STATS).on("GET /stats?service=shop%2Fdb", 200, STATS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.answering("", false, server.environment(), folder, arguments);
    }

    @Test
    void showsWhatInstancesUseAndNamesThoseThatWereNotMeasured() {
        var run = run("stats");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "INSTANCE|NODE|CPU %|MEM USAGE / LIMIT|MEM %|NET I/O|BLOCK I/O|PIDS",
                        "shop/db.1|mars|12.5%|8.0 MiB / 64.0 MiB|12.5%|1.0 KiB / 2.0 KiB|0 B / 5.0 MiB|3",
                        "shop/web.1|mars|0.0%|4.0 KiB / -|-|-|-|1");
        assertThat(run.err()).contains("not measured: shop/cache.1 on venus: it does not run");
    }

    @Test
    void asksAboutOneServiceAndAnswersAsJson() {
        var run = run("stats", "shop/db", "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("\"cpuPercent\"").doesNotContain("MEM USAGE");
    }
}
