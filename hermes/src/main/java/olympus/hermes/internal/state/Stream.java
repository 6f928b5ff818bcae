package olympus.hermes.internal.state;

import java.util.ArrayList;
import java.util.List;
import olympus.hermes.Bytes;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;
import olympus.hermes.StreamLimits;

/**
 * One stream: its bounds and the elements in memory, addressed by sequence in a circular buffer.
 */
final class Stream {

    private static final long OVERHEAD = 64;

    private final Key key;
    private final long keyHash;
    private StreamLimits limits;
    private StreamEntry[] entries = new StreamEntry[8];
    private long[] ticks = new long[8];
    private int head;
    private int size;
    private long firstSequence;
    private long bytes;
    private long hash;

    Stream(Key key, StreamLimits limits, long firstSequence) {
        this.key = key;
        this.keyHash = Hash64.of(2, key.raw().unsafeArray());
        this.limits = limits;
        this.firstSequence = firstSequence;
    }

    Key key() {
        return key;
    }

    StreamLimits limits() {
        return limits;
    }

    void limit(StreamLimits changed) {
        limits = changed;
    }

    int size() {
        return size;
    }

    /** The oldest in memory, or the next one to come when none is. */
    long firstSequence() {
        return firstSequence;
    }

    long nextSequence() {
        return firstSequence + size;
    }

    StreamEntry entry(long sequence) {
        return entries[slot(sequence)];
    }

    /** The tick at which the element was appended. */
    long tick(long sequence) {
        return ticks[slot(sequence)];
    }

    /** When the oldest element is too old. */
    long ageDeadline() {
        return size == 0 ? Long.MAX_VALUE : tick(firstSequence) + limits.maxAge().toMillis();
    }

    StreamEntry append(long revision, long wallMillis, long tick, Bytes value) {
        var entry = new StreamEntry(nextSequence(), revision, wallMillis, value);
        add(entry, tick);
        return entry;
    }

    void add(StreamEntry entry, long tick) {
        if (size == entries.length) {
            grow();
        }
        var slot = slot(entry.sequence());
        entries[slot] = entry;
        ticks[slot] = tick;
        size++;
        bytes += bytes(entry);
        hash += hash(entry, tick);
    }

    /** Whether the oldest element exceeds a bound other than age. */
    boolean exceedsSize() {
        return size > 0 && (bytes > limits.maxBytes() || size > limits.maxCount());
    }

    @SuppressWarnings(
            "NullAway") // A free slot holds nothing, so that the element can be collected.
    StreamEntry removeFirst() {
        var removed = entries[head];
        bytes -= bytes(removed);
        hash -= hash(removed, ticks[head]);
        entries[head] = null;
        head = (head + 1) & (entries.length - 1);
        size--;
        firstSequence++;
        return removed;
    }

    List<StreamEntry> from(long sequence, int limit) {
        var found = new ArrayList<StreamEntry>();
        for (var at = Math.max(sequence, firstSequence);
                at < nextSequence() && found.size() < limit;
                at++) {
            found.add(entry(at));
        }
        return found;
    }

    long hash() {
        var bounds =
                Hash64.mix(
                        Hash64.mix(limits.maxBytes(), limits.maxCount()),
                        limits.maxAge().toMillis());
        return Hash64.mix(Hash64.mix(keyHash, hash), Hash64.mix(bounds, nextSequence()));
    }

    private int slot(long sequence) {
        return (int) (head + sequence - firstSequence) & (entries.length - 1);
    }

    private long hash(StreamEntry entry, long tick) {
        var content = Hash64.of(keyHash, entry.value().unsafeArray());
        return Hash64.mix(
                Hash64.mix(content, entry.sequence()),
                Hash64.mix(entry.revision(), entry.wallMillis() ^ tick));
    }

    private static long bytes(StreamEntry entry) {
        return entry.value().length() + OVERHEAD;
    }

    private void grow() {
        var more = new StreamEntry[entries.length * 2];
        var moreTicks = new long[more.length];
        for (var i = 0; i < size; i++) {
            more[i] = entry(firstSequence + i);
            moreTicks[i] = tick(firstSequence + i);
        }
        entries = more;
        ticks = moreTicks;
        head = 0;
    }
}
