package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.Clock;
import olympus.foundation.ThreadEventLoop;
import olympus.hermes.Bytes;
import olympus.hermes.HermesNode;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.NodeId;
import olympus.server.group.ServerRecord;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server leaves, and its machine with it. */
final class ServerRemovalTest {

    private final ThreadEventLoop loop = new ThreadEventLoop("store", (_, _) -> {});
    private final NodeId venus = new NodeId(UUID.randomUUID());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private HermesNode hermes;

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start() throws Exception {
        hermes = HermesNode.inMemory(loop, Clock.system());
        hermes.ready().toCompletableFuture().get();
        api = new RunningApi(folder.resolve("data"), hermes, new ScriptedCommands(), 4);
        server("one", RunningApi.NODE, "mars");
        server("two-0a", venus, "venus");
    }

    @AfterEach
    void stop() {
        api.close();
        loop.close();
    }

    @Test
    void oneWhoseMachineHasInstancesGoesOnlyWhenThatIsSaid() throws Exception {
        onVenus(2);
        var refused = remove("");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("2 instances are assigned to node venus, the machine of server two-0a")
                .contains("olympus node drain venus --wait 10m")
                .contains("--force");
        assertThat(stored().state()).isEqualTo(ServerRecord.State.MEMBER);

        var forced = remove("?force=true");
        assertThat(forced.statusCode()).as(forced.body()).isEqualTo(200);
        assertThat(stored().state()).isEqualTo(ServerRecord.State.LEAVING);
    }

    @Test
    void oneWhoseMachineHasNoneGoesAtOnce() throws Exception {
        onVenus(0);
        var left = remove("");
        assertThat(left.statusCode()).as(left.body()).isEqualTo(200);
        assertThat(left.body()).contains("leaving");
    }

    private void server(String member, NodeId node, String name) throws Exception {
        var server =
                new ServerRecord(
                        member,
                        node,
                        name,
                        Optional.empty(),
                        Optional.empty(),
                        "https://10.0.0.1:7400",
                        "0.1.0",
                        Optional.of(2),
                        Instant.parse("2026-11-21T03:00:00Z"),
                        ServerRecord.State.MEMBER,
                        Optional.empty());
        var value = Bytes.wrap(ServerRecord.CODEC.encodeBytes(server));
        hermes.transact(Transaction.of(new Operation.Put(server.key(), value)))
                .toCompletableFuture()
                .get();
        api.servers.put(server.key(), server);
    }

    private void onVenus(int instances) {
        api.view =
                new ClusterView(
                        1,
                        List.of(),
                        List.of(
                                new ClusterView.NodeView(
                                        venus,
                                        "venus",
                                        true,
                                        Optional.empty(),
                                        instances,
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of())),
                        List.of(),
                        List.of());
    }

    private HttpResponse<String> remove(String query) throws Exception {
        return api.send(
                api.authorised("/api/v1/servers/two-0a" + query)
                        .method("DELETE", BodyPublishers.noBody()));
    }

    private ServerRecord stored() throws Exception {
        var key = ServerRecord.PREFIX.child("two-0a");
        var entry = hermes.get(key).toCompletableFuture().get().orElseThrow();
        return ServerRecord.CODEC.decode(entry.value().unsafeArray());
    }
}
