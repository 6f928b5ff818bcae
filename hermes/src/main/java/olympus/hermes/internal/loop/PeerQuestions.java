package olympus.hermes.internal.loop;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import olympus.hermes.log.Group;

/**
 * What other members ask of this one: to propose an entry of theirs, what confirms their strict
 * reads, or what it knows of itself.
 */
final class PeerQuestions implements Group.Answerer {

    private final ForeignEntries entries;
    private final StrictReads reads;
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
            StrictReads reads,
            Predicate<Runnable> loop,
            Function<ByteBuffer, ByteBuffer> report) {
        this.entries = entries;
        this.reads = reads;
        this.loop = loop;
        this.report = report;
    }

    @Override
    public CompletionStage<ByteBuffer> answer(String from, ByteBuffer question) {
        if (!MemberReports.isQuestion(question)) {
            return entries.asked(from, question);
        }
        var answer = new CompletableFuture<ByteBuffer>();
        switch (TermQuestions.kind(question)) {
            // By the engine's thread: whoever waits for the loop waits for what it applies.
            case TermQuestions.TERM ->
                    guarded(answer, () -> answer.complete(reads.answerTerm(question)));
            case TermQuestions.INDEX ->
                    onLoop(answer, () -> reads.answerIndex(from, question, answer));
            default -> onLoop(answer, () -> answer.complete(report.apply(question)));
        }
        return answer;
    }

    private void onLoop(CompletableFuture<ByteBuffer> answer, Runnable task) {
        if (!loop.test(() -> guarded(answer, task))) {
            answer.completeExceptionally(new IllegalStateException("the store is closed"));
        }
    }

    private static void guarded(CompletableFuture<ByteBuffer> answer, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException wrong) {
            answer.completeExceptionally(wrong);
        }
    }
}
