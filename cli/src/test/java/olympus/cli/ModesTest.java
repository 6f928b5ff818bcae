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
        server.on("PUT /stacks/shop/mode", 200, "{\"stack\":\"shop\",\"mode\":\"ask\"}");
        var run = run("mode", "shop", "ask");
        assertThat(run.exitCode()).isZero();
        assertThat(server.requests()).containsExactly("PUT /stacks/shop/mode {\"mode\":\"ask\"}");
    }

    private void handover(String... stepsAndInstances) {
        var steps = new StringBuilder();
        for (var i = 0; i < stepsAndInstances.length; i += 2) {
            steps.append(i == 0 ? "" : ",")
                    .append(
                            "{\"instance\":\"%s\",\"node\":\"mars\",\"action\":\"%s\",\"why\":\"so it is\"}"
                                    .formatted(stepsAndInstances[i + 1], stepsAndInstances[i]));
        }
        server.on(
                "GET /stacks/shop/handover",
                200,
                "{\"stack\":\"shop\",\"revision\":2,\"mode\":\"ask\",\"instances\":["
                        + steps
                        + "]}",
                Map.of("ETag", "\"2\""));
        server.on("PUT /stacks/shop/mode", 200, "{\"stack\":\"shop\",\"mode\":\"manage\"}");
        server.on("GET /nodes", 200, "{\"nodes\":[],\"next\":null}");
        service("running", "");
        differences("");
    }

    private void service(String state, String reason) {
        server.on(
                "GET /services",
                200,
                "{\"services\":[{\"service\":\"shop/web\",\"mode\":\"manage\",\"state\":\"%s\",\"reason\":\"%s\"}],\"next\":null}"
                        .formatted(state, reason));
    }

    private void differences(String all) {
        server.on("GET /stacks/shop/differences", 200, "{\"differences\":[" + all + "]}");
    }

    @Test
    void managesWithoutAQuestionWhereEverythingGoesOnAsItIs() {
        handover("keep", "shop/web.1", "keep", "shop/db.1");
        var run = run("mode", "shop", "manage");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("2 instance(s) go on as they are")
                .contains("restart policy");
        assertThat(server.requests()).contains("PUT /stacks/shop/mode {\"mode\":\"manage\"}");
    }

    @Test
    void managesOnlyWithConsentWhereSomethingIsDoneAtOnce() {
        handover("replace", "shop/web.1", "start", "shop/db.1", "keep", "shop/cache.1");
        var refused = run("mode", "shop", "manage");
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.out())
                .contains("shop/web.1", "replace", "shop/db.1", "start", "so it is")
                .doesNotContain("shop/cache.1");
        assertThat(refused.err()).contains("nothing was changed").contains("--yes");
        assertThat(server.requests()).noneMatch(request -> request.startsWith("PUT"));

        assertThat(run("mode", "shop", "manage", "--yes").exitCode()).isZero();
        assertThat(server.requests()).contains("PUT /stacks/shop/mode {\"mode\":\"manage\"}");
    }

    @Test
    void manageSaysWhatIsStillToComeAtItsDeadline() {
        handover("keep", "shop/web.1");
        differences(
                "{\"instance\":\"shop/web.1\",\"path\":\"restart\",\"declared\":null,\"observed\":\"always\"}");
        var late = run("mode", "shop", "manage", "--wait", "10ms");
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.err())
                .contains("shop is in mode manage, but not done within 10ms")
                .contains("shop/web.1: its engine's restart policy is still \"always\"")
                .contains("olympus wait shop");
        assertThat(run("mode", "shop", "manage", "--no-wait").exitCode()).isZero();
    }

    @Test
    void releaseWaitsUntilTheStackIsForgotten() {
        server.on("POST /stacks/shop/release", 202, "{\"releasing\":[\"shop/web\"]}");
        stacks("shop", "manage");
        service("releasing", "shop/web.1 is being let go");
        var late = run("release", "shop", "--yes", "--wait", "10ms");
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.err())
                .contains("release of shop ordered, but not done within 10ms")
                .contains("shop/web is releasing: shop/web.1 is being let go");

        var unwaited = run("release", "shop", "--yes", "--no-wait");
        assertThat(unwaited.exitCode()).isZero();
        assertThat(unwaited.out()).contains("olympus stacks lists them until it is done");
        stacks("other", "manage");
        assertThat(run("release", "shop", "--yes").exitCode()).isZero();
    }

    private void unchangeable(String problem) {
        server.on(
                "GET /services",
                200,
                "{\"services\":[{\"service\":\"shop/web\",\"mode\":\"manage\",\"state\":\"running\",\"reason\":\"\",\"instances\":[{\"instance\":\"shop/web.1\",\"node\":\"mars\"}]}],\"next\":null}");
        server.on(
                "GET /nodes",
                200,
                "{\"nodes\":[{\"node\":\"mars\",\"problems\":[\"%s\"]}],\"next\":null}"
                        .formatted(problem));
    }

    @Test
    void manageDoesNotWaitForAPolicyThatItsEngineCannotChange() {
        handover("keep", "shop/web.1");
        differences(
                "{\"instance\":\"shop/web.1\",\"path\":\"restart\",\"declared\":null,\"observed\":\"always\"}");
        unchangeable(
                "the restart policy of shop-web-1 stays always: this engine cannot change a restart policy (Podman can from 5.1 on)");
        var run = run("mode", "shop", "manage", "--wait", "10ms");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .containsOnlyOnce("shop/web.1: its engine cannot change the restart policy");

        unchangeable("the disk is full");
        assertThat(run("mode", "shop", "manage", "--wait", "10ms").exitCode()).isEqualTo(1);
    }

    @Test
    void manageWaitsForWhatCouldNotBeCompared() {
        handover("keep", "shop/web.1");
        server.on(
                "GET /stacks/shop/differences",
                200,
                "{\"differences\":[],\"notCompared\":[{\"instance\":\"shop/web.1\",\"reason\":\"node mars does not answer\"}]}");
        process(77);
        var late = run("mode", "shop", "manage", "--wait", "10ms");
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.err())
                .contains("shop/web.1")
                .contains("is not known: node mars does not answer");
        // What could not be started has no container whose policy could be handed over.
        process(0);
        var failed = run("mode", "shop", "manage", "--wait", "10ms");
        assertThat(failed.exitCode()).as(failed.err()).isZero();
    }

    private void process(long pid) {
        server.on(
                "GET /services",
                200,
                "{\"services\":[{\"service\":\"shop/web\",\"mode\":\"manage\",\"state\":\"running\",\"reason\":\"\",\"instances\":[{\"instance\":\"shop/web.1\",\"node\":\"mars\",\"pid\":%d}]}],\"next\":null}"
                        .formatted(pid));
    }

    private void planOf(String mode, String handover) {
        var plan = PLAN.replace("}", ",\"handover\":[" + handover + "]}");
        server.on("POST /stacks/shop/plan", 200, plan);
        server.on("PUT /stacks/shop?prune=false", 200, PLAN);
        service("running", "");
        try {
            Files.writeString(
                    folder.resolve("olympus.yaml"),
                    "name: shop\nmode: %s\nservices:\n  web:\n    command: [run]\n"
                            .formatted(mode));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void applyAsksWhereTheFilesBringAStackUnderManage() {
        planOf(
                "manage",
                "{\"instance\":\"shop/web.1\",\"node\":\"mars\",\"action\":\"replace\",\"why\":\"declared otherwise meanwhile\"}");
        var refused = run("apply", folder.toString());
        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(4);
        assertThat(refused.out()).contains("shop/web.1", "replace", "declared otherwise meanwhile");
        assertThat(refused.err()).contains("nothing was applied").contains("--yes");
        assertThat(server.requests()).noneMatch(request -> request.startsWith("PUT"));

        assertThat(run("apply", folder.toString(), "--yes").exitCode()).isZero();
        assertThat(server.requests()).anyMatch(request -> request.startsWith("PUT /stacks/shop"));
    }

    @Test
    void waitsForWhatIsUnderWay() {
        stacks("shop", "manage");
        service("running", "");
        var done = run("wait", "shop");
        assertThat(done.exitCode()).as(done.err()).isZero();
        assertThat(done.out()).contains("shop: nothing is under way");

        service("updating", "the update watches shop/web.1");
        var late = run("wait", "shop", "--wait", "10ms");
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.err()).contains("shop/web is updating: the update watches shop/web.1");
        var unknown = run("wait", "shpo");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("there is no stack \"shpo\" (any more)");
        assertThat(unknown.out()).doesNotContain("nothing is under way");
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
        stacks();
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
                "GET /decisions/pending?denied=true",
                200,
                """
                {"pending":[
                  {"id":"0a1b2c3d","action":"start","instance":"shop/web.1","node":"mars",
                   "why":"it ended with exit status 3","since":"2026-11-21T03:00:00Z","mode":"ask"},
                  {"id":"4e5f6a7b","action":"update","instance":"attic/db.1","node":"mars",
                   "why":"declared otherwise","since":"2026-11-21T03:00:00Z","mode":"observe"},
                  {"id":"8c9d0e1f","action":"update","instance":"shop/db.1","node":"mars",
                   "why":"declared otherwise","since":"2026-11-21T03:00:00Z","mode":"ask",
                   "deniedBy":"user:ana"}],
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
                .doesNotContain("attic", "8c9d0e1f");
        assertThat(run("decisions", "pending", "shop").err())
                .contains("1 denied")
                .contains("--denied");
        assertThat(run("decisions", "pending", "shop", "--denied").out())
                .contains("8c9d0e1f", "denied by user:ana");
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
        handover("keep", "shop/web.1");
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
    void leavesInObservationWhatWouldBeReplacedAtOnce() throws Exception {
        var shop = shop();
        handover("replace", "shop/web.1");
        server.on("GET /stacks", 200, "{\"stacks\":[],\"next\":null}");
        instance("running", "adopted");
        assertThat(run("adopt", shop.toString()).exitCode()).isZero();
        assertThat(server.requests()).noneMatch(r -> r.startsWith("PUT /stacks/shop/mode"));
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
