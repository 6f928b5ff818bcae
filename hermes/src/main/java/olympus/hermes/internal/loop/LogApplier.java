package olympus.hermes.internal.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.hermes.internal.snapshot.SnapshotReader;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/** The log's way to the loop. How many entries may wait for the loop is the log's to bound. */
public final class LogApplier implements ReplicatedLog.Applier {

    private final HermesLoop loop;

    public LogApplier(HermesLoop loop) {
        this.loop = loop;
    }

    @Override
    public long load(Optional<SnapshotFile> newest) throws IOException {
        if (newest.isEmpty()) {
            return 0;
        }
        var loaded = SnapshotReader.load(newest.get().path(), loop.effects());
        loop.install(loaded.state(), Files.getLastModifiedTime(newest.get().path()).toInstant());
        return loaded.head().index();
    }

    @Override
    public CompletionStage<Void> committed(
            long term, long index, ByteBuffer entry, Optional<Object> context) {
        var applied = new CompletableFuture<Void>();
        loop.committed(term, index, entry, context, applied);
        return applied;
    }

    @Override
    public void passed(long index) {
        loop.passed(index);
    }

    @Override
    public void failed(Throwable cause) {
        loop.failed(cause);
    }
}
