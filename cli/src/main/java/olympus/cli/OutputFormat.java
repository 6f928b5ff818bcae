package olympus.cli;

/** How a command prints its answer. */
public enum OutputFormat {
    TABLE,
    JSON,
    YAML
}
