package olympus.engine;

import java.time.Instant;

/**
 * What a container uses. Bytes and processor time are counted since its start.
 *
 * @param at when the engine looked
 * @param memoryBytes without what the kernel keeps only as long as nobody else needs it
 * @param memoryLimitBytes that of the machine when it has none; 0 where the engine does not know
 */
public record Usage(
        Instant at,
        long cpuNanos,
        long memoryBytes,
        long memoryLimitBytes,
        long processes,
        Flow network,
        Flow disk) {

    /**
     * @param in received or read
     * @param out sent or written
     */
    public record Flow(long in, long out) {}
}
