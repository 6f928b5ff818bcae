package olympus.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Clock;
import olympus.hermes.HermesNode;
import olympus.hermes.HermesOptions;
import olympus.hermes.log.LogConfig;

/** A store of one member on the disk of the benchmark's folder, used in process. */
final class StoreOnDisk implements AutoCloseable {

    private static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-00000000be0c");
    private static final long PATIENCE_SECONDS = 60;

    private final HermesNode node;

    private StoreOnDisk(HermesNode node) {
        this.node = node;
    }

    static StoreOnDisk open(Path folder) throws Exception {
        return open(folder, HermesOptions.DEFAULT_SNAPSHOT_AFTER_BYTES);
    }

    static StoreOnDisk open(Path folder, long snapshotAfterBytes) throws Exception {
        var directory = folder.resolve("hermes");
        var node =
                HermesNode.open(
                        new HermesOptions(
                                "benchmark",
                                Optional.of(directory),
                                HermesOptions.DEFAULT_WRITE_DEADLINE,
                                snapshotAfterBytes,
                                HermesOptions.DEFAULT_ARCHIVE_BYTES),
                        LogConfig.alone(directory, GROUP),
                        Clock.system());
        node.ready().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return new StoreOnDisk(node);
    }

    HermesNode hermes() {
        return node;
    }

    @Override
    public void close() throws IOException {
        try {
            node.close().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("the store did not close", e);
        }
    }
}
