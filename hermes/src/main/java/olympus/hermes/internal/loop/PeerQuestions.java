package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import olympus.hermes.log.Group;

/**
 * What other members ask of this one: to propose an entry of theirs, or what it knows of itself.
 */
final class PeerQuestions implements Group.Answerer {

    private final ForeignEntries entries;
    private final Predicate<Runnable> loop;
    private final Function<ByteBuffer, ByteBuffer> report;

    /**
     * Answers to them.
     *
     * @param loop runs a task on the loop, or says that it is closed
     * @param report answers what is asked of this member itself; called by the loop
     */
    PeerQuestions(
            ForeignEntries entries,
            Predicate<Runnable> loop,
            Function<ByteBuffer, ByteBuffer> report) {
        this.entries = entries;
        this.loop = loop;
        this.report = report;
    }

    @Override
    public CompletionStage<ByteBuffer> answer(String from, ByteBuffer question) {
        if (!MemberReports.isQuestion(question)) {
            return entries.asked(from, question);
        }
        var answer = new CompletableFuture<ByteBuffer>();
        if (!loop.test(() -> answer(question, answer))) {
            answer.completeExceptionally(new IllegalStateException("the store is closed"));
        }
        return answer;
    }

    private void answer(ByteBuffer question, CompletableFuture<ByteBuffer> answer) {
        try {
            answer.complete(report.apply(question));
        } catch (RuntimeException wrong) {
            answer.completeExceptionally(wrong);
        }
    }
}
