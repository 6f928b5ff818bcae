package olympus.hermes.internal.loop;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.ReplicatedLog;

/** Decides when a snapshot is due, by bytes of log since the last one. Threading: the loop. */
final class SnapshotSchedule {

    private Optional<Instant> newest = Optional.empty();

    SnapshotSchedule(
            EventLoop loop, Clock clock, ReplicatedLog log, LoopParts parts, long afterBytes) {}

    void applied(int bytes, long term, HermesState state) {}

    CompletableFuture<Void> last(long term, HermesState state) {
        return CompletableFuture.completedFuture(null);
    }

    Optional<Instant> newest() {
        return newest;
    }
}
