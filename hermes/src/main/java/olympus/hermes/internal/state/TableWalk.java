package olympus.hermes.internal.state;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the table in slices, in key order, that sees it as of the revision at which it began.
 *
 * <p>Between slices the table may change: what the walk has not reached yet is kept as a pre-image
 * when it is replaced or removed, and what was written since is passed over. Must be closed, also
 * when abandoned. Threading: the owner of the state.
 */
public final class TableWalk implements AutoCloseable {

    private final NavigableMap<Key, Entry> rows;
    private final Optional<Key> prefix;
    private final long revision;
    private final Consumer<TableWalk> onClose;
    private final TreeMap<Key, Entry> preImages = new TreeMap<>();
    private @Nullable Key reached;
    private boolean done;

    TableWalk(
            NavigableMap<Key, Entry> rows,
            Optional<Key> prefix,
            long revision,
            Consumer<TableWalk> onClose) {
        this.rows = rows;
        this.prefix = prefix;
        this.revision = revision;
        this.onClose = onClose;
    }

    public long revision() {
        return revision;
    }

    public boolean done() {
        return done;
    }

    /**
     * The next entries: looks at no more than {@code maxVisited} rows and stops after {@code
     * maxBytes}.
     */
    public List<Entry> next(int maxVisited, long maxBytes) {
        var slice = new ArrayList<Entry>();
        var remaining = remaining();
        var row = nextRow(remaining);
        var bytes = 0L;
        for (var visited = 0; visited < maxVisited && bytes < maxBytes; visited++) {
            var preImage = preImages.isEmpty() ? null : preImages.firstEntry().getValue();
            if (row == null && preImage == null) {
                close();
                break;
            }
            var order =
                    row == null ? 1 : preImage == null ? -1 : row.key().compareTo(preImage.key());
            var entry = Objects.requireNonNull(order < 0 ? row : preImage);
            if (order >= 0) {
                preImages.remove(entry.key());
            }
            if (order <= 0) {
                row = nextRow(remaining);
            }
            reached = entry.key();
            if (entry.modifyRevision() <= revision && wanted(entry.key())) {
                slice.add(entry);
                bytes += Table.bytes(entry);
            }
        }
        return slice;
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            preImages.clear();
            onClose.accept(this);
        }
    }

    void beforeChange(Entry old) {
        var ahead = reached == null || old.key().compareTo(reached) > 0;
        if (ahead && old.modifyRevision() <= revision && wanted(old.key())) {
            preImages.putIfAbsent(old.key(), old);
        }
    }

    private Iterator<Entry> remaining() {
        var at = reached;
        if (at != null) {
            return rows.tailMap(at, false).values().iterator();
        }
        return (prefix.isPresent() ? rows.tailMap(prefix.get(), true) : rows).values().iterator();
    }

    /** The next row that is, or may be followed by one, of the prefix; null at the end. */
    private @Nullable Entry nextRow(Iterator<Entry> remaining) {
        if (!remaining.hasNext()) {
            return null;
        }
        var row = remaining.next();
        return prefix.isEmpty() || Table.mayPrecede(row.key(), prefix.get()) ? row : null;
    }

    private boolean wanted(Key key) {
        return prefix.isEmpty() || key.isUnder(prefix.get());
    }
}
