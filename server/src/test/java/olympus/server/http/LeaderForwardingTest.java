package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
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

    private static JsonNode body(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    private static String known(HttpResponse<?> response) {
        return RunningApi.header(response, LeaderForwarding.KNOWN_LEADER).orElse("");
    }

    @Test
    void anyServerAnswersWhatTheLeaderSays() throws Exception {
        var asked = api("venus").get("/api/v1/status");

        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(body(asked).path("server").asString()).isEqualTo("mars");
        assertThat(known(asked)).isEqualTo("true");
        assertThat(RunningApi.header(asked, "Via")).contains("1.1 venus");
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
    void staleAsksTheServerItself() throws Exception {
        var asked = api("venus").get("/api/v1/status?stale");

        assertThat(body(asked).path("server").asString()).isEqualTo("venus");
        assertThat(known(asked)).isEqualTo("true");
    }
}
