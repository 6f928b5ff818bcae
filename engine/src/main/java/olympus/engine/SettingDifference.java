package olympus.engine;

/**
 * One setting in which a container differs from what is declared.
 *
 * @param path in the words of a Compose file, e.g. {@code environment.TZ} or {@code mem_limit}
 * @param declared empty when nothing is declared
 * @param observed empty when the container has no such setting; what looks like a password is
 *     masked in both
 */
public record SettingDifference(String path, String declared, String observed) {}
