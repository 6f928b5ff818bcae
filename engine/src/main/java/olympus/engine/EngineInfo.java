package olympus.engine;

/**
 * What an engine says of itself.
 *
 * @param apiVersion e.g. {@code 1.41}
 * @param root where it keeps its data
 */
public record EngineInfo(
        Product product,
        String version,
        String apiVersion,
        String root,
        int containers,
        int running,
        String loggingDriver) {

    /** Which engine it is. */
    public enum Product {
        DOCKER,
        PODMAN
    }
}
