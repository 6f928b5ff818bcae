package olympus.hermes.internal.state;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.hermes.Key;
import org.jspecify.annotations.Nullable;

/**
 * The leases that live, when they end, and which keys go with them. Time is counted in ticks
 * (milliseconds).
 */
final class Leases {

    private final TreeMap<Long, Lease> live = new TreeMap<>();
    private final TreeSet<Deadline> deadlines = new TreeSet<>();
    private final Map<Long, TreeSet<Key>> keys = new HashMap<>();
    private long hash;

    int size() {
        return live.size();
    }

    boolean lives(long id) {
        return live.containsKey(id);
    }

    int keysOf(long id) {
        var owned = keys.get(id);
        return owned == null ? 0 : owned.size();
    }

    void grant(long id, long ttlTicks, long now) {
        put(new Lease(id, ttlTicks, now + ttlTicks));
    }

    void keepAlive(long id, long now) {
        var lease = live.get(id);
        if (lease != null) {
            put(new Lease(id, lease.ttlTicks(), now + lease.ttlTicks()));
        }
    }

    /** Forgets the lease and hands over its keys, in order. */
    List<Key> end(long id) {
        var lease = live.remove(id);
        if (lease == null) {
            return List.of();
        }
        deadlines.remove(new Deadline(lease.deadlineTick(), id));
        hash -= lease.hash();
        var owned = keys.remove(id);
        return owned == null ? List.of() : List.copyOf(owned);
    }

    void attach(long id, Key key) {
        keys.computeIfAbsent(id, _ -> new TreeSet<>()).add(key);
    }

    void detach(long id, Key key) {
        var owned = keys.get(id);
        if (owned != null) {
            owned.remove(key);
            if (owned.isEmpty()) {
                keys.remove(id);
            }
        }
    }

    /** The lease that has been over for the longest at {@code now}, 0 for none. */
    long expired(long now) {
        return !deadlines.isEmpty() && deadlines.first().tick <= now ? deadlines.first().id : 0;
    }

    Optional<Long> nextDeadline() {
        return deadlines.isEmpty() ? Optional.empty() : Optional.of(deadlines.first().tick);
    }

    List<Lease> copy() {
        return List.copyOf(live.values());
    }

    void load(Lease lease) {
        put(lease);
    }

    long hash() {
        return hash;
    }

    private void put(Lease lease) {
        @Nullable Lease before = live.put(lease.id(), lease);
        if (before != null) {
            deadlines.remove(new Deadline(before.deadlineTick(), before.id()));
            hash -= before.hash();
        }
        deadlines.add(new Deadline(lease.deadlineTick(), lease.id()));
        hash += lease.hash();
    }

    private record Deadline(long tick, long id) implements Comparable<Deadline> {
        @Override
        public int compareTo(Deadline other) {
            var byTick = Long.compare(tick, other.tick);
            return byTick != 0 ? byTick : Long.compare(id, other.id);
        }
    }
}
