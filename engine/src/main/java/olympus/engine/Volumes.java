package olympus.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.container.Volume;

/** The volumes of an engine. */
public interface Volumes {

    List<Seen> list();

    Optional<Seen> find(String name);

    /** As declared, with these labels besides; leaves one that is there as it is. */
    void ensure(Volume volume, Map<String, String> labels);

    /**
     * Removes it with all that is in it; false when it was not there. A volume that a container
     * has, running or not, is a {@link EngineException.Kind#CONFLICT}. Only what carries out a
     * person's explicit wish may call this.
     */
    boolean remove(String name);

    /**
     * Bytes by name, of those whose size the engine tells. The engine adds up files: it may take a
     * while.
     */
    Map<String, Long> sizes();

    /** A volume that is there. */
    record Seen(String name, String driver, String mountPoint, Map<String, String> labels) {
        public Seen {
            labels = Map.copyOf(labels);
        }
    }
}
