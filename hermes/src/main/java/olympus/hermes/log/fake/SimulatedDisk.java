package olympus.hermes.log.fake;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.hermes.log.ReplicatedLog.SnapshotFile;

/**
 * What survives the life of an {@link InMemoryLog}: entries that were flushed, and the newest
 * snapshot. Threading: that of the log that uses it.
 */
public final class SimulatedDisk {

    private final List<StoredEntry> entries = new ArrayList<>();
    private Optional<SnapshotFile> snapshot = Optional.empty();
    private long term;
    private long lastIndex;
    private long bytes;
    private volatile boolean full;

    /** While full, nothing more is written: submissions are rejected. */
    public void full(boolean isFull) {
        full = isFull;
    }

    public boolean full() {
        return full;
    }

    /** Flushed entries behind the newest snapshot. */
    public List<StoredEntry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Puts {@code damaged} in the place of the entry at {@code index}, as a bad sector or a bug
     * would.
     */
    public void replace(long index, ByteBuffer damaged) {
        entries.replaceAll(entry ->
                entry.index == index ? new StoredEntry(entry.term, index, damaged) : entry);
    }

    Optional<SnapshotFile> snapshot() {
        return snapshot;
    }

    long nextTerm() {
        return ++term;
    }

    long bytes() {
        return bytes;
    }

    StoredEntry append(ByteBuffer content) {
        var copy = new byte[content.remaining()];
        content.duplicate().get(copy);
        var entry = new StoredEntry(term, ++lastIndex, ByteBuffer.wrap(copy).asReadOnlyBuffer());
        entries.add(entry);
        bytes += copy.length;
        return entry;
    }

    void install(SnapshotFile newest) {
        snapshot = Optional.of(newest);
        entries.removeIf(entry -> entry.index <= newest.index());
        bytes = entries.stream().mapToLong(entry -> entry.bytes.remaining()).sum();
    }

    /** A flushed entry; every reader of {@code bytes} gets a view of its own. */
    public record StoredEntry(long term, long index, ByteBuffer bytes) {

        @Override
        public ByteBuffer bytes() {
            return bytes.duplicate();
        }
    }
}
