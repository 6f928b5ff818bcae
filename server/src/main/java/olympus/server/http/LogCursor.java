package olympus.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import olympus.link.LogPoint;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;

/**
 * How far a reader of a service's lines has come, for each of its instances: the id of a
 * server-sent event, so that any server can go on exactly after it.
 *
 * <pre>
 *   1@6d9dd7a2=3.1523;2@0b1c55f0=1.17     ordinal @ begin of the node's id = run . line
 *   …;more                                there were more instances than fit
 * </pre>
 *
 * Limit: {@link #MAX_INSTANCES}, those heard of last. Threading: one thread.
 */
final class LogCursor {

    static final int MAX_INSTANCES = 150;

    private static final Pattern ENTRY = Pattern.compile("(\\d{1,9}@[0-9a-f]{8})=(\\d+)\\.(\\d+)");
    private static final String MORE = "more";
    private static final int NODE_CHARACTERS = 8;

    private final LinkedHashMap<String, LogPoint> points = new LinkedHashMap<>();
    private boolean isPartial;

    /** Reads a cursor, or the id of a single line; empty when it is neither. */
    static Optional<LogCursor> parse(String text, ServiceId service) {
        var cursor = new LogCursor();
        if (text.indexOf('/') >= 0) {
            return cursor.readLine(text, service) ? Optional.of(cursor) : Optional.empty();
        }
        for (var entry : text.split(";", -1)) {
            if (entry.equals(MORE)) {
                cursor.isPartial = true;
            } else if (!cursor.readEntry(entry)) {
                return Optional.empty();
            }
        }
        return Optional.of(cursor);
    }

    private boolean readEntry(String entry) {
        var parts = ENTRY.matcher(entry);
        return parts.matches() && put(parts.group(1), parts.group(2), parts.group(3));
    }

    /** {@code node/stack/service.ordinal/run/line}, the id of {@link Answers.Line}. */
    private boolean readLine(String text, ServiceId service) {
        var parts = text.split("/", -1);
        if (parts.length != 5) {
            return false;
        }
        isPartial = true;
        try {
            var instance = InstanceId.parse(parts[1] + "/" + parts[2]);
            return instance.service().equals(service)
                    && put(key(NodeId.parse(parts[0]), instance), parts[3], parts[4]);
        } catch (IllegalArgumentException notAnId) {
            return false;
        }
    }

    private boolean put(String key, String epoch, String sequence) {
        try {
            points.put(key, new LogPoint(Long.parseLong(epoch), Long.parseLong(sequence)));
            return true;
        } catch (NumberFormatException notAPoint) {
            return false;
        }
    }

    static String key(NodeId node, InstanceId instance) {
        return instance.ordinal() + "@" + node.toString().substring(0, NODE_CHARACTERS);
    }

    /** Whether there were instances of which this says nothing. */
    boolean isPartial() {
        return isPartial;
    }

    Optional<LogPoint> after(String key) {
        return Optional.ofNullable(points.get(key));
    }

    Set<String> keys() {
        return Set.copyOf(points.keySet());
    }

    void forget(String key) {
        points.remove(key);
    }

    void advance(String key, LogPoint to) {
        points.putLast(key, to);
        if (points.size() > MAX_INSTANCES) {
            points.pollFirstEntry();
            isPartial = true;
        }
    }

    /** The id of the event by which the reader has come as far as this. */
    String text() {
        var entries =
                points.entrySet().stream().map(LogCursor::text).collect(Collectors.joining(";"));
        return isPartial ? entries + ";" + MORE : entries;
    }

    private static String text(Map.Entry<String, LogPoint> entry) {
        return "%s=%d.%d"
                .formatted(entry.getKey(), entry.getValue().epoch(), entry.getValue().sequence());
    }
}
