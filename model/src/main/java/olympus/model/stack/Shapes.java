package olympus.model.stack;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import olympus.model.NearestWord;
import olympus.model.json.DurationText;
import olympus.model.json.EnumWords;

/** The shapes that values in Olympus' files have. */
final class Shapes {

    private static final int MAX_LIST = 10_000;
    private static final long KIB = 1024;
    private static final Pattern SIZE =
            Pattern.compile(
                    "([0-9]{1,12}(?:\\.[0-9]{1,6})?)(b|k|kb|m|mb|g|gb|t|tb)?",
                    Pattern.CASE_INSENSITIVE);

    private Shapes() {}

    /** What a conversion of a read value answers: the result, or what was expected instead. */
    interface Conversion<A, B> {
        Optional<B> convert(A value, Place place, ProblemLog problems);
    }

    private record Simple<T>(
            String words, Map<String, Object> schema, Conversion<YamlValue, T> conversion)
            implements Shape<T> {
        @Override
        public Optional<T> read(YamlValue value, ProblemLog problems) {
            return conversion.convert(value, value.place(), problems);
        }
    }

    /** A shape of its own; what it does not accept it reports. */
    static <T> Shape<T> of(
            String words, Map<String, Object> schema, Conversion<YamlValue, T> conversion) {
        return new Simple<>(words, schema, conversion);
    }

    /**
     * A scalar whose text is converted; an empty result is reported as "found …; expected words".
     */
    static <T> Shape<T> scalar(
            String words,
            Map<String, Object> schema,
            Function<YamlValue.Scalar, Optional<T>> convert) {
        return new Simple<>(
                words,
                schema,
                (value, place, problems) -> {
                    var result =
                            value instanceof YamlValue.Scalar scalar
                                    ? convert.apply(scalar)
                                    : Optional.<T>empty();
                    if (result.isEmpty()) {
                        problems.error(place, "found " + value.found(), words);
                    }
                    return result;
                });
    }

    /** Any single value but nothing, as it is written. */
    static Shape<String> text(String words) {
        return scalar(
                words,
                Map.of("type", List.of("string", "number", "boolean")),
                s ->
                        s.kind() == YamlValue.ScalarKind.NOTHING
                                ? Optional.empty()
                                : Optional.of(s.text()));
    }

