package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;

/**
 * The engine's view of the applier: hands on what is committed, in order, and what else the engine
 * has to tell. Holds no state of the store.
 */
final class CommittedEntries extends BaseStateMachine {

    /** Who is told. Calls of {@link #committed} come from one thread of the engine. */
    interface Owner {
        CompletableFuture<Void> committed(
                long term, long index, ByteBuffer entry, Optional<Pending> pending);

        void ready();

        void deposed();

        void broken(Throwable cause);
    }

    private final Owner owner;
    private final SnapshotShelf shelf;

    CommittedEntries(Owner owner, SnapshotShelf shelf) {
        this.owner = owner;
        this.shelf = shelf;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
            throws IOException {
        super.initialize(server, group, storage);
        getLifeCycle()
                .startAndTransition(() ->
                        setLastAppliedTermIndex(
                                shelf.newest()
                                        .map(SnapshotShelf::position)
                                        .orElse(TermIndex.INITIAL_VALUE)));
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return shelf;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(request.getMessage())
                .build();
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getStateMachineContext() instanceof Pending pending) {
            pending.appending();
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        var pending =
                transaction.getStateMachineContext() instanceof Pending own
                        ? Optional.of(own)
                        : Optional.<Pending>empty();
        var content = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
        return owner.committed(entry.getTerm(), entry.getIndex(), content, pending)
                .thenApply(applied -> Message.EMPTY);
    }

    @Override
    public long takeSnapshot() {
        return shelf.take();
    }

    @Override
    public void notifyLeaderReady() {
        owner.ready();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        if (!member.getPeerId().equals(leader)) {
            owner.deposed();
        }
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        owner.broken(cause);
    }

    @Override
    public void close() {
        // The engine closes a group by itself when one of its threads fails; an orderly close ends
        // the owner first.
        owner.broken(new IOException("the engine has closed the log by itself"));
    }
}
