package olympus.model.stack;

import java.util.Locale;
import olympus.model.json.EnumWords;

/**
 * What a service waits for before its first start.
 *
 * @param required false: go on without it when it does not exist or has been given up
 */
public record Dependency(Condition condition, boolean required) {

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
