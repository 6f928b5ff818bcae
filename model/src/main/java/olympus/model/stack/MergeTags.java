package olympus.model.stack;

import java.util.IdentityHashMap;

/**
 * Which values of Compose files bear the tag {@code !reset} (the key is taken away) or {@code
 * !override} (nothing of the file before is kept). By identity: equal values may differ in it.
 */
final class MergeTags {

    private static final String RESET = "!reset";
    private static final String OVERRIDE = "!override";

    private final IdentityHashMap<YamlValue, String> tags = new IdentityHashMap<>();

    static boolean isKnown(String tag) {
        return tag.equals(RESET) || tag.equals(OVERRIDE);
    }

    void put(YamlValue value, String tag) {
        tags.put(value, tag);
    }

    boolean isEmpty() {
        return tags.isEmpty();
    }

    boolean resets(YamlValue value) {
        return RESET.equals(tags.get(value));
    }

    /** Whether the value stands for itself, whatever was there before. */
    boolean replaces(YamlValue value) {
        return tags.containsKey(value);
    }
}
