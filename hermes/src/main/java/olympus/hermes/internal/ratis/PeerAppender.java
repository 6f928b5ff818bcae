package olympus.hermes.internal.ratis;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.AwaitForSignal;
import org.jspecify.annotations.Nullable;

/**
 * Sends the log to one follower, as the engine does, and besides tells it without an entry up to
 * where the log is committed, when that is wanted. Otherwise a follower learns it with the next
 * entry or heartbeat, a quarter of a second later; until then it answers no write and no strict
 * read, and its watches hear nothing.
 *
 * <p>A signal to this appender stays until it is seen; the engine's own is lost when nobody waits
 * at that moment, and the entry it told of then waits for a heartbeat, too.
 *
 * <p>Threading: {@link #announceCommit} by any, the rest by the engine's thread for this follower.
 */
final class PeerAppender extends GrpcLogAppender {

    private final LastingSignal signal;
    private volatile long announced;
    private long told;

    PeerAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
        super(server, leader, follower);
        this.signal = new LastingSignal(follower.getName());
    }

    void announceCommit() {
        announced = getRaftLog().getLastCommittedIndex();
        notifyLogAppender();
    }

    @Override
    public AwaitForSignal getEventAwaitForSignal() {
        return signal;
    }

    /** Null when there is nothing to send. */
    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(
            long callId, boolean heartbeat) throws RaftLogIOException {
        var request = super.newAppendEntriesRequest(callId, heartbeat);
        if (request == null && announced > told && !hasPendingDataRequests()) {
            request = super.newAppendEntriesRequest(callId, true);
        }
        // A follower takes a commit index over only up to the entries that the message speaks of.
        if (request != null && (request.hasPreviousLog() || request.getEntriesCount() > 0)) {
            told = request.getLeaderCommit();
        }
        return request;
    }

    /** A signal that is given while nobody waits is seen by the next one who does. */
    private static final class LastingSignal extends AwaitForSignal {

        private final Semaphore given = new Semaphore(0);

        LastingSignal(String name) {
            super(name);
        }

        @Override
        public void await() throws InterruptedException {
            given.acquire();
            given.drainPermits();
        }

        @Override
        public boolean await(long time, TimeUnit unit) throws InterruptedException {
            if (time <= 0) {
                return false;
            }
            var seen = given.tryAcquire(time, unit);
            given.drainPermits();
            return seen;
        }

        @Override
        public void signal() {
            given.release();
        }
    }
}
