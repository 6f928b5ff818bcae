package olympus.link.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;

/**
 * Who this installation is: {@code node.json} in the data folder, made at the first start and kept
 * for ever.
 *
 * @param realm everything that one owner runs
 * @param island the site whose servers this node belongs to
 * @param node this machine
 * @param nodeName what people call it: a label, free to change
 */
public record Installation(UUID realm, UUID island, NodeId node, String nodeName) {

    public static final int FORMAT = 1;
    public static final String FILE = "node.json";

    private static final Pattern NAME =
            Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?");
    private static final String REMEDY =
            "restore it from a backup, or move the whole data folder away to begin as a new installation";
    private static final RecordCodec<Installation> JSON =
            RecordCodec.of("node", FORMAT, Installation.class);

    public Installation {
        if (!NAME.matcher(nodeName).matches()) {
            throw new IllegalArgumentException(
                    "not a node name: \""
                            + nodeName
                            + "\"; expected 1 to 63 letters, digits, dots and -, beginning and ending with a letter or digit");
        }
    }

    /**
     * Reads the identity kept in {@code dataFolder}, or makes one there: random ids, named after
     * {@code hostName}.
     */
    public static Installation openOrCreate(
            Path dataFolder, String hostName, RandomGenerator random) {
        var file = dataFolder.resolve(FILE);
        if (Files.exists(file)) {
            return read(file);
        }
        var made =
                new Installation(
                        uuid(random), uuid(random), new NodeId(uuid(random)), nameFrom(hostName));
        made.keepIn(dataFolder);
        return made;
    }

    /** Keeps this as the identity of {@code dataFolder}, which must have none yet. */
    public void keepIn(Path dataFolder) {
        var file = dataFolder.resolve(FILE);
        if (Files.exists(file)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT, "%s says already who this installation is".formatted(file));
        }
        KeyFiles.privateFolder(dataFolder);
        KeyFiles.writePublic(file, JSON.encodeIndented(this).getBytes(StandardCharsets.UTF_8));
    }

    /** What the kernel calls this machine; needs no name service. */
    public static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the host name from /proc/sys/kernel/hostname", e);
        }
    }

    /** The name that certificates of this node carry. */
    public URI uri() {
        return new NodeUri(realm, island, node).toUri();
    }

    private static Installation read(Path file) {
        var content = KeyFiles.read(file, REMEDY);
        try {
            return JSON.decode(content);
        } catch (InvalidRecordException e) {
            throw KeyFiles.damaged(file, String.valueOf(e.getMessage()), REMEDY, e);
        }
    }

    /** A random id. */
    public static UUID uuid(RandomGenerator random) {
        var high = (random.nextLong() & ~0xF000L) | 0x4000L;
        var low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** The name of a node on a machine that is called so. */
    public static String nameFrom(String hostName) {
        var usable = hostName.replaceAll("[^a-zA-Z0-9.-]", "-").replaceAll("^[.-]+", "");
        var cut = usable.substring(0, Math.min(63, usable.length())).replaceAll("[.-]+$", "");
        return cut.isEmpty() ? "node" : cut;
    }
}
