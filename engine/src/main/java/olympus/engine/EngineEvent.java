package olympus.engine;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** What a stream of events tells. */
public sealed interface EngineEvent {

    /**
     * The stream is open. What happened before was perhaps not told: list and compare. Comes again
     * after each {@link Lost}.
     */
    record Connected() implements EngineEvent {}

    /** The stream broke or could not be opened; it is tried again. */
    record Lost(EngineException.Kind kind, String why) implements EngineEvent {}

    /**
     * Something happened to a container. Events from just before the stream was opened may be among
     * them.
     *
     * @param attributes its labels, and what belongs to the event
     */
    record Happened(
            What what,
            String container,
            String name,
            OptionalInt exitCode,
            Instant at,
            Map<String, String> attributes)
            implements EngineEvent {

        public Happened {
            attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
        }
    }

    /** The events that are told; others are left out. */
    enum What {
        CREATE,
        START,
        DIE,
        OOM,
        STOP,
        HEALTH_STATUS,
        PAUSE,
        UNPAUSE,
        RENAME,
        DESTROY
    }
}
