package olympus.model.encrypted;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A file as SOPS writes it, read but not decrypted: a tree of values in the order of the file, and
 * what SOPS notes beside it.
 *
 * @param tree mappings, lists and scalars
 * @param notes what stands under {@code sops}
 */
record SopsDocument(Map<String, Object> tree, Map<String, Object> notes) {

    private static final String NOTES = "sops";
    private static final String DOTENV_NOTES = "sops_";
    private static final int MAX_DEPTH = 64;
    private static final int MAX_ALIASES = 50;

    private static final Pattern YAML_NOTES = Pattern.compile("(?m)^\\s*\"?sops\"?\\s*:");
    private static final Pattern DOTENV_MAC = Pattern.compile("(?m)^sops_mac=");
    private static final Pattern INI_NOTES = Pattern.compile("(?m)^\\[sops]\\s*$");

    /** The first of the list of age recipients, in the flat form that dotenv files have. */
    private static final Pattern FLAT_RECIPIENT =
            Pattern.compile("age__list_(\\d+)__map_(enc|recipient)");

    /** Whether it looks like a file of SOPS. */
    static boolean is(String text) {
        return DOTENV_MAC.matcher(text).find() || INI_NOTES.matcher(text).find() || isTree(text);
    }

    private static boolean isTree(String text) {
        return YAML_NOTES.matcher(text).find() && text.contains("ENC[");
    }

    /** Empty when SOPS did not write it. */
    static Optional<SopsDocument> read(byte[] bytes) throws UnopenedException {
        var text = new String(bytes, StandardCharsets.UTF_8);
        if (DOTENV_MAC.matcher(text).find()) {
            return Optional.of(dotenv(text));
        }
        if (INI_NOTES.matcher(text).find()) {
            throw new UnopenedException(
                    "it is an INI file of SOPS, which is not understood",
                    "a YAML, JSON, dotenv or binary file of SOPS");
        }
        return isTree(text) ? tree(text) : Optional.empty();
    }

    private static Optional<SopsDocument> tree(String text) throws UnopenedException {
        var settings =
                LoadSettings.builder()
                        .setSchema(new CoreSchema())
                        .setAllowDuplicateKeys(false)
                        .setMaxAliasesForCollections(MAX_ALIASES)
                        .build();
        Object loaded;
        try {
            loaded = new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            // Its message quotes the file.
            throw new UnopenedException(
                    "it looks like a file of SOPS, but is no YAML or JSON of one document",
                    "the file as SOPS wrote it");
        }
        if (!(loaded instanceof Map<?, ?> map) || !(map.get(NOTES) instanceof Map<?, ?> notes)) {
            return Optional.empty();
        }
        var tree = names(map, 0);
        tree.remove(NOTES);
        return notes.containsKey("mac")
                ? Optional.of(new SopsDocument(tree, names(notes, 0)))
                : Optional.empty();
    }

    private static Map<String, Object> names(Map<?, ?> map, int depth) throws UnopenedException {
        if (depth > MAX_DEPTH) {
            throw new UnopenedException(
                    "it is nested too deeply", "at most %d levels".formatted(MAX_DEPTH));
        }
        var named = new LinkedHashMap<String, Object>();
        for (var entry : map.entrySet()) {
            named.put(String.valueOf(entry.getKey()), value(entry.getValue(), depth));
        }
        return named;
    }

    private static Object value(@Nullable Object value, int depth) throws UnopenedException {
        return switch (value) {
            case null -> Optional.empty();
            case Map<?, ?> map -> names(map, depth + 1);
            case List<?> list -> {
                var values = new ArrayList<Object>();
                for (var item : list) {
                    values.add(value(item, depth + 1));
                }
                yield values;
            }
            default -> value;
        };
    }

    private static SopsDocument dotenv(String text) {
        var tree = new LinkedHashMap<String, Object>();
        var notes = new LinkedHashMap<String, Object>();
        var recipients = new LinkedHashMap<String, Map<String, Object>>();
        for (var line : text.split("\n", -1)) {
            var equals = line.indexOf('=');
            if (line.isEmpty() || line.startsWith("#") || equals < 0) {
                continue;
            }
            var name = line.substring(0, equals);
            var value = line.substring(equals + 1).replace("\\n", "\n");
            if (!name.startsWith(DOTENV_NOTES)) {
                tree.put(name, value);
                continue;
            }
            var note = name.substring(DOTENV_NOTES.length());
            var recipient = FLAT_RECIPIENT.matcher(note);
            if (recipient.matches()) {
                recipients
                        .computeIfAbsent(recipient.group(1), number -> new LinkedHashMap<>())
                        .put(recipient.group(2), value);
            } else {
                notes.put(note, value);
            }
        }
        notes.put("age", List.copyOf(recipients.values()));
        return new SopsDocument(tree, notes);
    }

    /** A note that is one text, if it is there. */
    Optional<String> note(String name) {
        return Optional.ofNullable(notes.get(name))
                .filter(value -> !(value instanceof Optional))
                .map(String::valueOf)
                .filter(value -> !value.isEmpty());
    }

    /** The data key, encrypted for each age recipient. */
    List<String> encryptedKeys() {
        if (!(notes.get("age") instanceof List<?> recipients)) {
            return List.of();
        }
        var keys = new ArrayList<String>();
        for (var recipient : recipients) {
            if (recipient instanceof Map<?, ?> map && map.get("enc") instanceof String key) {
                keys.add(key);
            }
        }
        return keys;
    }

    @Override
    public String toString() {
        return "SopsDocument" + tree.keySet();
    }
}
