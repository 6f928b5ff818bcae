package olympus.model.stack.container;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Compose's {@code logging}; an empty driver is the engine's default. */
public record Logging(Optional<String> driver, Map<String, String> options) {
    public static final Logging DEFAULT = new Logging(Optional.empty(), Map.of());

    public Logging {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }
}
