package olympus.hermes.internal.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.hermes.Bytes;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;
import olympus.hermes.StreamLimits;
import org.jspecify.annotations.Nullable;

/** All streams, trimmed to their bounds as they grow and age. */
final class Streams {

    private final TreeMap<Key, Stream> streams = new TreeMap<>();
    private final TreeSet<AgeDeadline> ages = new TreeSet<>();
    private final List<StreamWalk> walks = new ArrayList<>();
    private final Effects effects;
    private long hash;

    Streams(Effects effects) {
        this.effects = effects;
    }

    boolean exists(Key key) {
        return streams.containsKey(key);
    }

    int size() {
        return streams.size();
    }

    Optional<Stream> find(Key key) {
        return Optional.ofNullable(streams.get(key));
    }

    StreamEntry append(Key key, long revision, long wallMillis, long tick, Bytes value) {
        var stream = begin(key);
        var entry = stream.append(revision, wallMillis, tick, value);
        end(stream, trimToSize(stream));
        return entry;
    }

    void limit(Key key, StreamLimits limits, long tick) {
        var stream = begin(key);
        stream.limit(limits);
        var trimmed = trimToSize(stream);
        while (stream.ageDeadline() <= tick) {
            trimmed.add(trimFirst(stream));
        }
        end(stream, trimmed);
    }

    /**
     * Trims what is too old, at most {@code budget} elements; the rest has its turn at the next
     * entry.
     */
    void expire(long tick, int budget) {
        var left = budget;
        while (left > 0 && !ages.isEmpty() && ages.first().tick <= tick) {
            var stream = begin(ages.first().stream);
            var trimmed = new ArrayList<StreamEntry>();
            for (; left > 0 && stream.ageDeadline() <= tick; left--) {
                trimmed.add(trimFirst(stream));
            }
            end(stream, trimmed);
        }
    }

    Optional<Long> nextDeadline() {
        return ages.isEmpty() ? Optional.empty() : Optional.of(ages.first().tick);
    }

    StreamWalk walk() {
        var walk = new StreamWalk(streams, walks::remove);
        walks.add(walk);
        return walk;
    }

    /** Adds a stream as a snapshot describes it; its elements follow with {@link #loadEntry}. */
    void load(Key key, StreamLimits limits, long firstSequence) {
        var stream = new Stream(key, limits, firstSequence);
        streams.put(key, stream);
        hash += stream.hash();
    }

    void loadEntry(Key key, StreamEntry entry, long tick) {
        var stream = begin(key);
        stream.add(entry, tick);
        end(stream, List.of());
    }

    long hash() {
        return hash;
    }

    private Stream begin(Key key) {
        @Nullable Stream stream = streams.get(key);
        if (stream == null) {
            stream = new Stream(key, StreamLimits.DEFAULT, 1);
            streams.put(key, stream);
            return stream;
        }
        hash -= stream.hash();
        ages.remove(new AgeDeadline(stream.ageDeadline(), key));
        return stream;
    }

    private void end(Stream stream, List<StreamEntry> trimmed) {
        hash += stream.hash();
        if (stream.size() > 0) {
            ages.add(new AgeDeadline(stream.ageDeadline(), stream.key()));
        }
        if (!trimmed.isEmpty()) {
            effects.trimmed(stream.key(), List.copyOf(trimmed));
        }
    }

    private List<StreamEntry> trimToSize(Stream stream) {
        var trimmed = new ArrayList<StreamEntry>(1);
        while (stream.exceedsSize()) {
            trimmed.add(trimFirst(stream));
        }
        return trimmed;
    }

    private StreamEntry trimFirst(Stream stream) {
        for (var walk : walks) {
            walk.beforeTrim(stream);
        }
        return stream.removeFirst();
    }

    private record AgeDeadline(long tick, Key stream) implements Comparable<AgeDeadline> {
        @Override
        public int compareTo(AgeDeadline other) {
            var byTick = Long.compare(tick, other.tick);
            return byTick != 0 ? byTick : stream.compareTo(other.stream);
        }
    }
}
