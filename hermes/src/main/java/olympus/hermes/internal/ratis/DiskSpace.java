package olympus.hermes.internal.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import olympus.foundation.Durable;

/**
 * Watches the space on the store's disk and keeps some of it back.
 *
 * <p>Writes are refused below the reserve and taken again above the reserve and a quarter, so that
 * the engine's log never meets a full disk by our own doing. Should other programs fill the disk to
 * the last block, the ballast (a file that holds nothing) is given up, so that the engine can close
 * and open its files; it is made again when there is space. Threading: one thread at a time.
 */
final class DiskSpace {

    /** Enough to open a log segment and to write a snapshot's name. */
    static final long BALLAST_BYTES = 4L << 20;

    private static final int CHUNK_BYTES = 1 << 20;

    private final Path ballast;
    private final FileStore store;
    private final long reserve;
    private boolean low;
    private volatile long usable;

    DiskSpace(Path ballast, long reserve) throws IOException {
        this.ballast = ballast;
        this.store = Files.getFileStore(ballast.toAbsolutePath().getParent());
        this.reserve = reserve;
    }

    /** Looks again; whether writes must be refused. */
    boolean low() throws IOException {
        usable = store.getUsableSpace();
        low = low ? usable < reserve + reserve / 4 : usable < reserve;
        return low;
    }

    /** What was free at the last look; any thread. */
    long usable() {
        return usable;
    }

    String describe() throws IOException {
        return "the disk of %s has %d MiB free, less than the reserve of %d MiB; free some space, writes return by themselves"
                .formatted(ballast.getParent(), store.getUsableSpace() >> 20, reserve >> 20);
    }

    /** Gives the ballast up when there is no space left to work with. */
    void releaseIfFull() throws IOException {
        if (store.getUsableSpace() < BALLAST_BYTES) {
            Files.deleteIfExists(ballast);
        }
    }

    /** Makes the ballast if it is missing and there is plenty of space. */
    void restoreBallast() throws IOException {
        if (Files.exists(ballast)
                || store.getUsableSpace() < reserve + reserve / 4 + 2 * BALLAST_BYTES) {
            return;
        }
        var temporary = ballast.resolveSibling(ballast.getFileName() + ".tmp");
        try (var channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            var chunk = ByteBuffer.allocate(CHUNK_BYTES);
            for (var written = 0L; written < BALLAST_BYTES; ) {
                chunk.clear();
                written += channel.write(chunk);
            }
        }
        Durable.rename(temporary, ballast);
    }
}
