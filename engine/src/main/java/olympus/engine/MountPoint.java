package olympus.engine;

/**
 * Something mounted into a container.
 *
 * @param type {@code volume}, {@code bind}, {@code tmpfs}
 * @param name of the volume; empty for others
 * @param source path on the machine
 * @param target path in the container
 */
public record MountPoint(String type, String name, String source, String target, boolean readOnly) {

    /** Whether it is a volume whose name the engine made up. */
    public boolean isAnonymousVolume() {
        return type.equals("volume") && name.matches("[0-9a-f]{64}");
    }
}
