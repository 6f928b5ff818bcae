package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.HermesNode;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.StackDefinition;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a rollout is shown, approved and rejected over HTTP, and who is said to have done it. */
final class HttpRolloutsTest {

    private static final String ROLLOUT = "/api/v1/services/shop/web/rollout";
    private static final Instant SINCE = Instant.parse("2026-11-21T00:00:20Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ScriptedCommands commands = new ScriptedCommands();
    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        var hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, commands, 3);
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    private HttpResponse<String> post(String action, String body, String match) throws Exception {
        return api.send(
                api.authorised(ROLLOUT + "/" + action)
                        .header("Content-Type", "application/json")
                        .header("If-Match", match)
                        .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void approvesTheRevisionThatWasLookedAt() throws Exception {
        var answer = post("approve", "", "\"4\"");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(answer.body()).contains("\"service\":\"shop/web\"", "\"action\":\"approve\"");
        assertThat(commands.ordered).contains("approve rollout of shop/web expected=Optional[4]");

        commands.failure =
                Optional.of(new OlympusException(ErrorCode.CONFLICT, "has not proved itself yet"));
        var refused = post("approve", "", "*");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("has not proved itself yet");
        assertThat(post("approve", "", "four").statusCode()).isEqualTo(400);
    }

    @Test
    void rejectsWithTheReasonAndAnswersWithWhatFollows() throws Exception {
        var answer = post("reject", "{\"reason\":\"too slow\"}", "\"4\"");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"revision\":4");
        assertThat(post("reject", "", "*").statusCode()).isEqualTo(200);
        assertThat(commands.ordered)
                .contains(
                        "reject rollout of shop/web because \"too slow\" expected=Optional[4] by user:admin",
                        "reject rollout of shop/web because \"\" expected=Optional.empty by user:admin");
        assertThat(post("reject", "{\"why\":\"too slow\"}", "*").statusCode()).isEqualTo(400);
    }

    @Test
    void theAuditSaysWhoApprovedAndWhoRejected() throws Exception {
        post("approve", "", "*");
        post("reject", "{\"reason\":\"too slow\"}", "*");
        assertThat(api.get("/api/v1/audit").body())
                .contains(ROLLOUT + "/approve", ROLLOUT + "/reject", "\"actor\":\"admin\"");
    }

    @Test
    void showsWhatWaitsAndUntilWhen() throws Exception {
        var web = ServiceId.parse("shop/web");
        var rollout =
                new ClusterView.RolloutView(
                        "update",
                        "approval",
                        "user:ana",
                        SINCE,
                        SINCE,
                        3,
                        List.of(new InstanceId(web, 3)),
                        Optional.empty(),
                        Optional.of(SINCE.plusSeconds(60)));
        var service =
                new ClusterView.ServiceView(
                        web,
                        4,
                        2,
                        3,
                        3,
                        "updating",
                        "waits for approval",
                        StackDefinition.Mode.MANAGE,
                        List.of(),
                        Optional.of(rollout));
        api.view = new ClusterView(1, List.of(service), List.of(), List.of(), List.of());
        assertThat(api.get("/api/v1/services/shop/web").body())
                .contains(
                        "\"stage\":\"approval\"",
                        "\"fromRevision\":3",
                        "\"updated\":[\"shop/web.3\"]",
                        "\"approvedBy\":null",
                        "\"until\":\"2026-11-21T00:01:20Z\"");
    }
}
