package olympus.model.stack;

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
    public enum Condition {
        STARTED,
        HEALTHY,
        COMPLETED_SUCCESSFULLY
    }
}
