package olympus.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import olympus.foundation.OlympusException;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView.NodeView;

/**
 * The same question put to all nodes at the same time: their answers, and in words why some have
 * none.
 */
record NodeAnswers(Map<String, NodeAnswer> byNode, List<String> problems) {

    private static final Duration WAY = Duration.ofSeconds(5);

    /**
     * @param question what a node is asked; empty to leave it out
     */
    static NodeAnswers ask(Backend backend, Function<NodeView, Optional<NodeQuestion>> question) {
        var asked = new LinkedHashMap<NodeView, CompletionStage<NodeAnswer>>();
        var problems = new ArrayList<String>();
        var longest = WAY;
        for (var node : backend.view().nodes()) {
            var wanted = question.apply(node);
            if (wanted.isEmpty()) {
                continue;
            }
            if (!node.connected()) {
                problems.add("node %s is not connected".formatted(node.name()));
                continue;
            }
            asked.put(node, backend.island().agents().ask(node.id(), wanted.get()));
            var needs = wanted.get().deadline().plus(WAY);
            longest = needs.compareTo(longest) > 0 ? needs : longest;
        }
        var deadline = new Deadline(longest);
        var answers = new LinkedHashMap<String, NodeAnswer>();
        asked.forEach((node, answer) -> {
            try {
                answers.put(node.name(), deadline.await(answer, "asking node " + node.name()));
            } catch (OlympusException e) {
                problems.add("node %s: %s".formatted(node.name(), e.getMessage()));
            }
        });
        return new NodeAnswers(answers, problems);
    }
}
