package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.state.NodeAnswer;
import olympus.zeus.ClusterView.NodeView;
import org.junit.jupiter.api.Test;

final class NodeAnswersTest {

    private static NodeView node(String name) {
        return new NodeView(
                new NodeId(
                        UUID.nameUUIDFromBytes(
                                name.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                name,
                true,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Test
    void tellsWhatThereIsWhenNodesAreSilentOrRefuse() {
        var volumes = new NodeAnswer.Volumes(List.of());
        var asked = new LinkedHashMap<NodeView, CompletionStage<NodeAnswer>>();
        asked.put(node("venus"), new CompletableFuture<>());
        asked.put(node("mars"), CompletableFuture.completedFuture(volumes));
        asked.put(node("ceres"), new CompletableFuture<>());
        asked.put(
                node("pluto"),
                CompletableFuture.failedFuture(
                        new OlympusException(ErrorCode.UNAVAILABLE, "the agent is ending")));
        var failures = new LinkedHashMap<NodeView, String>();

        var answers = NodeAnswers.await(asked, Duration.ofMillis(50), failures);

        assertThat(answers).containsOnlyKeys(node("mars")).containsValue(volumes);
        assertThat(new NodeAnswers(answers, failures).problems())
                .containsExactly(
                        "node venus: no answer within 0 s",
                        "node ceres: no answer within 0 s",
                        "node pluto: the agent is ending");
    }
}
