package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What a server says when the leader, which it sent a request on to, goes away. */
@Timeout(60)
class LostLeaderTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String STATUS = "/api/v1/status";
    private static final String STOP = "/api/v1/services/shop/web/stop";
    private static final String DECISIONS = "/api/v1/decisions";
    private static final String EVENT = "event: decision\nid: 1\ndata: {}\n\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private ServersOfOneIsland island;

    @SuppressWarnings("NullAway.Init")
    private RunningApi venus;

    @BeforeEach
    void start() throws Exception {
        island = new ServersOfOneIsland(folder, "mars", "venus", "pluto");
        venus = island.server("venus").api();
        island.leads("pluto");
    }

    @AfterEach
    void stop() {
        island.close();
    }

    private ScriptedLeader leader(ScriptedLeader.Script script) throws IOException {
        var leader = new ScriptedLeader(venus.certificates, script);
        island.isAt("pluto", leader.address());
        return leader;
    }

    private HttpResponse<String> order() throws Exception {
        return venus.send(venus.authorised(STOP).POST(BodyPublishers.noBody()));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private static void head(OutputStream out, String type, String more) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n".formatted(type, more));
    }

    private static void event(OutputStream out, String text) throws IOException {
        write(out, "%x\r\n%s\r\n".formatted(text.length(), text));
    }

    private static void isUnknown(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(504);
        var problem = JSON.readTree(response.body());
        assertThat(problem.path("code").asString()).isEqualTo("outcome-unknown");
        assertThat(problem.path("detail").asString())
                .contains("POST " + STOP, "pluto", "olympus status", "olympus history");
    }

    private void answeredByVenusWithoutALeader(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(JSON.readTree(response.body()).path("server").asString()).isEqualTo("venus");
        assertThat(RunningApi.header(response, LeaderForwarding.KNOWN_LEADER)).contains("false");
    }

    @Test
    void aLeaderThatCannotBeReachedHasCarriedOutNothing() throws Exception {
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            island.isAt("pluto", "https://127.0.0.1:" + closed.getLocalPort());
        }
        var refused = order();
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.body()).contains("was not carried out", "pluto", "cannot be reached");
        answeredByVenusWithoutALeader(venus.get(STATUS));
        assertThat(venus.get("/metrics").body())
                .contains("olympus_forwarded_requests_total{outcome=\"refused\"} 1.0")
                .contains("olympus_forwarded_requests_total{outcome=\"answered_here\"} 1.0");
    }

    @Test
    void whetherAnOrderWasCarriedOutIsNotKnownWhenTheConnectionBreaks() throws Exception {
        try (var pluto = leader((_, _) -> {})) {
            isUnknown(order());
            assertThat(pluto.heads.stream().filter(head -> head.startsWith("POST"))).hasSize(1);
            answeredByVenusWithoutALeader(venus.get(STATUS));
        }
        assertThat(island.server("venus").commands().ordered).isEmpty();
        assertThat(island.audited()).isEmpty();
    }

    @Test
    void anAnswerThatBreaksOffIsNone() throws Exception {
        try (var _ =
                leader((_, out) -> {
                    head(out, "application/json", "Content-Length: 100\r\n");
                    write(out, "{\"server\":");
                })) {
            isUnknown(order());
            answeredByVenusWithoutALeader(venus.get(STATUS));
        }
    }

    @Test
    void aLeaderThatDoesNotAnswerIsGivenUpAtTheDeadline() throws Exception {
        var end = new CountDownLatch(1);
        try (var _ = leader((_, _) -> end.await())) {
            isUnknown(order());
        } finally {
            end.countDown();
        }
    }

    @Test
    void aReadTurnsToTheNextLeaderAsSoonAsThereIsOne() throws Exception {
        var end = new CountDownLatch(1);
        try (var _ =
                leader((_, _) -> {
                    island.leads("mars");
                    end.await();
                })) {
            var answer = venus.get(STATUS);
            assertThat(JSON.readTree(answer.body()).path("server").asString()).isEqualTo("mars");
            assertThat(RunningApi.header(answer, LeaderForwarding.KNOWN_LEADER)).contains("true");
        } finally {
            end.countDown();
        }
    }

    @Test
    void aServerWithoutACertificateOfTheIslandGetsNothing() throws Exception {
        var other = new ServersOfOneIsland(folder.resolve("other"), "phobos");
        try (other;
                var stranger =
                        new ScriptedLeader(
                                other.server("phobos").api().certificates, (_, _) -> {})) {
            island.isAt("pluto", stranger.address());
            var refused = order();
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains("its certificate is not right");
            assertThat(stranger.heads).noneMatch(head -> head.contains("Authorization"));
        }
    }

    @Test
    void aLongAnswerIsPassedOnWhole() throws Exception {
        var text = "x".repeat(LeaderClient.GATHERED_BYTES * 3);
        try (var _ =
                leader((_, out) -> {
                    head(out, "text/plain", "Content-Length: %d\r\n".formatted(text.length()));
                    write(out, text);
                })) {
            // No operation answers with text: this is not compared with the page.
            try (var body = venus.unchecked(venus.authorised("/api/v1/nothing")).body()) {
                assertThat(new String(body.readAllBytes(), UTF_8)).isEqualTo(text);
            }
        }
    }

    // -- streams -----------------------------------------------------------------------------

    private HttpResponse<java.io.InputStream> follow() throws Exception {
        return venus.stream(venus.authorised(DECISIONS).header("Accept", Api.SSE));
    }

    @Test
    void eventsComeThroughOneByOneAndAStreamWhoseLeaderGoesSaysSo() throws Exception {
        var read = new CountDownLatch(1);
        try (var pluto =
                leader((_, out) -> {
                    head(out, Api.SSE, "Transfer-Encoding: chunked\r\n");
                    event(out, EVENT);
                    read.await();
                    throw new IOException("the leader dies");
                })) {
            try (var reader = new BufferedReader(new InputStreamReader(follow().body(), UTF_8))) {
                assertThat(reader.readLine()).isEqualTo("event: decision");
                assertThat(reader.readLine()).isEqualTo("id: 1");
                read.countDown();
                assertThat(reader.lines().toList())
                        .contains("event: error")
                        .anyMatch(line -> line.contains("\"code\":\"unavailable\""));
            }
            assertThat(pluto.heads.getFirst()).contains("Accept: " + Api.SSE);
        }
    }

    @Test
    void aStreamWhoseLeaderGoesInTheMidstOfAnEventIsCutOff() throws Exception {
        var part = "event: decis";
        var read = new CountDownLatch(1);
        try (var _ =
                leader((_, out) -> {
                    head(out, Api.SSE, "Transfer-Encoding: chunked\r\n");
                    event(out, EVENT + part);
                    read.await();
                })) {
            try (var body = follow().body()) {
                var come = body.readNBytes(EVENT.length() + part.length());
                assertThat(new String(come, UTF_8)).endsWith(part);
                read.countDown();
                assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aStreamOfTheLeaderEndsWhenItsReaderGoes() throws Exception {
        var ended = new CountDownLatch(1);
        try (var _ =
                leader((_, out) -> {
                    head(out, Api.SSE, "Transfer-Encoding: chunked\r\n");
                    try {
                        while (true) {
                            event(out, EVENT);
                        }
                    } catch (IOException gone) {
                        ended.countDown();
                    }
                })) {
            try (var body = follow().body()) {
                assertThat(body.read()).isEqualTo('e');
            }
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aStreamEndsWhenTheServerItCameByStops() throws Exception {
        var ended = new CountDownLatch(1);
        try (var _ =
                leader((_, out) -> {
                    head(out, Api.SSE, "Transfer-Encoding: chunked\r\n");
                    try {
                        while (ended.getCount() > 0) {
                            event(out, EVENT);
                        }
                    } catch (IOException gone) {
                        ended.countDown();
                    }
                })) {
            try (var body = follow().body()) {
                assertThat(body.read()).isEqualTo('e');
                var draining = Thread.ofVirtual().start(() -> drain(body));
                venus.api.close();
                assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
                draining.join();
            }
        }
    }

    private static void drain(java.io.InputStream body) {
        try {
            body.transferTo(OutputStream.nullOutputStream());
        } catch (IOException cutOff) {
            assertThat(cutOff).isNotNull();
        }
    }
}
