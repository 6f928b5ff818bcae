package olympus.agent.internal;

/**
 * Which process is meant, for ever: a pid alone is reused, and wall time may step.
 *
 * @param bootId of the kernel ({@code /proc/sys/kernel/random/boot_id})
 * @param startTicks field 22 of {@code /proc/<pid>/stat}: clock ticks since boot at which it began
 */
record ProcessIdentity(String bootId, long pid, long startTicks) {}
