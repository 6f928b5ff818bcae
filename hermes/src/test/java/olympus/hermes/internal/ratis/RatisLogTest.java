package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import olympus.hermes.log.Eventually;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.RecordingApplier;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLogContract;
import org.junit.jupiter.api.Test;

/** The contract, kept by the real thing. */
final class RatisLogTest extends ReplicatedLogContract {

    static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-000000000001");

    @Override
    protected ReplicatedLog create() {
        return new RatisLog(
                LogConfig.alone(folder.resolve("hermes"), GROUP)
                        .withLimits(
                                LogConfig.Limits.standard()
                                        .withInFlight(IN_FLIGHT)
                                        .withReserveBytes(0)
                                        .withSegmentBytes(LogConfig.Limits.MIN_SEGMENT_BYTES * 4)));
    }

    @Test
    void keepsTwoSnapshotsAtMost() throws Exception {
        var applier = new RecordingApplier();
        var log = open(applier);
        for (var n = 0; n < 4; n++) {
            write(log, applier, "entry " + n);
            var snapshot = applier.writeSnapshot(log.snapshotDirectory());
            log.installed(snapshot, snapshot.index())
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        }
        Eventually.holds("old snapshots are removed", () -> files(log.snapshotDirectory()) <= 2);
    }

    private static int files(Path directory) {
        try (var files = Files.list(directory)) {
            return (int)
                    files.map(ReplicatedLog.SnapshotFile::parse)
                            .filter(Optional::isPresent)
                            .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
