package olympus.link;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.proto.Question;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;

/**
 * The questions that one agent has not answered yet. Each is completed once: with the answer, with
 * the reason why there is none, or when its time is up.
 *
 * <p>Threading: the server's loop. Limit: {@link LinkLimits#MAX_QUESTIONS}.
 */
final class OpenQuestions {

    private final EventLoop loop;
    private final Consumer<Question> send;
    private final Map<Long, Open> open = new HashMap<>();
    private long next = 1;

    private record Open(CompletableFuture<NodeAnswer> answer, EventLoop.Cancellable deadline) {}

    OpenQuestions(EventLoop loop, Consumer<Question> send) {
        this.loop = loop;
        this.send = send;
    }

    void ask(NodeQuestion question, CompletableFuture<NodeAnswer> answer) {
        if (open.size() >= LinkLimits.MAX_QUESTIONS) {
            answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "%d questions wait for the node's answer; no more are asked at the same time"
                                    .formatted(open.size())));
            return;
        }
        var id = next++;
        var within = question.deadline().plus(LinkLimits.ANSWER_GRACE);
        var deadline =
                loop.schedule(
                        within,
                        () ->
                                fail(
                                        id,
                                        ErrorCode.UNAVAILABLE,
                                        "the node did not answer within %d s"
                                                .formatted(within.toSeconds())));
        open.put(id, new Open(answer, deadline));
        send.accept(Wire.question(id, question));
    }

    /** Nothing happens when nobody waits for this answer any more. */
    void answered(long id, Consumer<CompletableFuture<NodeAnswer>> outcome) {
        var waiting = open.remove(id);
        if (waiting != null) {
            waiting.deadline().cancel();
            outcome.accept(waiting.answer());
        }
    }

    /** Nobody will answer any more. */
    void failAll(String reason) {
        Map.copyOf(open).keySet().forEach(id -> fail(id, ErrorCode.UNAVAILABLE, reason));
    }

    private void fail(long id, ErrorCode code, String reason) {
        answered(id, waiting -> waiting.completeExceptionally(new OlympusException(code, reason)));
    }
}
