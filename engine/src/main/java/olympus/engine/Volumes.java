package olympus.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.container.Volume;

/** The volumes of an engine. None is ever removed from here. */
public interface Volumes {

    List<Seen> list();

    Optional<Seen> find(String name);

    /** As declared, with these labels besides; leaves one that is there as it is. */
    void ensure(Volume volume, Map<String, String> labels);

    /** A volume that is there. */
    record Seen(String name, String driver, String mountPoint, Map<String, String> labels) {
        public Seen {
            labels = Map.copyOf(labels);
        }
    }
}
