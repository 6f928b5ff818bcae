package olympus.engine;

/**
 * How a command inside a container ended.
 *
 * @param output both streams, as much as was asked for
 * @param cut whether there was more
 */
public record ExecResult(int exitCode, String output, boolean cut) {}
