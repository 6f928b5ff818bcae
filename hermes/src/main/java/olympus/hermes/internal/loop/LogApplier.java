package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * The log's way to the loop. Limits: {@link #MAX_UNAPPLIED} entries wait for the loop; the engine's
 * thread blocks when there are more, which is the back-pressure of replay.
 */
public final class LogApplier implements ReplicatedLog.Applier {

    public static final int MAX_UNAPPLIED = 64;

    private final HermesLoop loop;
    private final Semaphore room = new Semaphore(MAX_UNAPPLIED);

    public LogApplier(HermesLoop loop) {
        this.loop = loop;
    }

    @Override
    public long load(Optional<SnapshotFile> newest) throws IOException {
        if (newest.isEmpty()) {
            return 0;
        }
        var loaded = SnapshotReader.load(newest.get().path(), loop.effects());
        loop.install(loaded.state());
        return loaded.head().index();
    }

    @Override
    public CompletionStage<Void> committed(
            long term, long index, ByteBuffer entry, Optional<Object> context) {
        room.acquireUninterruptibly();
        var applied = new CompletableFuture<Void>();
        var _ = applied.whenComplete((_, _) -> room.release());
        loop.committed(term, index, entry, context, applied);
        return applied;
    }

    @Override
    public void failed(Throwable cause) {
        loop.failed(cause);
    }
}
