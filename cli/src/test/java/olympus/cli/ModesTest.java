package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** mode, release and adopt: what is asked of the server, and what is told. */
final class ModesTest {

    private static final String PLAN =
            "{\"stack\":\"shop\",\"baseRevision\":0,\"revision\":1,\"changes\":[],\"warnings\":[],\"held\":[]}";

    @TempDir static Path keys;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private RecordedServer server;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void start() throws Exception {
        server = RecordedServer.start(keys);
        environment = server.environment();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(environment, folder, arguments);
    }

    private void stacks(String... namesAndModes) {
        var list = new StringBuilder();
        for (var i = 0; i < namesAndModes.length; i += 2) {
            list.append(i == 0 ? "" : ",")
                    .append(
                            "{\"stack\":\"%s\",\"mode\":\"%s\"}"
                                    .formatted(namesAndModes[i], namesAndModes[i + 1]));
        }
        server.on("GET /stacks", 200, "{\"stacks\":[" + list + "],\"next\":null}");
    }

    private void instance(String state, String reason) {
        server.on(
                "GET /services/shop",
                200,
                """
                {"services":[{"service":"shop/web","desired":1,"running":%d,"instances":[
                  {"instance":"shop/web.1","state":"%s","reason":"%s"}]}],"next":null}
                """
                        .formatted(state.equals("running") ? 1 : 0, state, reason));
    }

