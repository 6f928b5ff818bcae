package olympus.server.foresight;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import olympus.server.foresight.SinglePoint.Kind;

/**
 * What is to fail in thought.
 *
 * @param labels keys by whose values machines fail together; where none is given, those of {@link
 *     #USUAL_LABELS} that a machine has
 */
public record Scope(Set<Kind> kinds, List<String> labels) {

    /** What machines stand in, hang on, or are fed by. */
    public static final List<String> USUAL_LABELS =
            List.of("site", "room", "rack", "power", "switch");

    public static final int MOST_LABELS = 8;

    /** Machines and servers, one at a time. */
    public static final Scope BOXES = new Scope(EnumSet.of(Kind.NODE, Kind.SERVER), List.of());

    public Scope {
        kinds = Set.copyOf(kinds);
        labels = List.copyOf(labels);
    }

    boolean has(Kind kind) {
        return kinds.contains(kind);
    }
}
