package olympus.hermes.internal.state;

import java.util.List;
import java.util.TreeMap;

/**
 * Which entries of which origin have been applied, so that a re-sent one is applied once.
 *
 * <p>Limits: the last {@link #MAX_ORIGINS} origins (the longest silent one goes first) and, for
 * each, {@link #WINDOW} sequences behind its highest; an older one counts as applied.
 */
final class Origins {

    static final int MAX_ORIGINS = 64;
    static final int WINDOW = 64;

    private final TreeMap<Long, OriginWindow> known = new TreeMap<>();

    boolean applied(long origin, long sequence) {
        var window = known.get(origin);
        if (window == null || sequence > window.highest()) {
            return false;
        }
        var age = window.highest() - sequence;
        return age >= WINDOW || (window.seen() >>> age & 1) != 0;
    }

    void record(long origin, long sequence, long index) {
        var window = known.get(origin);
        known.put(
                origin,
                window == null
                        ? new OriginWindow(origin, sequence, 1, index)
                        : window.with(sequence, index));
        if (known.size() > MAX_ORIGINS) {
            removeOldest();
        }
    }

    List<OriginWindow> copy() {
        return List.copyOf(known.values());
    }

    void load(OriginWindow origin) {
        known.put(origin.id(), origin);
    }

    long hash() {
        long hash = known.size();
        for (var origin : known.values()) {
            hash =
                    Hash64.mix(
                            Hash64.mix(Hash64.mix(hash, origin.id()), origin.highest()),
                            origin.seen() ^ origin.lastIndex());
        }
        return hash;
    }

    private void removeOldest() {
        OriginWindow oldest = known.firstEntry().getValue();
        for (var origin : known.values()) {
            if (origin.lastIndex() < oldest.lastIndex()) {
                oldest = origin;
            }
        }
        known.remove(oldest.id());
    }
}
