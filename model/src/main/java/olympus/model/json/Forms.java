package olympus.model.json;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import org.jspecify.annotations.Nullable;

/**
 * Derives the form of a Java type from its declaration. The types that records may consist of are
 * those named here.
 */
final class Forms {

    private static final Map<Type, Form> SCALARS = scalars();

    private Forms() {}

    static Form of(Type type) {
        var scalar = SCALARS.get(type);
        if (scalar != null) {
            return scalar;
        }
        if (type instanceof ParameterizedType generic) {
            return generic(generic);
        }
        if (type instanceof Class<?> plain) {
            if (plain.isEnum()) {
                return new Form.Word(words(plain));
            }
            if (plain.isRecord()) {
                return record(plain);
            }
            if (plain.isSealed()) {
                return variants(plain);
            }
        }
        throw new IllegalArgumentException("no JSON form for " + type);
    }

    private static Form generic(ParameterizedType type) {
        var arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return new Form.Maybe(of(arguments[0]));
        }
        if (type.getRawType() == List.class) {
            return new Form.Elements(of(arguments[0]));
        }
        if (type.getRawType() == Map.class && of(arguments[0]) instanceof Form.Text key) {
            return new Form.Entries(key, of(arguments[1]));
        }
        throw new IllegalArgumentException("no JSON form for " + type);
    }

    private static Form.Fields record(Class<?> type) {
        var components = new LinkedHashMap<String, Form.Fields.Component>();
        for (var component : type.getRecordComponents()) {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            components.put(
                    component.getName(),
                    new Form.Fields.Component(accessor, of(component.getGenericType())));
        }
        try {
            var types =
                    Arrays.stream(type.getRecordComponents())
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new);
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return new Form.Fields(constructor, components);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without its constructor: " + type, e);
        }
    }

    private static Form variants(Class<?> type) {
        var byWord = new LinkedHashMap<String, Form.Fields>();
        var words = new HashMap<Class<?>, String>();
        for (var variant : type.getPermittedSubclasses()) {
            var word =
                    variant.getSimpleName()
                            .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                            .toLowerCase(Locale.ROOT);
            byWord.put(word, record(variant));
            words.put(variant, word);
        }
        return new Form.Variants(type, byWord, words);
    }

    private static Map<String, Enum<?>> words(Class<?> type) {
        var words = new LinkedHashMap<String, Enum<?>>();
        for (var constant : present(type.getEnumConstants())) {
            words.put(EnumWords.of((Enum<?>) constant), (Enum<?>) constant);
        }
        return words;
    }

    private static Map<Type, Form> scalars() {
        var forms = new HashMap<Type, Form>();
        texts(forms);
        var whole =
                new Form.Primitive(
                        "a whole number",
                        number("integer", "int64"),
                        tree -> tree instanceof Long ? Optional.of(tree) : Optional.empty());
        var small =
                new Form.Primitive(
                        "a whole number from %d to %d"
                                .formatted(Integer.MIN_VALUE, Integer.MAX_VALUE),
                        number("integer", "int32"),
                        Forms::smallNumber);
        var decimal =
                new Form.Primitive(
                        "a number",
                        number("number", "double"),
                        tree ->
                                tree instanceof Number number
                                        ? Optional.of(number.doubleValue())
                                        : Optional.empty());
        var truth =
                new Form.Primitive(
                        "true or false",
                        Map.of("type", "boolean"),
                        tree -> tree instanceof Boolean ? Optional.of(tree) : Optional.empty());
        forms.put(long.class, whole);
        forms.put(Long.class, whole);
        forms.put(int.class, small);
        forms.put(Integer.class, small);
        forms.put(double.class, decimal);
        forms.put(Double.class, decimal);
        forms.put(boolean.class, truth);
        forms.put(Boolean.class, truth);
        return Map.copyOf(forms);
    }

    private static void texts(Map<Type, Form> forms) {
        forms.put(
                String.class,
                new Form.Text("a text", Map.of(), value -> (String) value, Optional::of));
        forms.put(
                Duration.class,
                new Form.Text(
                        DurationText.EXPECTED,
                        pattern(DurationText.PATTERN.pattern()),
                        value -> DurationText.format((Duration) value),
                        DurationText::parse));
        forms.put(
                Instant.class,
                text("a time such as 2026-11-21T03:00:00Z", format("date-time"), Instant::parse));
        forms.put(UUID.class, text("a UUID", format("uuid"), UUID::fromString));
        var stack = StackName.PATTERN.pattern();
        var service = stack + "/" + ServiceId.SERVICE_PATTERN.pattern();
        forms.put(StackName.class, text("a stack name", pattern(stack), StackName::new));
        forms.put(
                ServiceId.class,
                text("a service id: stack/service", pattern(service), ServiceId::parse));
        forms.put(
                InstanceId.class,
                text(
                        "an instance id: stack/service.number",
                        pattern(service + "\\.[0-9]+"),
                        InstanceId::parse));
        forms.put(NodeId.class, text("a node id (a UUID)", format("uuid"), NodeId::parse));
    }

    private static Map<String, Object> number(String type, String format) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", type);
        schema.put("format", format);
        return Collections.unmodifiableMap(schema);
    }

    private static Map<String, Object> pattern(String pattern) {
        return Map.of("pattern", "^(?:" + pattern + ")$");
    }

    private static Map<String, Object> format(String format) {
        return Map.of("format", format);
    }

    private static Optional<Integer> smallNumber(Object tree) {
        return tree instanceof Long number && number == number.intValue()
                ? Optional.of(number.intValue())
                : Optional.empty();
    }

    /** A value whose text is its {@code toString} and whose reader throws when the text is none. */
    private static Form text(
            String expected, Map<String, Object> restrictions, Function<String, ?> read) {
        return new Form.Text(
                expected,
                restrictions,
                Object::toString,
                text -> {
                    try {
                        return Optional.of(read.apply(text));
                    } catch (IllegalArgumentException | DateTimeException e) {
                        return Optional.empty();
                    }
                });
    }

    static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a value that must be there is missing");
        }
        return value;
    }
}
