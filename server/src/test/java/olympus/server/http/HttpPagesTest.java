package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.server.store.HaltedStore;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Lists in parts, over HTTPS. */
class HttpPagesTest {

    private static final Instant AT = Instant.EPOCH;

    @Test
    void theListsComeInPartsThatFollowEachOther(@TempDir Path folder) throws Exception {
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        var store = new HaltedStore("island", reason);
        try (var api = new RunningApi(folder, store, new ScriptedCommands(), 10)) {
            api.view = view();

            assertThat(inParts(api, "/api/v1/services", "services", "service"))
                    .containsExactly("a/web", "a-b/db", "a-b/web");
            assertThat(inParts(api, "/api/v1/services/a-b", "services", "service"))
                    .containsExactly("a-b/db", "a-b/web");
            assertThat(inParts(api, "/api/v1/stacks", "stacks", "stack"))
                    .containsExactly("a", "a-b");
            assertThat(inParts(api, "/api/v1/nodes", "nodes", "node"))
                    .as("two nodes of one name")
                    .containsExactly("mars", "mars", "venus");
            assertThat(inParts(api, "/api/v1/pauses", "pauses", "scope"))
                    .containsExactly("all", "stack:a");
        }
    }

    /** One element at a time; fails when the server never says that it was the last. */
    private static List<String> inParts(RunningApi api, String path, String list, String name)
            throws Exception {
        var seen = new ArrayList<String>();
        var cursor = "";
        do {
            var part = JsonMapper.shared().readTree(api.get(path + "?limit=1" + cursor).body());
            assertThat(part.path(list).size()).isEqualTo(1);
            seen.add(part.path(list).get(0).path(name).asString());
            var next = part.path("next");
            cursor = next.isNull() ? "" : "&cursor=" + next.asString();
            assertThat(seen).hasSizeLessThan(10);
        } while (!cursor.isEmpty());
        return seen;
    }

    private static ClusterView view() {
        return new ClusterView(
                1,
                List.of(service("a-b/web"), service("a/web"), service("a-b/db")),
                List.of(
                        node("venus", "2d9dd7a2-6a06-4f7c-9c5a-0f3d5b3c9c11"),
                        node("mars", "3d9dd7a2-6a06-4f7c-9c5a-0f3d5b3c9c11"),
                        node("mars", "1d9dd7a2-6a06-4f7c-9c5a-0f3d5b3c9c11")),
                List.of(stack("a-b"), stack("a")),
                List.of(pause("stack:a"), pause("all")));
    }

    private static ClusterView.ServiceView service(String id) {
        return new ClusterView.ServiceView(
                ServiceId.parse(id),
                1,
                0,
                0,
                0,
                "stopped",
                "",
                StackDefinition.Mode.MANAGE,
                List.of());
    }

    private static ClusterView.NodeView node(String name, String id) {
        return new ClusterView.NodeView(
                NodeId.parse(id),
                name,
                true,
                Optional.of(AT),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    private static ClusterView.StackView stack(String name) {
        return new ClusterView.StackView(
                new StackName(name),
                1,
                1,
                AT,
                "user:admin",
                false,
                false,
                StackDefinition.Mode.MANAGE);
    }

    private static ClusterView.PauseView pause(String scope) {
        return new ClusterView.PauseView(scope, "user:admin", AT, "");
    }
}
