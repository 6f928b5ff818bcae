package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import olympus.hermes.log.Group;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
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
import org.apache.ratis.thirdparty.com.google.common.net.HostAndPort;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The engine's view of the applier: hands on what is committed, in order, and what else the engine
 * has to tell. Holds no state of the store.
 */
final class CommittedEntries extends BaseStateMachine {

    /** Who is told. Calls of {@link #committed} come from one thread of the engine. */
    interface Owner {
        CompletableFuture<Void> committed(
                long term, long index, ByteBuffer entry, Optional<Pending> pending);

        /** The same for an entry of the engine's own, in one order with {@link #committed}. */
        void passed(long index);

        void ready();

        /** Who leads now, as far as is known. */
        void ledBy(Optional<String> member);

        /** Fetches the newest snapshot from this member; empty when it has none. */
        CompletableFuture<Optional<SnapshotFile>> fetch(Group.Member leader);

        /** Loads that snapshot; the entries that follow begin behind it. */
        void reload(SnapshotFile snapshot) throws IOException;

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
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        owner.passed(index);
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
    public void notifyLeaderChanged(RaftGroupMemberId member, @Nullable RaftPeerId leader) {
        if (!member.getPeerId().equals(leader)) {
            owner.ledBy(Optional.ofNullable(leader).map(RaftPeerId::toString));
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        owner.ledBy(Optional.empty());
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
            RoleInfoProto role, TermIndex firstInLog) {
        var leader = role.getFollowerInfo().getLeaderInfo().getId();
        var address = HostAndPort.fromString(leader.getAddress());
        return owner.fetch(
                        new Group.Member(
                                leader.getId().toStringUtf8(),
                                address.getHost(),
                                address.getPort()))
                .thenApply(this::received);
    }

    /**
     * Nothing tells the engine that the leader has none: its log then goes back to the beginning.
     */
    private @Nullable TermIndex received(Optional<SnapshotFile> snapshot) {
        snapshot.ifPresent(shelf::receive);
        return snapshot.map(SnapshotShelf::position).orElse(null);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        var newest =
                shelf.newest()
                        .orElseThrow(() -> new IOException("there is no snapshot to go on from"));
        try {
            owner.reload(newest);
        } catch (IOException | RuntimeException e) {
            owner.broken(e);
            throw e;
        }
        setLastAppliedTermIndex(SnapshotShelf.position(newest));
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
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
