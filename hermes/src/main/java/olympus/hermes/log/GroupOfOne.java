package olympus.hermes.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/** The group of a member that has no others: nobody to ask, nothing to change. */
public record GroupOfOne(String self) implements Group {

    @Override
    public boolean alone() {
        return true;
    }

    @Override
    public Members members() {
        return new Members(List.of(new Member(self, "localhost", 0)));
    }

    /** Nobody else could have a say. */
    @Override
    public Optional<Standing> standing() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> change(Members from, Members to) {
        return refused();
    }

    @Override
    public CompletionStage<Void> transferLeadership(String member) {
        return refused();
    }

    @Override
    public CompletionStage<ByteBuffer> ask(String member, ByteBuffer question) {
        return refused();
    }

    @Override
    public void onQuestion(Answerer answerer) {}

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(
                new OlympusException(
                        ErrorCode.UNAVAILABLE,
                        "this server has no address for other servers: start it with one"));
    }
}
