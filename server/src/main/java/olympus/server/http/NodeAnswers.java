package olympus.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.server.deadline.Deadline;
import olympus.zeus.ClusterView.NodeView;

/**
 * A question put to several nodes at the same time, under one deadline: that of the slowest
 * question, and {@link #WAY}. Their answers, and in words why some have none.
 */
record NodeAnswers(Map<NodeView, NodeAnswer> answers, Map<NodeView, String> failures) {

    /** On the way, beyond what the nodes themselves may take. */
    static final Duration WAY = Duration.ofSeconds(5);

    private static final Deadline AT_ONCE = new Deadline(Duration.ZERO);

    /** The answers of all nodes by name, those that have one. */
    Map<String, NodeAnswer> byNode() {
        var named = new LinkedHashMap<String, NodeAnswer>();
        answers.forEach((node, answer) -> named.put(node.name(), answer));
        return named;
    }

    /** Why some have none, each with the node's name. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        failures.forEach((node, why) ->
                problems.add(
                        why.startsWith("node " + node.name())
                                ? why
                                : "node %s: %s".formatted(node.name(), why)));
        return problems;
    }

    /**
     * @param question what a node is asked; empty to leave it out
     */
    static NodeAnswers ask(Backend backend, Function<NodeView, Optional<NodeQuestion>> question) {
        var asked = new LinkedHashMap<NodeView, CompletionStage<NodeAnswer>>();
        var failures = new LinkedHashMap<NodeView, String>();
        var longest = Duration.ZERO;
        for (var node : backend.view().nodes()) {
            var wanted = question.apply(node);
            if (wanted.isEmpty()) {
                continue;
            }
            if (!node.connected()) {
                failures.put(node, "node %s is not connected".formatted(node.name()));
                continue;
            }
            asked.put(node, ask(backend, node.id(), wanted.get()));
            var needs = wanted.get().deadline();
            longest = needs.compareTo(longest) > 0 ? needs : longest;
        }
        var answers = await(asked, longest.plus(WAY), failures);
        return new NodeAnswers(answers, failures);
    }

    private static CompletionStage<NodeAnswer> ask(
            Backend backend, NodeId node, NodeQuestion question) {
        return backend.island().agents().ask(node, question);
    }

    /** Waits once for all of them; who has not answered by then is a failure. */
    static Map<NodeView, NodeAnswer> await(
            Map<NodeView, CompletionStage<NodeAnswer>> asked,
            Duration deadline,
            Map<NodeView, String> failures) {
        var over =
                CompletableFuture.allOf(
                        asked.values().stream()
                                .map(answer -> answer.handle((_, _) -> true).toCompletableFuture())
                                .toArray(CompletableFuture[]::new));
        var inTime = isOver(over, deadline);
        var answers = new LinkedHashMap<NodeView, NodeAnswer>();
        asked.forEach((node, answer) -> {
            if (!inTime && !answer.toCompletableFuture().isDone()) {
                failures.put(node, "no answer within %d s".formatted(deadline.toSeconds()));
                return;
            }
            try {
                answers.put(node, AT_ONCE.await(answer, "asking node " + node.name()));
            } catch (OlympusException e) {
                failures.put(node, String.valueOf(e.getMessage()));
            }
        });
        return answers;
    }

    private static boolean isOver(CompletableFuture<Void> over, Duration deadline) {
        try {
            var _ = over.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing of it can fail", e);
        }
    }
}
