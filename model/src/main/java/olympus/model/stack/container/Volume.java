package olympus.model.stack.container;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A named volume of the engine.
 *
 * @param key under {@code volumes:} in the file
 * @param name at the engine: {@code <project>_<key>} unless written
 * @param external made by somebody else: never created or removed
 */
public record Volume(
        String key,
        String name,
        boolean external,
        Optional<String> driver,
        Map<String, String> driverOptions,
        Map<String, String> labels) {

    public Volume {
        driverOptions = Collections.unmodifiableMap(new TreeMap<>(driverOptions));
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }
}
