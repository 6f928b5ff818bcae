package olympus.model.encrypted;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the private age keys of a person or machine are: at the places where SOPS looks for them.
 * They are read when a file is opened, not before.
 *
 * @param environment {@code SOPS_AGE_KEY} (the key itself), {@code SOPS_AGE_KEY_FILE}, {@code
 *     XDG_CONFIG_HOME} and {@code HOME} count
 */
public record AgeKeys(Map<String, String> environment) {

    private static final String KEY = "SOPS_AGE_KEY";
    private static final String KEY_FILE = "SOPS_AGE_KEY_FILE";
    private static final String BEGIN = "AGE-SECRET-KEY-1";
    private static final int MAX_FILE_BYTES = 64 << 10;
    private static final int MAX_KEYS = 100;

    public AgeKeys {
        environment = Map.copyOf(environment);
    }

    @Override
    public String toString() {
        return "AgeKeys";
    }

    /** All keys, each able to open what was encrypted for it; never empty. */
    List<RecipientStanzaReader> readers() throws UnopenedException {
        var keys = new ArrayList<RecipientStanzaReader>();
        var given = environment.getOrDefault(KEY, "");
        if (!given.isBlank()) {
            add(given, KEY, keys);
        }
        var file = file();
        if (file.isPresent() && (Files.exists(file.get()) || !isDefault())) {
            add(text(file.get()), file.get().toString(), keys);
        }
        if (keys.isEmpty()) {
            throw new UnopenedException("there is no private age key to open it with", places());
        }
        return keys;
    }

    /** What would be right where no key opens a file. */
    String places() {
        return "a private key for it in %s, in the file that %s names, or in %s"
                .formatted(
                        KEY,
                        KEY_FILE,
                        defaultFile().map(Path::toString).orElse("~/.config/sops/age/keys.txt"));
    }

    private boolean isDefault() {
        return environment.getOrDefault(KEY_FILE, "").isBlank();
    }

    private Optional<Path> file() {
        var named = environment.getOrDefault(KEY_FILE, "");
        return named.isBlank() ? defaultFile() : path(named);
    }

    private Optional<Path> defaultFile() {
        var config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        if (!config.isBlank()) {
            return path(config).map(folder -> folder.resolve("sops/age/keys.txt"));
        }
        var home = environment.getOrDefault("HOME", "");
        return home.isBlank()
                ? Optional.empty()
                : path(home).map(folder -> folder.resolve(".config/sops/age/keys.txt"));
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String text(Path file) throws UnopenedException {
        try (var in = Files.newInputStream(file)) {
            var bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new UnopenedException(
                        "the file of age keys %s is larger than %d bytes"
                                .formatted(file, MAX_FILE_BYTES),
                        "a file as age-keygen writes it");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UnopenedException(
                    "cannot read the file of age keys %s: %s"
                            .formatted(file, e.getClass().getSimpleName()),
                    "a readable file as age-keygen writes it",
                    e);
        }
    }

    private static void add(String text, String from, List<RecipientStanzaReader> keys)
            throws UnopenedException {
        var number = 0;
        for (var line : text.split("\r?\n", -1)) {
            number++;
            var key = line.strip();
            if (key.isEmpty() || key.startsWith("#")) {
                continue;
            }
            if (!key.startsWith(BEGIN) || keys.size() >= MAX_KEYS) {
                throw new UnopenedException(
                        key.startsWith(BEGIN)
                                ? "%s holds more than %d age keys".formatted(from, MAX_KEYS)
                                : "line %d of %s is no private age key".formatted(number, from),
                        "lines that begin with %s, as age-keygen writes them".formatted(BEGIN));
            }
            keys.add(reader(key, number, from));
        }
    }

    private static RecipientStanzaReader reader(String key, int line, String from)
            throws UnopenedException {
        try {
            return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Its message may quote the key, and it does not go with the new one.
            throw new UnopenedException(
                    "line %d of %s is a damaged age key".formatted(line, from),
                    "the line as age-keygen wrote it");
        }
    }
}
