package olympus.engine;

/**
 * What a container uses.
 *
 * @param cpuNanos used since its start
 * @param memoryLimitBytes that of the machine when it has none
 */
public record Usage(
        long cpuNanos,
        long systemCpuNanos,
        int processors,
        long memoryBytes,
        long memoryLimitBytes,
        long processes,
        long receivedBytes,
        long sentBytes) {}
