package olympus.hermes.internal.state;

import java.util.Arrays;
import java.util.List;

/**
 * The last changes, oldest first, bounded by bytes and by revisions: what watches resume from. It
 * is replicated state, so that every replica answers a resume alike.
 */
public final class ChangeRing {

    private RevisionChanges[] slots = new RevisionChanges[64];
    private int first;
    private int size;
    private long bytes;
    private long compactRevision = 1;

    /** The first revision that a watch can resume from. */
    public long compactRevision() {
        return compactRevision;
    }

    public int size() {
        return size;
    }

    /** The changes at position {@code i}, 0 being the oldest. */
    public RevisionChanges at(int i) {
        return slots[(first + i) & (slots.length - 1)];
    }

    /**
     * The position of the first changes with a revision ≥ {@code revision}; {@link #size} when
     * there is none.
     */
    public int position(long revision) {
        var low = 0;
        var high = size;
        while (low < high) {
            var middle = (low + high) >>> 1;
            if (at(middle).revision() < revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    void add(RevisionChanges changes, long maxBytes, int maxRevisions) {
        if (size == slots.length) {
            grow();
        }
        slots[(first + size) & (slots.length - 1)] = changes;
        size++;
        bytes += changes.bytes();
        trim(maxBytes, maxRevisions);
    }

    void trim(long maxBytes, int maxRevisions) {
        while (size > 0 && (bytes > maxBytes || size > maxRevisions)) {
            removeFirst();
        }
    }

    /** Forgets everything before {@code revision}. */
    void compact(long revision) {
        while (size > 0 && at(0).revision() < revision) {
            removeFirst();
        }
        compactRevision = Math.max(compactRevision, revision);
    }

    List<RevisionChanges> copy() {
        var copy = new RevisionChanges[size];
        for (var i = 0; i < size; i++) {
            copy[i] = at(i);
        }
        return Arrays.asList(copy);
    }

    void load(RevisionChanges changes) {
        add(changes, Long.MAX_VALUE, Integer.MAX_VALUE);
    }

    void loadCompactRevision(long revision) {
        compactRevision = revision;
    }

    long hash() {
        return Hash64.mix(Hash64.mix(bytes, size), compactRevision);
    }

    @SuppressWarnings(
            "NullAway") // A free slot holds nothing, so that the changes can be collected.
    private void removeFirst() {
        var removed = slots[first];
        slots[first] = null;
        first = (first + 1) & (slots.length - 1);
        size--;
        bytes -= removed.bytes();
        compactRevision = removed.revision() + 1;
    }

    private void grow() {
        var larger = new RevisionChanges[slots.length * 2];
        for (var i = 0; i < size; i++) {
            larger[i] = at(i);
        }
        slots = larger;
        first = 0;
    }
}
