package olympus.hermes.internal.ratis;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.log.Group;

/**
 * The members as the engine knows them, and our own messages between them.
 *
 * <p>Threading: any. Holds nothing: an engine may be replaced by the next.
 */
final class RatisGroup implements Group {

    private final Member self;
    private final Supplier<Optional<RaftEngine>> engine;
    private final PeerMessages messages;

    RatisGroup(Member self, Supplier<Optional<RaftEngine>> engine, PeerMessages messages) {
        this.self = self;
        this.engine = engine;
        this.messages = messages;
    }

    @Override
    public String self() {
        return self.id();
    }

    @Override
    public boolean alone() {
        return false;
    }

    @Override
    public Members members() {
        return engine.get()
                .map(present -> present.members(self))
                .orElseGet(() -> new Members(List.of()));
    }

    @Override
    public Optional<Standing> standing() {
        return engine.get().flatMap(present -> present.standing(self));
    }

    @Override
    public CompletionStage<Void> change(Members from, Members to) {
        return engine.get().map(present -> present.change(from, to)).orElseGet(RatisGroup::closed);
    }

    @Override
    public CompletionStage<Void> transferLeadership(String member) {
        return engine.get().map(present -> present.transfer(member)).orElseGet(RatisGroup::closed);
    }

    @Override
    public CompletionStage<ByteBuffer> ask(String member, ByteBuffer question) {
        return members()
                .find(member)
                .map(known -> messages.ask(known, question))
                .orElseGet(() ->
                        CompletableFuture.failedFuture(
                                new OlympusException(
                                        ErrorCode.UNAVAILABLE,
                                        "there is no server %s in this group".formatted(member))));
    }

    @Override
    public void onQuestion(Answerer answerer) {
        messages.onQuestion(answerer);
    }

    private static <T> CompletableFuture<T> closed() {
        return CompletableFuture.failedFuture(
                new OlympusException(ErrorCode.UNAVAILABLE, "the log is closed"));
    }
}
