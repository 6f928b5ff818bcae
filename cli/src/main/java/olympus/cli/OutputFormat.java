package olympus.cli;

/** How a command prints its answer. */
enum OutputFormat {
    TABLE,
    JSON,
    YAML
}
