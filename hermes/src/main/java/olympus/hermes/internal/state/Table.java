package olympus.hermes.internal.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import olympus.hermes.Bytes;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values in key order, with a running hash and byte count.
 *
 * <p>A balanced tree: every change costs a bounded number of steps, nothing is ever rehashed or
 * copied whole. {@link TableWalk}s see it as of the revision at which they began, however slowly
 * they go.
 */
final class Table {

    private final TreeMap<Key, Entry> rows = new TreeMap<>();
    private final List<TableWalk> walks = new ArrayList<>();
    private long bytes;
    private long hash;

    @Nullable Entry get(Key key) {
        return rows.get(key);
    }

    int size() {
        return rows.size();
    }

    /** Bytes of keys and values. */
    long bytes() {
        return bytes;
    }

    /** Does not depend on the order in which rows were written. */
    long hash() {
        return hash;
    }

    /** Returns the entry that was replaced. */
    @Nullable Entry put(Entry entry) {
        var old = rows.put(entry.key(), entry);
        if (old != null) {
            forget(old);
        }
        bytes += bytes(entry);
        hash += hash(entry);
        return old;
    }

    @Nullable Entry remove(Key key) {
        var old = rows.remove(key);
        if (old != null) {
            forget(old);
        }
        return old;
    }

    /**
     * At most {@code limit} entries under {@code prefix} with keys above {@code after}, in key
     * order.
     */
    List<Entry> under(Key prefix, Optional<Key> after, int limit) {
        var found = new ArrayList<Entry>(Math.min(limit, 16));
        for (var entry : rows.tailMap(after.orElse(prefix), after.isEmpty()).values()) {
            if (found.size() == limit || !mayPrecede(entry.key(), prefix)) {
                break;
            }
            if (entry.key().isUnder(prefix)) {
                found.add(entry);
            }
        }
        return found;
    }

    /**
     * Begins a walk over what is under {@code prefix} (empty: everything) as of {@code revision},
     * the present one.
     */
    TableWalk walk(Optional<Key> prefix, long revision) {
        var walk = new TableWalk(rows, prefix, revision, walks::remove);
        walks.add(walk);
        return walk;
    }

    /**
     * Whether {@code key}, which is not below {@code prefix}, can still be followed by keys that
     * are under it.
     */
    static boolean mayPrecede(Key key, Key prefix) {
        var length = prefix.raw().length();
        return key.raw().startsWith(prefix.raw())
                && (key.raw().length() == length || (key.raw().at(length) & 0xff) <= '/');
    }

    static long bytes(Entry entry) {
        return (long) entry.key().raw().length() + entry.value().length();
    }

    private void forget(Entry old) {
        for (var walk : walks) {
            walk.beforeChange(old);
        }
        bytes -= bytes(old);
        hash -= hash(old);
    }

    private static long hash(Entry entry) {
        var content = Hash64.of(Hash64.of(1, array(entry.key().raw())), array(entry.value()));
        return Hash64.mix(
                Hash64.mix(content, entry.createRevision()),
                Hash64.mix(entry.modifyRevision(), entry.leaseId()));
    }

    private static byte[] array(Bytes bytes) {
        return bytes.unsafeArray();
    }
}
