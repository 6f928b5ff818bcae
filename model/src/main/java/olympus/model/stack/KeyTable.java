package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.NearestWord;

/**
 * The keys of one kind of mapping: the single source of the parser, the JSON Schema and the
 * reference page. {@code x-*} keys are allowed in every one and not read.
 *
 * @param name of the table in the schema's {@code $defs}, and in messages: "unknown key … of {@code
 *     a service}"
 * @param title heading in the reference page
 * @param intro what the mapping is, for the reference page
 * @param refused known words that cannot be honoured here, with the reason; an error
 * @param ignored known words without effect here, with the reason; a warning
 */
record KeyTable(
        String name,
        String title,
        String intro,
        List<Key<?>> keys,
        Map<String, String> refused,
        Map<String, String> ignored) {

    static final String EXTENSION_PREFIX = "x-";

    /** More words than help somebody who mistyped one. */
    private static final int MAX_LISTED = 40;

    static final String NOT_YET = "this version of Olympus does not know it yet";
    static final String CONTAINERS = "containers are described in a compose.yaml beside";

    KeyTable {
        keys = List.copyOf(keys);
    }

    static KeyTable of(String name, String title, String intro, Key<?>... keys) {
        return new KeyTable(name, title, intro, List.of(keys), Map.of(), Map.of());
    }

    KeyTable refusing(Map<String, String> words) {
        return new KeyTable(name, title, intro, keys, words, ignored);
    }

    KeyTable ignoring(Map<String, String> words) {
        return new KeyTable(name, title, intro, keys, refused, words);
    }

    /** Every word that is not an error by itself, or has an explanation. */
    private List<String> known() {
        var words = new ArrayList<>(names());
        words.addAll(ignored.keySet());
        words.addAll(refused.keySet());
        return words;
    }

    private boolean isLong() {
        return keys.size() > MAX_LISTED;
    }

    List<String> names() {
        return keys.stream().map(Key::name).toList();
    }

    /**
     * Reads every key that is there; what is wrong with one does not keep the others from being
     * read.
     */
    Optional<Fields> read(YamlValue value, ProblemLog problems) {
        if (!(value instanceof YamlValue.Mapping mapping)) {
            problems.error(
                    value.place(),
                    "found " + value.found(),
                    "a mapping" + (isLong() ? "" : " with " + String.join(", ", names())));
            return Optional.empty();
        }
        var values = new LinkedHashMap<Key<?>, Object>();
        var places = new LinkedHashMap<Key<?>, Place>();
        var unread = new ArrayList<>(mapping.entries().keySet());
        for (var key : keys) {
            var entry = mapping.entries().get(key.name());
            unread.remove(key.name());
            if (entry != null) {
                places.put(key, entry.namePlace());
                key.shape().read(entry.value(), problems).ifPresent(v -> values.put(key, v));
            } else if (key.required()) {
                problems.error(
                        mapping.place(),
                        "the key \"%s\" of %s is missing".formatted(key.name(), name),
                        key.shape().words());
            }
        }
        var unknown = new LinkedHashMap<String, String>();
        unread.forEach(word -> unread(word, mapping, problems, unknown));
        return Optional.of(new Fields(mapping.place(), values, places, unknown));
    }

    private void unread(
            String word,
            YamlValue.Mapping mapping,
            ProblemLog problems,
            Map<String, String> unknown) {
        var entry = mapping.entries().get(word);
        if (entry == null || word.startsWith(EXTENSION_PREFIX)) {
            return;
        }
        var why = ignored.get(word);
        if (why != null) {
            problems.warning(
                    entry.namePlace(),
                    "the key \"%s\" of %s has no effect: %s".formatted(word, name, why));
            return;
        }
        var reason = refused.get(word);
        if (reason != null && problems.isReadingService() && asksNothing(entry.value())) {
            return;
        }
        if (reason != null) {
            problems.refuse(
                    entry.namePlace(),
                    "the key \"%s\" of %s cannot be honoured: %s".formatted(word, name, reason),
                    "");
            return;
        }
        var meant = NearestWord.to(word, known());
        unknown.put(word, meant);
        problems.error(
                entry.namePlace(),
                "unknown key \"%s\" of %s".formatted(word, name),
                isLong() ? "" : "one of " + String.join(", ", names()),
                meant);
    }

    /** Whether a value says that nothing is wanted. */
    private static boolean asksNothing(YamlValue value) {
        return switch (value) {
            case YamlValue.Scalar scalar ->
                    scalar.kind() == YamlValue.ScalarKind.NOTHING || scalar.text().equals("false");
            case YamlValue.Sequence list -> list.items().isEmpty();
            case YamlValue.Mapping mapping -> mapping.entries().isEmpty();
        };
    }

    /**
     * The values of a mapping that was read, by key.
     *
     * @param unknown the keys that were reported as unknown, each with what may have been meant
     */
    record Fields(
            Place place,
            Map<Key<?>, Object> values,
            Map<Key<?>, Place> places,
            Map<String, String> unknown) {

        /** Of a mapping that is not there. */
        static final Fields NONE = new Fields(Place.startOf(""), Map.of(), Map.of(), Map.of());

        @SuppressWarnings("unchecked")
        <T> Optional<T> get(Key<T> key) {
            return Optional.ofNullable((T) values.get(key));
        }

        /** Whether the key was written, well or badly. */
        boolean has(Key<?> key) {
            return places.containsKey(key);
        }

        /** Where the key stands, or its mapping when it is absent. */
        Place placeOf(Key<?> key) {
            return places.getOrDefault(key, place);
        }
    }
}
