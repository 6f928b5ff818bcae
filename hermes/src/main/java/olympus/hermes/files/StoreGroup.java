package olympus.hermes.files;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * The replicated log that a store's folder belongs to, where that is not the island's first one:
 * the file {@code group}, which a recovery or a restore leaves in the folder that it makes, and
 * which whoever joins such a group writes before its store is opened for the first time.
 *
 * @param founded whether the group began with this very folder, as its only member
 */
public record StoreGroup(String island, UUID group, boolean founded) {

    private static final String FILE = "group";
    private static final String FORMAT = "1";

    /**
     * The group of the store in {@code folder}, which a process is about to open; it holds the lock
     * of the data folder. Finishes or forgets an exchange of the folder that was interrupted.
     *
     * @return that of the file, else {@code island}, which names the first group of every island
     */
    public static UUID of(Path folder, UUID island) throws IOException {
        new StoreExchange(folder).settle();
        var known = read(folder);
        if (known.isPresent() && !known.get().island().equals(island.toString())) {
            throw damaged(
                    folder,
                    "the store belongs to island %s, not to %s"
                            .formatted(known.get().island(), island),
                    "Use the data folder of this island");
        }
        return known.map(StoreGroup::group).orElse(island);
    }

    /**
     * What the folder's file says; empty without one.
     *
     * @throws OlympusException of code {@code CORRUPT} when it cannot be understood
     */
    public static Optional<StoreGroup> read(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file, StandardCharsets.ISO_8859_1)));
            if (!properties.getProperty("format", "").equals(FORMAT)) {
                throw new IllegalArgumentException(
                        "format '%s'; %s was expected"
                                .formatted(properties.getProperty("format", ""), FORMAT));
            }
            return Optional.of(
                    new StoreGroup(
                            properties.getProperty("island", ""),
                            UUID.fromString(properties.getProperty("group", "")),
                            properties.getProperty("founded", "").equals("true")));
        } catch (IllegalArgumentException e) {
            throw damaged(
                    folder,
                    "it does not name a group: " + e.getMessage(),
                    "Restore it together with the rest of the store from one backup");
        }
    }

    /** Whether this member began the group of this folder, and need not wait to be added to it. */
    public static boolean founded(Path folder) throws IOException {
        return read(folder).map(StoreGroup::founded).orElse(false);
    }

    /** Writes the file into {@code folder}, which is made where it is missing. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Durable.replace(
                folder.resolve(FILE),
                "format=%s\nisland=%s\ngroup=%s\nfounded=%s\n"
                        .formatted(FORMAT, island, group, founded)
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static OlympusException damaged(Path folder, String what, String remedy) {
        return new OlympusException(
                ErrorCode.CORRUPT,
                "the store was not opened. " + new Problem(folder.resolve(FILE), what, remedy));
    }
}
