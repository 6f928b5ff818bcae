package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a server that does not lead does with requests. */
@Timeout(60)
class LeaderForwardingTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String STATUS = "/api/v1/status";
    private static final String STOP = "/api/v1/services/shop/web/stop";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private ServersOfOneIsland island;

    @BeforeEach
    void start() throws Exception {
        island = new ServersOfOneIsland(folder, "mars", "venus", "pluto");
        island.leads("mars");
    }

    @AfterEach
    void stop() {
        island.close();
    }

    private RunningApi api(String server) {
        return island.server(server).api();
    }

    private List<String> ordered(String server) {
        return island.server(server).commands().ordered;
    }

    private HttpResponse<String> order(String server) throws Exception {
        return api(server).send(api(server).authorised(STOP).POST(BodyPublishers.noBody()));
    }

    private HttpResponse<String> marked(String server, String mark) throws Exception {
        return api(server)
                .send(
                        api(server)
                                .authorised(STOP)
                                .header(ForwardedMark.HEADER, mark)
                                .POST(BodyPublishers.noBody()));
    }

    /** As a server of the island would say it. */
    private String mark(String target) {
        var said = new ForwardedMark.Request("POST", target, "Bearer " + api("mars").token);
        return new ForwardedMark("venus", "192.0.2.7").sealed(said, api("mars").vault);
    }

    private static JsonNode body(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    private static String detail(HttpResponse<String> response) {
        return body(response).path("detail").asString();
    }

    private static String known(HttpResponse<?> response) {
        return RunningApi.header(response, LeaderForwarding.KNOWN_LEADER).orElse("");
    }

    // -- the usual -------------------------------------------------------------------------

    @Test
    void anyServerAnswersWhatTheLeaderSays() throws Exception {
        var asked = api("venus").get(STATUS);

        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(body(asked).path("server").asString()).isEqualTo("mars");
        assertThat(known(asked)).isEqualTo("true");
        assertThat(RunningApi.header(asked, "Via")).contains("1.1 venus");
        assertThat(RunningApi.header(asked, LeaderForwarding.SERVER)).contains("mars");
        assertThat(RunningApi.header(asked, "Content-Length")).isPresent();
        assertThat(api("venus").get("/metrics").body())
                .contains("olympus_forwarded_requests_total{outcome=\"answered\"} 1.0")
                .contains("olympus_leader_known 1.0")
                .contains("olympus_hermes_leader 0.0")
                .contains("olympus_servers 3.0");
    }

    @Test
    void anOrderIsCarriedOutByTheLeaderAndAuditedOnceWithWhoAskedAndFromWhere() throws Exception {
        assertThat(order("venus").statusCode()).isEqualTo(202);

        assertThat(ordered("mars")).hasSize(1);
        assertThat(ordered("venus")).isEmpty();
        assertThat(island.audited())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.actor()).isEqualTo("admin");
                    assertThat(entry.from()).isEqualTo("127.0.0.1");
                    assertThat(entry.path()).isEqualTo(STOP);
                    assertThat(entry.status()).isEqualTo(202);
                });
    }

    @Test
    void headersBodiesQueriesAndErrorsGoThrough() throws Exception {
        var rollback = "/api/v1/stacks/shop/mode";
        var response =
                api("venus")
                        .send(
                                api("venus")
                                        .authorised(rollback)
                                        .header("Content-Type", "application/json")
                                        .header("If-Match", "\"3\"")
                                        .PUT(BodyPublishers.ofString("{\"mode\":\"ask\"}")));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(ordered("mars")).containsExactly("mode shop ASK expected=Optional[3]");
        assertThat(api("venus").get("/api/v1/services?limit=0").statusCode()).isEqualTo(400);

        island.server("mars").commands().failure =
                Optional.of(new OlympusException(ErrorCode.DISK_FULL, "no room on mars"));
        var refused = order("venus");
        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(detail(refused)).isEqualTo("no room on mars");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedBeforeTheLeaderIsAsked() throws Exception {
        var parts = List.of(new byte[40 << 10], new byte[40 << 10]);
        for (var body :
                List.of(
                        BodyPublishers.ofByteArray(new byte[(64 << 10) + 1]),
                        BodyPublishers.ofByteArrays(parts))) {
            var response =
                    api("venus")
                            .send(
                                    api("venus")
                                            .authorised("/api/v1/stacks/shop")
                                            .header("Content-Type", "application/json")
                                            .PUT(body));
            assertThat(response.statusCode()).isEqualTo(413);
        }
        assertThat(api("mars").get("/metrics").body()).doesNotContain("method=\"PUT\"");
    }

    @Test
    void whatBelongsToAServerIsAnsweredByItself() throws Exception {
        var own = new DoctorCheck("disk", DoctorCheck.Status.OK, "of venus", "");
        api("venus").checks = List.of(own);

        assertThat(api("venus").get("/api/v1/doctor").body()).contains("of venus");
        assertThat(body(api("venus").get(STATUS + "?stale")).path("server").asString())
                .isEqualTo("venus");
        var stale = body(api("venus").get(STATUS + "?stale=true"));
        assertThat(stale.path("server").asString()).isEqualTo("venus");
        assertThat(stale.path("role").asString()).isEqualTo("follower");
        assertThat(stale.path("knownLeader").asBoolean()).isTrue();
        assertThat(stale.path("ledBy").path("name").asString()).isEqualTo("mars");
        assertThat(stale.path("servers").asInt()).isEqualTo(3);
        for (var root : List.of("/healthz", "/readyz", "/api/v1/openapi.json")) {
            assertThat(api("venus").get(root).statusCode()).isEqualTo(200);
        }
        assertThat(api("venus").get("/metrics").body())
                .contains("olympus_forwarded_requests_total{outcome=\"answered\"} 0.0");
    }

    @Test
    void aWrongTokenIsRefusedWithoutAskingTheLeader() throws Exception {
        var response =
                api("venus")
                        .send(api("venus").request(STATUS).header("Authorization", "Bearer no"));

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(api("mars").get("/metrics").body()).doesNotContain("status=\"401\"");
    }

    // -- what is believed ------------------------------------------------------------------

    @Test
    void whereARequestCameFromIsBelievedOfServersAlone() throws Exception {
        assertThat(marked("mars", mark(STOP)).statusCode()).isEqualTo(202);
        assertThat(island.audited())
                .singleElement()
                .satisfies(entry -> assertThat(entry.from()).isEqualTo("192.0.2.7"));

        var forged = "by=venus;for=192.0.2.8;seal=" + "0".repeat(64);
        var altered = mark(STOP).replace("192.0.2.7", "192.0.2.8");
        for (var wrong : List.of(forged, altered, mark(STATUS), "192.0.2.8")) {
            for (var server : List.of("mars", "venus")) {
                var refused = marked(server, wrong);
                assertThat(refused.statusCode()).as(server + " " + wrong).isEqualTo(403);
                assertThat(detail(refused)).contains(ForwardedMark.HEADER);
            }
        }
        assertThat(ordered("mars")).hasSize(1);
        assertThat(island.audited()).noneMatch(entry -> entry.from().equals("192.0.2.8"));
    }

    // -- who leads changes -----------------------------------------------------------------

    @Test
    void whatWasSentOnIsNotSentOnAgain() throws Exception {
        var refused = marked("pluto", mark(STOP));

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(detail(refused)).contains("pluto does not lead", "mars", "nothing was carried");
        assertThat(RunningApi.header(refused, "Retry-After")).contains("1");

        island.server("venus").member().follows("pluto");
        island.server("pluto").member().follows("venus");
        var circle = order("venus");
        assertThat(circle.statusCode()).isEqualTo(503);
        assertThat(detail(circle)).contains("was not carried out", "does not lead any more");
        for (var server : List.of("mars", "venus", "pluto")) {
            assertThat(ordered(server)).isEmpty();
        }
        assertThat(island.audited()).isEmpty();
    }

    @Test
    void aLeaderThatLeadsNoMoreIsFollowedByTheNext() throws Exception {
        var venus = island.server("venus").member();
        venus.follows("pluto");
        venus.afterLooks(6, () -> island.leads("mars"));

        assertThat(order("venus").statusCode()).isEqualTo(202);
        assertThat(ordered("mars")).hasSize(1);
        assertThat(ordered("pluto")).isEmpty();
        assertThat(island.audited()).hasSize(1);
    }

    @Test
    void aServerThatComesToLeadCarriesOutWhatItWasToSendOn() throws Exception {
        var venus = island.server("venus").member();
        venus.follows("pluto");
        venus.afterLooks(6, () -> island.leads("venus"));

        assertThat(order("venus").statusCode()).isEqualTo(202);
        assertThat(ordered("venus")).hasSize(1);
        assertThat(island.audited()).hasSize(1);
    }

    @Test
    void anOrderWaitsForALeaderToBeElected() throws Exception {
        island.nobodyLeads();
        island.server("venus").member().afterLooks(5, () -> island.leads("mars"));

        assertThat(order("venus").statusCode()).isEqualTo(202);
        assertThat(ordered("mars")).hasSize(1);
    }

    @Test
    void whileNobodyLeadsOrdersAreRefusedAndAnswersSaySo() throws Exception {
        island.nobodyLeads();

        var refused = order("venus");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(detail(refused)).contains("no server leads", "services run on");
        assertThat(RunningApi.header(refused, "Retry-After")).isPresent();
        assertThat(known(refused)).isEqualTo("false");
        var read = api("venus").get(STATUS);
        assertThat(body(read).path("server").asString()).isEqualTo("venus");
        assertThat(body(read).path("knownLeader").asBoolean()).isFalse();
        assertThat(known(read)).isEqualTo("false");
        assertThat(RunningApi.header(read, LeaderForwarding.SERVER)).contains("venus");
        assertThat(ordered("venus")).isEmpty();
        assertThat(island.audited()).isEmpty();
    }

    @Test
    void whileNobodyLeadsReadsTellWhatIsKnownHereAndHowOldThatIs() throws Exception {
        order("venus");
        island.nobodyLeads();
        var revision = Long.toString(island.store.status().revision());

        for (var read : List.of("decisions", "audit", "secrets", "why?thing=shop", "services")) {
            var answer = api("venus").get("/api/v1/" + read);
            assertThat(answer.statusCode()).as(read + answer.body()).isEqualTo(200);
            assertThat(known(answer)).isEqualTo("false");
            assertThat(RunningApi.header(answer, AnsweredHere.REVISION)).contains(revision);
            assertThat(RunningApi.header(answer, AnsweredHere.AGE).map(Long::valueOf).orElse(0L))
                    .isGreaterThanOrEqualTo(LedStore.LEADERLESS.toSeconds());
        }
        assertThat(api("venus").get("/api/v1/audit").body()).contains(STOP);
    }

    @Test
    void whatAServerItselfKnowsIsToldWithItsRevisionAlsoUnderALeader() throws Exception {
        order("venus");
        var revision = Long.toString(island.store.status().revision());

        var answer = api("venus").get("/api/v1/audit?stale");
        assertThat(answer.body()).contains(STOP);
        assertThat(known(answer)).isEqualTo("true");
        assertThat(RunningApi.header(answer, AnsweredHere.REVISION)).contains(revision);
        assertThat(RunningApi.header(answer, AnsweredHere.AGE)).isEmpty();
        assertThat(RunningApi.header(answer, "Via")).isEmpty();
        assertThat(RunningApi.header(api("venus").get("/api/v1/audit"), AnsweredHere.REVISION))
                .isEmpty();
    }

    @Test
    void aPauseIsToldToTheAgentsEvenIfNobodyLeads() throws Exception {
        island.nobodyLeads();

        var paused =
                api("venus")
                        .send(
                                api("venus")
                                        .authorised("/api/v1/pauses/all")
                                        .header("Content-Type", "application/json")
                                        .PUT(BodyPublishers.ofString("{\"reason\":\"fire\"}")));

        assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
        assertThat(api("venus").agents.pauses).hasSize(1);
    }

    @Test
    void manyRequestsAtATimeAreAllAnswered() {
        var answers =
                java.util.stream.IntStream.range(0, 40)
                        .mapToObj(_ ->
                                CompletableFuture.supplyAsync(
                                        () -> {
                                            try {
                                                return order("venus").statusCode();
                                            } catch (Exception e) {
                                                throw new AssertionError(e);
                                            }
                                        },
                                        Thread::startVirtualThread))
                        .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(202));
        assertThat(ordered("mars")).hasSize(40);
    }
}
