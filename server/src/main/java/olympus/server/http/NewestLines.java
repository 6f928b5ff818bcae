package olympus.server.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import olympus.link.LogLine;
import olympus.model.NodeId;

/**
 * The newest lines of several instances in the order of time, however many go in. Lines of one
 * instance stay in their order, also where its node's clock was stepped back.
 *
 * <p>Limits: so many lines, and {@link #MAX_BYTES} of them as JSON; the oldest of all go first.
 */
final class NewestLines {

    static final long MAX_BYTES = 32 << 20;

    private static final int FRAME_BYTES = 200;

    private static final Comparator<Entry> OLDEST_FIRST =
            Comparator.comparing(Entry::time)
                    .thenComparing(entry -> entry.line().instance())
                    .thenComparing(Entry::node)
                    .thenComparingLong(Entry::number);

    private final int limit;
    private final PriorityQueue<Entry> kept = new PriorityQueue<>(OLDEST_FIRST);
    private final Map<String, Instant> newest = new HashMap<>();
    private long bytes;
    private long number;
    private long beyondCount;
    private long beyondBytes;

    NewestLines(int limit) {
        this.limit = limit;
    }

    private record Entry(Instant time, String node, LogLine line, long number, NodeId id) {}

    void add(NodeId node, LogLine line) {
        var source = LogCursor.key(node, line.instance());
        var time = newest.merge(source, line.at(), (a, b) -> a.isAfter(b) ? a : b);
        kept.add(new Entry(time, source, line, number++, node));
        bytes += jsonBytes(line.text());
        while (kept.size() > limit) {
            drop();
            beyondCount++;
        }
        while (bytes > MAX_BYTES) {
            drop();
            beyondBytes++;
        }
    }

    private void drop() {
        bytes -= jsonBytes(kept.remove().line().text());
    }

    private static long jsonBytes(String text) {
        var count = (long) FRAME_BYTES;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            count += c < ' ' ? 6 : c == '"' || c == '\\' ? 2 : c < 0x80 ? 1 : 3;
        }
        return count;
    }

    /** Lines that went because there were more than the limit. */
    long beyondCount() {
        return beyondCount;
    }

    /** Lines that went because all of them together were too large. */
    long beyondBytes() {
        return beyondBytes;
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** What is kept, oldest first; empties this. */
    List<Answers.Line> take() {
        var lines = new ArrayList<Answers.Line>(kept.size());
        for (var entry = kept.poll(); entry != null; entry = kept.poll()) {
            lines.add(Answers.Line.of(entry.id(), entry.line()));
        }
        return lines;
    }
}
