package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code olympus plan --what-if} and {@code olympus spof}. */
final class ForesightCommandTest {

    private static final String WHAT_IF =
            """
            {"at":"2026-11-21T03:00:00Z","revision":7,"lossDelay":"15s","supposed":["node-lost=mars"],"orders":null,
             "instances":[
              {"instance":"shop/db.1","node":"mars","outcome":"waits","target":null,"runs":true,"why":"the volume data is on its node"},
              {"instance":"shop/web.1","node":"mars","outcome":"moves","target":"venus","runs":true,"why":"node mars is lost"},
              {"instance":"shop/web.2","node":"venus","outcome":"stays","target":null,"runs":true,"why":""}],
             "services":[
              {"service":"shop/db","gravity":"stops","lost":1,"left":0,"moved":0,"why":"the volume data is on its node"}]}\
            """;
    private static final String SPOF =
            """
            {"at":"2026-11-21T03:00:00Z","revision":7,"lossDelay":"15s","points":[
              {"kind":"node","name":"mars","gravity":"stops","orders":"it is the only server","remark":"","services":[
                {"service":"shop/db","gravity":"stops","lost":1,"left":0,"moved":0,"why":"the volume data is on its node"}]},
              {"kind":"node","name":"venus","gravity":"fine","orders":null,"remark":"","services":[]}]}\
            """;
    private static final String FINE =
            """
            {"at":"2026-11-21T03:00:00Z","revision":7,"lossDelay":"15s","points":[
              {"kind":"node","name":"venus","gravity":"fine","orders":null,"remark":"","services":[]}]}\
            """;

    private static final String TOPOLOGY =
            """
            {"at":"2026-11-21T03:00:00Z","revision":7,"lossDelay":"15s","labels":["rack"],"points":[
              {"kind":"link","name":"rack=a","nodes":["mars","venus"],"gravity":"cut_off","orders":null,"remark":"what runs there goes on","goOn":1,
               "services":[
                {"service":"shop/db","gravity":"cut_off","lost":1,"left":0,"moved":0,"why":"it goes on on mars, out of reach of the rest","remedies":["data of shop/db elsewhere"]},
                {"service":"shop/web","gravity":"twice","lost":1,"left":0,"moved":1,"why":"it runs twice","remedies":[]},
                {"service":"shop/all","gravity":"fine","lost":1,"left":1,"moved":0,"why":"","remedies":[]}],
               "remedies":["a second way to rack=a"]},
              {"kind":"node","name":"mars","nodes":["mars"],"gravity":"degraded","orders":null,"remark":"","goOn":2,
               "services":[
                {"service":"shop/db","gravity":"degraded","lost":1,"left":0,"moved":0,"why":"its data is there","remedies":["data of shop/db elsewhere"]}],
               "remedies":[]}],
             "unknown":["the rack of earth, which has no such label"]}\
            """;

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
        return CommandRun.answering("", false, server.environment(), folder, arguments);
    }

    @Test
    void tellsWhatWouldBecomeOfEachInstance() {
        server.on("GET /what-if?lost=mars%2Cvenus&stopped=two", 200, WHAT_IF);
        var run =
                run(
                        "plan",
                        "--what-if",
                        "node-lost=mars",
                        "--what-if",
                        "server-lost=two",
                        "--what-if",
                        "node-lost=venus");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "INSTANCE|NODE|WOULD|BECAUSE",
                        "shop/db.1|mars|wait|the volume data is on its node",
                        "shop/web.1|mars|run on venus|node mars is lost",
                        "1 more go on where they are",
                        "",
                        "SERVICE|WOULD|INSTANCES|BECAUSE",
                        "shop/db|stop|1 lost, 0 left, 0 moved|the volume data is on its node");
    }

    @Test
    void aSuppositionThatIsNoneIsWrongUsage() {
        for (var wrong : new String[] {"mars", "node-lost=", "node-away=mars", "node-lost=a,b"}) {
            var run = run("plan", "--what-if", wrong);
            assertThat(run.exitCode()).as(wrong).isEqualTo(ExitCodes.USAGE);
            assertThat(run.err()).contains("--what-if " + wrong).contains("node-lost=NODE");
        }
        assertThat(run("plan", "shop", "--what-if", "node-lost=mars").exitCode())
                .isEqualTo(ExitCodes.USAGE);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void singlePointsAreListedWithTheirReasons() {
        server.on("GET /spof", 200, SPOF);
        var run = run("spof");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "WITHOUT|WHAT|WOULD|BECAUSE",
                        "node mars|the island|take no orders|it is the only server",
                        "node mars|shop/db|stop|the volume data is on its node",
                        "node venus|everything|go on",
                        "What is moved is down for the loss delay (15s) and its start.");
    }

    @Test
    void theExitCodeTellsWhetherASingleFailureIsGraveWhereThatIsAsked() {
        server.on("GET /spof", 200, SPOF);
        assertThat(run("spof", "--exit-code").exitCode()).isEqualTo(ExitCodes.DIFFERS);

        server.on("GET /spof", 200, FINE);
        assertThat(run("spof", "--exit-code", "-o", "json").exitCode()).isZero();
    }

    @Test
    void theTopologyIsToldGravestFirstWithRemediesAndWhatIsNotKnown() {
        server.on("GET /spof?kinds=node,server,domain,link,disk&by=rack%2Csite", 200, TOPOLOGY);
        var run = run("doctor", "topology", "--by", "rack,site");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(
                        run.out()
                                .lines()
                                .map(line -> line.stripTrailing().replaceAll("(?<=\\S) {2,}", "|")))
                .containsExactly(
                        "WITHOUT|WHAT|WOULD|BECAUSE",
                        "link rack=a (mars, venus)|shop/db|be out of reach|it goes on on mars, out of reach of the rest",
                        "link rack=a (mars, venus)|shop/web|run twice|it runs twice",
                        "link rack=a (mars, venus)|1 service|go on|what runs there goes on",
                        "node mars|shop/db|be degraded|its data is there",
                        "node mars|2 services|go on",
                        "What is moved is down for the loss delay (15s) and its start.",
                        "",
                        "AGAINST|WHAT WOULD HELP",
                        "link rack=a|a second way to rack=a",
                        "link rack=a, node mars|data of shop/db elsewhere",
                        "",
                        "Not known:",
                        "  the rack of earth, which has no such label");
    }

    @Test
    void whatIsOutOfReachWithoutOneCableFailsTheTopologyWhereAskedFor() {
        server.on("GET /spof?kinds=node,server,domain,link,disk", 200, TOPOLOGY);
        assertThat(run("doctor", "topology").exitCode()).isZero();
        assertThat(run("doctor", "topology", "--exit-code", "-o", "json").exitCode())
                .isEqualTo(ExitCodes.DIFFERS);
    }
}