    @Test
    void showsTheModeOfAStack() {
        stacks("shop", "observe");
        assertThat(run("mode", "shop").out()).contains("shop is in mode observe");
        var other = run("mode", "attic");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).contains("there is no stack \"attic\"");
    }

    @Test
    void ordersAMode() {
        server.on("PUT /stacks/shop/mode", 200, "{\"stack\":\"shop\",\"mode\":\"manage\"}");
        var run = run("mode", "shop", "manage");
        assertThat(run.exitCode()).isZero();
        assertThat(server.requests())
                .containsExactly("PUT /stacks/shop/mode {\"mode\":\"manage\"}");
    }

    @Test
    void refusesAWordThatIsNoMode() {
        var run = run("mode", "shop", "watch");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("observe", "ask", "manage");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void releasesOnlyWithConsent() {
        var run = run("release", "shop");
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("--yes");
        assertThat(server.requests()).isEmpty();

        server.on("POST /stacks/shop/release", 202, "{\"releasing\":[\"shop/web\"]}");
        var consented = run("release", "shop", "--yes");
        assertThat(consented.exitCode()).isZero();
        assertThat(consented.out()).contains("left as it is: shop/web");
    }

    @Test
    void namesWhatWasReleasedBeforeOneCouldNotBe() {
        stacks("attic", "observe", "shop", "manage");
        server.on("POST /stacks/attic/release", 202, "{\"releasing\":[\"attic/db\"]}");
        server.on(
                "POST /stacks/shop/release",
                409,
                "{\"detail\":\"nothing was released: shop/web are host processes\"}");
        var run = run("release", "--all", "--yes");
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).contains("host processes").contains("Released before: attic");
    }

    @Test
    void releaseWantsAStackOrAll() {
        assertThat(run("release").exitCode()).isEqualTo(2);
        assertThat(run("release", "shop", "--all").exitCode()).isEqualTo(2);
    }

    private void pending() {
        server.on(
                "GET /decisions/pending",
                200,
                """
                {"pending":[
                  {"id":"0a1b2c3d","action":"start","instance":"shop/web.1","node":"mars",
                   "why":"it ended with exit status 3","since":"2026-11-21T03:00:00Z","mode":"ask"},
                  {"id":"4e5f6a7b","action":"update","instance":"attic/db.1","node":"mars",
                   "why":"declared otherwise","since":"2026-11-21T03:00:00Z","mode":"observe"}],
                 "next":null}
                """);
    }

    @Test
    void showsWhatWouldBeDoneOfAllAndOfOneStack() {
        pending();
        assertThat(run("decisions", "pending").out())
                .contains("0a1b2c3d", "start", "shop/web.1", "exit status 3", "attic/db.1");
        assertThat(run("decisions", "pending", "shop").out())
                .contains("shop/web.1")
                .doesNotContain("attic");
        assertThat(run("decisions", "pending", "other").out()).contains("nothing is pending");
    }

    @Test
    void approvesAndDenies() {
        server.on(
                "POST /decisions/pending/0a1b2c3d/approve",
                202,
                "{\"decision\":\"0a1b2c3d\",\"answer\":\"approve\"}");
        server.on(
                "POST /decisions/pending/4e5f6a7b/deny",
                202,
                "{\"decision\":\"4e5f6a7b\",\"answer\":\"deny\"}");
        assertThat(run("decisions", "approve", "0a1b2c3d").exitCode()).isZero();
        assertThat(run("decision", "deny", "4e5f6a7b").exitCode()).isZero();
        assertThat(server.requests()).hasSize(2);
        var wrong = run("decisions", "approve", "shop/web");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("8 hex digits");
        assertThat(run("decisions", "approve").exitCode()).isEqualTo(2);
        assertThat(server.requests()).hasSize(2);
    }

    private Path shop() throws Exception {
        var shop = Files.createDirectories(folder.resolve("compose/shop"));
        Files.writeString(
                shop.resolve("olympus.yaml"), "services: { web: { command: [sleep, '60'] } }");
        server.on("PUT /stacks/shop?mode=observe", 200, PLAN);
        server.on("GET /decisions/pending", 200, "{\"pending\":[],\"next\":null}");
        server.on("PUT /stacks/shop/mode", 200, "{\"stack\":\"shop\",\"mode\":\"manage\"}");
        return shop;
    }

    @Test
    void managesWhatItFoundRunningOnlyAfterItWasObserved() throws Exception {
        shop();
        server.on("GET /stacks", 200, "{\"stacks\":[],\"next\":null}");
        instance("running", "adopted");
        var run = run("adopt", folder.resolve("compose").toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("shop: 1 running as found, nothing restarted");
        var asked = server.requests().stream().filter(r -> r.startsWith("PUT")).toList();
        assertThat(asked.getFirst()).startsWith("PUT /stacks/shop?mode=observe ");
        assertThat(asked.getLast()).isEqualTo("PUT /stacks/shop/mode {\"mode\":\"manage\"}");
    }

    @Test
    void leavesInObservationWhatDoesNotRunAsDeclared() throws Exception {
        var shop = shop();
        server.on("GET /stacks", 200, "{\"stacks\":[],\"next\":null}");
        instance("stopped", "there is no container shop-web-1");
        var run = run("adopt", shop.toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("not running: shop/web.1: there is no container shop-web-1")
                .contains("olympus mode shop manage");
        assertThat(server.requests()).noneMatch(r -> r.startsWith("PUT /stacks/shop/mode"));
    }

    @Test
    void onlyWatchesAFolderOfWhichAServiceCannotBeManaged() throws Exception {
        var shop = shop();
        Files.delete(shop.resolve("olympus.yaml"));
        Files.writeString(
                shop.resolve("compose.yaml"),
                """
                services:
                  web: { image: nginx }
                  cron: { image: busybox, post_start: [ { command: date } ] }
                """);
        server.on("GET /stacks", 200, "{\"stacks\":[],\"next\":null}");
        instance("running", "adopted");
        var run = run("adopt", shop.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("cannot be managed yet").contains("compose.yaml:3:");
        assertThat(server.requests()).noneMatch(r -> r.startsWith("PUT /stacks/shop/mode"));
    }

    @Test
    void observeManagesNothing() throws Exception {
        var shop = shop();
        server.on("GET /stacks", 200, "{\"stacks\":[],\"next\":null}");
        instance("running", "adopted");
        assertThat(run("adopt", shop.toString(), "--observe").exitCode()).isZero();
        assertThat(server.requests()).noneMatch(r -> r.startsWith("PUT /stacks/shop/mode"));
    }

    @Test
    void aBrokenFolderKeepsOnlyItselfOut() throws Exception {
        shop();
        var broken = Files.createDirectories(folder.resolve("compose/broken"));
        Files.writeString(broken.resolve("olympus.yaml"), "servises: {}");
        server.on("GET /stacks", 200, "{\"stacks\":[],\"next\":null}");
        instance("running", "adopted");
        var run = run("adopt", folder.resolve("compose").toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("left out:").contains("olympus.yaml:1:1");
        assertThat(run.out()).contains("shop: 1 running");
    }

    @Test
    void saysThatAFolderHoldsNothingToAdopt() throws Exception {
        var run = run("adopt", Files.createDirectory(folder.resolve("empty")).toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("holds no Compose folder");
        assertThat(List.copyOf(server.requests())).isEmpty();
    }
}
