package olympus.agent.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import olympus.engine.EngineException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;

/**
 * Answers what servers ask of this node, beside the supervision loop: each question on a virtual
 * thread of its own, which is interrupted at the question's deadline. At most {@link #MAX_AT_ONCE}
 * are answered at the same time. Threading: any thread; never blocks.
 */
final class NodeQuestions implements AutoCloseable {

    static final int MAX_AT_ONCE = 16;

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("agent-question-", 0).factory());
    private final AtomicInteger open = new AtomicInteger();
    private final NodeVolumes volumes;
    private final NodeSettings settings;
    private final NodeImages images;
    private final NodeUse use;

    NodeQuestions(NodeVolumes volumes, NodeSettings settings, NodeImages images, NodeUse use) {
        this.volumes = volumes;
        this.settings = settings;
        this.images = images;
        this.use = use;
    }

    CompletionStage<NodeAnswer> ask(NodeQuestion question) {
        var answer = new CompletableFuture<NodeAnswer>();
        if (threads.isShutdown()) {
            answer.completeExceptionally(unavailable("the agent is ending"));
        } else if (open.incrementAndGet() > MAX_AT_ONCE) {
            open.decrementAndGet();
            answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "the agent answers %d questions already; try again later"
                                    .formatted(MAX_AT_ONCE)));
        } else {
            Thread.ofVirtual()
                    .name("agent-question-deadline")
                    .start(() -> answerInTime(question, answer));
        }
        return answer;
    }

    private void answerInTime(NodeQuestion question, CompletableFuture<NodeAnswer> answer) {
        var seconds = question.deadline().toSeconds();
        try {
            var work = threads.submit(() -> answer(question));
            try {
                answer.complete(work.get(seconds, TimeUnit.SECONDS));
            } catch (TimeoutException e) {
                work.cancel(true);
                answer.completeExceptionally(
                        unavailable("the agent found no answer within %d s".formatted(seconds)));
            }
        } catch (ExecutionException e) {
            answer.completeExceptionally(sentence(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException | RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            open.decrementAndGet();
        }
    }

    private NodeAnswer answer(NodeQuestion question) {
        return switch (question) {
            case NodeQuestion.ListVolumes ignored -> volumes.list();
            case NodeQuestion.RemoveVolume remove -> volumes.remove(remove.name(), remove.by());
            case NodeQuestion.ContainerImages asked -> volumes.images(asked.containers());
            case NodeQuestion.Settings about -> settings.answer(about.declared());
            case NodeQuestion.Images about -> images.answer(about.images());
            case NodeQuestion.Use about -> use.answer(about.instances());
        };
    }

    private static Throwable sentence(Throwable failure) {
        return failure instanceof EngineException engine
                ? new OlympusException(code(engine), String.valueOf(engine.getMessage()), engine)
                : failure;
    }

    private static ErrorCode code(EngineException engine) {
        return switch (engine.kind()) {
            case NO_SUCH_CONTAINER, NO_SUCH_IMAGE, NOT_FOUND -> ErrorCode.NOT_FOUND;
            case CONFLICT, PORT_TAKEN -> ErrorCode.CONFLICT;
            case INVALID, UNSUPPORTED, CANNOT_RUN -> ErrorCode.INVALID;
            case OUT_OF_SPACE -> ErrorCode.DISK_FULL;
            case ABSENT, SLOW, FORBIDDEN, REGISTRY_AWAY, CANCELLED, OTHER -> ErrorCode.UNAVAILABLE;
        };
    }

    private static OlympusException unavailable(String message) {
        return new OlympusException(ErrorCode.UNAVAILABLE, message);
    }

    /** Interrupts what is being answered. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