    /** A text of a certain form. */
    static Shape<String> text(String words, Pattern pattern) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", List.of("string", "number"));
        schema.put("pattern", "^(?:" + pattern.pattern() + ")$|\\$");
        return scalar(
                words,
                schema,
                s ->
                        s.kind() != YamlValue.ScalarKind.NOTHING
                                        && pattern.matcher(s.text()).matches()
                                ? Optional.of(s.text())
                                : Optional.empty());
    }

    /** A text of a certain form, with the words that are suggested for one that is nearly right. */
    static Shape<String> text(String words, Pattern pattern, List<String> suggestions) {
        var shape = text(words, pattern);
        return new Simple<>(
                words,
                shape.schema(),
                (value, place, problems) -> {
                    if (value instanceof YamlValue.Scalar scalar
                            && !pattern.matcher(scalar.text()).matches()) {
                        problems.error(
                                place,
                                "found " + value.found(),
                                words,
                                NearestWord.to(scalar.text(), suggestions));
                        return Optional.empty();
                    }
                    return shape.read(value, problems);
                });
    }

    static Shape<Integer> whole(int min, int max) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "integer");
        schema.put("minimum", min);
        schema.put("maximum", max);
        return scalar(
                "a whole number from %d to %d".formatted(min, max),
                orVariable(schema),
                s ->
                        s.kind() != YamlValue.ScalarKind.WHOLE
                                ? Optional.empty()
                                : Optional.of(Long.parseLong(s.text()))
                                        .filter(n -> n >= min && n <= max)
                                        .map(Long::intValue));
    }

    /** A number above zero; quotes are accepted, as Compose does for {@code cpus}. */
    static Shape<Double> positive(String words) {
        return scalar(
                words,
                Map.of("type", List.of("number", "string")),
                s -> {
                    var kind = YamlValue.ScalarKind.ofPlain(s.text());
                    return kind == YamlValue.ScalarKind.WHOLE
                                    || kind == YamlValue.ScalarKind.DECIMAL
                            ? Optional.of(Double.parseDouble(s.text()))
                                    .filter(n -> n > 0 && n < 1e6)
                            : Optional.empty();
                });
    }

    static Shape<Boolean> truth() {
        return scalar(
                "true or false",
                orVariable(Map.of("type", "boolean")),
                s ->
                        s.kind() == YamlValue.ScalarKind.TRUTH
                                ? Optional.of(s.text().equalsIgnoreCase("true"))
                                : Optional.empty());
    }

    static Shape<Duration> duration() {
        return scalar(
                DurationText.EXPECTED,
                Map.of(
                        "type",
                        List.of("string", "integer"),
                        "pattern",
                        "^(?:" + DurationText.PATTERN.pattern() + ")$|\\$",
                        "maximum",
                        0),
                s -> DurationText.parse(s.text()));
    }

    /** A size in bytes, as Compose writes it: {@code 512M} counts in units of 1024. */
    static Shape<Long> size() {
        return scalar(
                "a size such as 64M or 1.5G",
                Map.of(
                        "type",
                        List.of("string", "integer"),
                        "pattern",
                        "^[0-9.]+[bkmgtBKMGT]{0,2}$|\\$",
                        "minimum",
                        1),
                s -> bytes(s.text()));
    }

    static Optional<Long> bytes(String text) {
        var matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var unit =
                matcher.group(2) == null
                        ? "b"
                        : matcher.group(2).toLowerCase(java.util.Locale.ROOT);
        var power = "bkmgt".indexOf(unit.charAt(0));
        var bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(KIB).pow(power));
        return Optional.of(bytes)
                .filter(b -> b.signum() > 0 && b.compareTo(BigDecimal.valueOf(1L << 50)) < 0)
                .map(BigDecimal::longValue);
    }

    /** One of an enum's words. */
    static <E extends Enum<E>> Shape<E> word(Class<E> type) {
        return word(EnumWords.of(type));
    }

    /** One of these words. */
    static <E> Shape<E> word(Map<String, E> words) {
        return word("one of " + String.join(", ", words.keySet()), words);
    }

    /** One of these words, as it is. */
    static Shape<String> words(String... words) {
        var byWord = new LinkedHashMap<String, String>();
        for (var word : words) {
            byWord.put(word, word);
        }
        return word(byWord);
    }

    /** One of these words, of which there are too many to list. */
    static <E> Shape<E> word(String expected, Map<String, E> words) {
        return new Simple<>(
                expected,
                orVariable(Map.of("enum", List.copyOf(words.keySet()))),
                (value, place, problems) -> {
                    var text = value instanceof YamlValue.Scalar scalar ? scalar.text() : "";
                    var constant = Optional.ofNullable(words.get(text));
                    if (constant.isEmpty()) {
                        problems.error(
                                place,
                                "found " + value.found(),
                                expected,
                                NearestWord.to(text, words.keySet()));
                    }
                    return constant;
                });
    }

    static <T> Shape<Located<T>> located(Shape<T> shape) {
        return refine(shape, (value, place, problems) -> Optional.of(new Located<>(place, value)));
    }

    /** The same shape, its value converted or refused. */
    static <A, B> Shape<B> refine(Shape<A> shape, Conversion<A, B> conversion) {
        return new Simple<>(
                shape.words(),
                shape.schema(),
                (value, place, problems) ->
                        shape.read(value, problems)
                                .flatMap(v -> conversion.convert(v, place, problems)));
    }

    static <T> Shape<List<T>> list(Shape<T> of, int min) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "array");
        schema.put("items", of.schema());
        if (min > 0) {
            schema.put("minItems", min);
        }
        var words = "a list of " + of.words();
        return new Simple<>(
                words,
                schema,
                (value, place, problems) -> {
                    if (!(value instanceof YamlValue.Sequence list) || list.items().size() < min) {
                        var found =
                                value instanceof YamlValue.Sequence
                                        ? "an empty list"
                                        : value.found();
                        problems.error(place, "found " + found, words);
                        return Optional.empty();
                    }
                    return items(list, of, problems);
                });
    }

    private static <T> Optional<List<T>> items(
            YamlValue.Sequence list, Shape<T> of, ProblemLog problems) {
        if (list.items().size() > MAX_LIST) {
            problems.error(
                    list.place(),
                    "the list has %d entries".formatted(list.items().size()),
                    "at most %d".formatted(MAX_LIST));
            return Optional.empty();
        }
        var items = new ArrayList<T>();
        list.items().forEach(item -> of.read(item, problems).ifPresent(items::add));
        return Optional.of(items);
    }

    /**
     * A mapping whose names the user chooses.
     *
     * @param names what the names are, e.g. {@code service names}
     * @param expected what a name must be
     */
    static <T> Shape<Map<String, Located<T>>> named(
            String names, String expected, Pattern pattern, Shape<T> of) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "object");
        schema.put("propertyNames", Map.of("pattern", "^(?:" + pattern.pattern() + ")$"));
        schema.put("additionalProperties", of.schema());
        var words = "a mapping from " + names + " to " + of.words();
        return new Simple<>(
                words,
                schema,
                (value, place, problems) -> {
                    if (!(value instanceof YamlValue.Mapping mapping)) {
                        problems.error(place, "found " + value.found(), words);
                        return Optional.empty();
                    }
                    var values = new LinkedHashMap<String, Located<T>>();
                    mapping.entries()
                            .forEach((name, entry) -> {
                                var read = of.read(entry.value(), problems);
                                if (pattern.matcher(name).matches()) {
                                    read.ifPresent(v ->
                                            values.put(name, new Located<>(entry.namePlace(), v)));
                                } else {
                                    problems.error(
                                            entry.namePlace(),
                                            "\"" + name + "\" is not one of the possible " + names,
                                            expected);
                                }
                            });
                    return Optional.of(values);
                });
    }

    /** A mapping with known keys. */
    static <T> Shape<T> object(KeyTable table, Conversion<KeyTable.Fields, T> conversion) {
        return new Simple<>(
                "a mapping with " + String.join(", ", table.names()),
                Map.of("$ref", "#/$defs/" + StackSchema.defName(table)),
                (value, place, problems) ->
                        table.read(value, problems)
                                .flatMap(fields -> conversion.convert(fields, place, problems)));
    }

    /** A mapping with known keys, as they are. */
    static Shape<KeyTable.Fields> fields(KeyTable table) {
        return object(table, (fields, place, problems) -> Optional.of(fields));
    }

    /** Whichever of the shapes fits what was written: a single value, a list or a mapping. */
    static <T> Shape<T> either(
            Optional<Shape<T>> single, Optional<Shape<T>> list, Optional<Shape<T>> mapping) {
        var shapes = new ArrayList<Shape<T>>();
        single.ifPresent(shapes::add);
        list.ifPresent(shapes::add);
        mapping.ifPresent(shapes::add);
        var words = String.join(", or ", shapes.stream().map(Shape::words).toList());
        return new Simple<>(
                words,
                Map.of("anyOf", shapes.stream().map(Shape::schema).toList()),
                (value, place, problems) -> {
                    var fitting =
                            switch (value) {
                                case YamlValue.Scalar s -> single;
                                case YamlValue.Sequence s -> list;
                                case YamlValue.Mapping m -> mapping;
                            };
                    if (fitting.isEmpty()) {
                        problems.error(place, "found " + value.found(), words);
                    }
                    return fitting.flatMap(shape -> shape.read(value, problems));
                });
    }

    /** Nothing at all is accepted too, and means {@code otherwise}. */
    static <T> Shape<T> orNothing(Shape<T> shape, T otherwise) {
        return new Simple<>(
                shape.words(),
                Map.of("anyOf", List.of(shape.schema(), Map.of("type", "null"))),
                (value, place, problems) ->
                        value instanceof YamlValue.Scalar s
                                        && s.kind() == YamlValue.ScalarKind.NOTHING
                                ? Optional.of(otherwise)
                                : shape.read(value, problems));
    }

    /** Other words for messages and the reference page. */
    static <T> Shape<T> called(String words, Shape<T> shape) {
        return new Simple<>(
                words, shape.schema(), (value, place, problems) -> shape.read(value, problems));
    }

    /** A value that is not a text may also be a text that holds a variable. */
    private static Map<String, Object> orVariable(Map<String, Object> schema) {
        return Map.of("anyOf", List.of(new TreeMap<>(schema), Map.of("$ref", "#/$defs/variable")));
    }
}
