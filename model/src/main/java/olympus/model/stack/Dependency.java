package olympus.model.stack;

import java.util.Locale;
import java.util.Optional;
import olympus.model.json.EnumWords;

/**
 * What a service waits for before its first start.
 *
 * @param required false: go on without it when it does not exist or has been given up
 * @param restart true: restart with it when it is restarted or replaced by order; never empty with
 *     false
 */
public record Dependency(Condition condition, boolean required, Optional<Boolean> restart) {

    public Dependency {
        restart = restart.filter(wanted -> wanted);
    }

    /** One that does not restart with it. */
    public Dependency(Condition condition, boolean required) {
        this(condition, required, Optional.empty());
    }

    /** Whether the dependant is restarted with it. */
    public boolean restarts() {
        return restart.isPresent();
    }

    /**
     * Compose's words: {@code service_started}, {@code service_healthy}, {@code
     * service_completed_successfully}.
     */
    public enum Condition implements EnumWords.Spelled {
        STARTED,
        HEALTHY,
        COMPLETED_SUCCESSFULLY;

        @Override
        public String word() {
            return "service_" + name().toLowerCase(Locale.ROOT);
        }
    }
}
