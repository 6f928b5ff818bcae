package olympus.hermes.internal.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;
import olympus.hermes.StreamLimits;
import org.jspecify.annotations.Nullable;

/**
 * A walk over all streams in slices that sees them as they were when it began: what is trimmed
 * before the walk reaches it is kept for it, what is appended later is passed over. Threading: the
 * owner of the state. Must be closed, also when abandoned.
 */
public final class StreamWalk implements AutoCloseable {

    private final Map<Key, Stream> streams;
    private final ArrayDeque<Position> ahead = new ArrayDeque<>();
    private final Map<Key, Position> byKey = new HashMap<>();
    private final Consumer<StreamWalk> onClose;
    private boolean done;

    StreamWalk(Map<Key, Stream> streams, Consumer<StreamWalk> onClose) {
        this.streams = streams;
        this.onClose = onClose;
        for (var stream : streams.values()) {
            var position =
                    new Position(
                            stream.key(),
                            stream.limits(),
                            stream.firstSequence(),
                            stream.nextSequence());
            ahead.add(position);
            byKey.put(stream.key(), position);
        }
    }

    public boolean done() {
        return done;
    }

    /**
     * A stream and the next elements of it, at most {@code limit}; a long stream comes in several
     * slices.
     */
    public Slice next(int limit, long maxBytes) {
        var position = ahead.getFirst();
        var elements = new ArrayList<Element>();
        var first = position.reached == position.firstSequence;
        for (var bytes = 0L;
                position.reached < position.endSequence
                        && elements.size() < limit
                        && bytes < maxBytes;
                position.reached++) {
            var element = element(position);
            elements.add(element);
            bytes += element.entry.value().length();
        }
        if (position.reached == position.endSequence) {
            byKey.remove(position.key);
            ahead.removeFirst();
        }
        return new Slice(position.key, position.limits, position.firstSequence, first, elements);
    }

    /** Whether there is a next slice; closes the walk when there is none. */
    public boolean hasNext() {
        if (ahead.isEmpty()) {
            close();
        }
        return !done;
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            ahead.clear();
            byKey.clear();
            onClose.accept(this);
        }
    }

    void beforeTrim(Stream stream) {
        @Nullable Position position = byKey.get(stream.key());
        var sequence = stream.firstSequence();
        if (position != null && sequence >= position.reached && sequence < position.endSequence) {
            position.trimmed.put(
                    sequence, new Element(stream.entry(sequence), stream.tick(sequence)));
        }
    }

    private Element element(Position position) {
        var kept = position.trimmed.remove(position.reached);
        if (kept != null) {
            return kept;
        }
        var stream = streams.get(position.key);
        if (stream == null) {
            throw new IllegalStateException("stream " + position.key + " vanished during a walk");
        }
        return new Element(stream.entry(position.reached), stream.tick(position.reached));
    }

    /** An element and the tick at which it was appended. */
    public record Element(StreamEntry entry, long tick) {}

    /**
     * A part of a stream.
     *
     * @param first whether this is the stream's first slice
     */
    public record Slice(
            Key stream,
            StreamLimits limits,
            long firstSequence,
            boolean first,
            List<Element> elements) {}

    private static final class Position {
        private final Key key;
        private final StreamLimits limits;
        private final long firstSequence;
        private final long endSequence;
        private final Map<Long, Element> trimmed = new HashMap<>();
        private long reached;

        Position(Key key, StreamLimits limits, long firstSequence, long endSequence) {
            this.key = key;
            this.limits = limits;
            this.firstSequence = firstSequence;
            this.endSequence = endSequence;
            this.reached = firstSequence;
        }
    }
}
