package olympus.link.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.foundation.Durable;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/**
 * What every server of an island holds alike: the realm's authorities and the key of its secrets.
 * Whoever has it can be any server, agent or API of the island. Its text never shows a key.
 *
 * @param authority the files of {@code keys/authority}, by name
 * @param islandKey the content of {@code keys/island.key}
 */
public record IslandKeys(Map<String, String> authority, String islandKey) {

    public IslandKeys {
        authority = Map.copyOf(authority);
        var names = new TreeSet<>(authority.keySet());
        if (!names.equals(new TreeSet<>(Authorities.files()))) {
            throw new IllegalArgumentException(
                    "not the files of an island's authorities: %s; expected %s"
                            .formatted(names, Authorities.files()));
        }
    }

    /** Those kept under {@code keysFolder}. */
    public static IslandKeys read(Path keysFolder) {
        var folder = keysFolder.resolve(Authorities.FOLDER);
        var remedy = "restore the folder keys from a backup";
        var authority = new TreeMap<String, String>();
        for (var name : Authorities.files()) {
            authority.put(name, text(KeyFiles.read(folder.resolve(name), remedy)));
        }
        var islandKey = KeyFiles.read(keysFolder.resolve(SecretVault.ISLAND_KEY), remedy);
        return new IslandKeys(authority, text(islandKey));
    }

    /**
     * Keeps them under {@code keysFolder}, where there must be none yet; whole or, after a kill,
     * not at all.
     */
    public void writeTo(Path keysFolder) {
        var folder = keysFolder.resolve(Authorities.FOLDER);
        if (Files.exists(folder)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%s holds authorities already; an island's are kept only where there are none"
                            .formatted(folder));
        }
        KeyFiles.privateFolder(keysFolder);
        KeyFiles.writePrivate(keysFolder.resolve(SecretVault.ISLAND_KEY), bytes(islandKey));
        var unfinished = folder.resolveSibling(Authorities.FOLDER + ".new");
        KeyFiles.privateFolder(unfinished);
        authority.forEach((name, text) -> {
            if (name.endsWith(".key")) {
                KeyFiles.writePrivate(unfinished.resolve(name), bytes(text));
            } else {
                KeyFiles.writePublic(unfinished.resolve(name), bytes(text));
            }
        });
        try {
            Durable.rename(unfinished, folder);
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot keep the island's authorities in %s (%s); the data folder must be writable and its disk must have room"
                            .formatted(folder, e),
                    e);
        }
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "IslandKeys" + new TreeSet<>(authority.keySet());
    }
}
