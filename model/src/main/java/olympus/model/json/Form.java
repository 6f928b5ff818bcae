package olympus.model.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import olympus.model.NearestWord;

/**
 * How values of one Java type stand in a JSON tree. {@code decode} is empty when it has reported a
 * fault.
 */
sealed interface Form {

    Object encode(Object value);

    Optional<Object> decode(Object tree, String path, Faults faults);

    /** What a missing component means; empty when it must not be missing. */
    default Optional<Object> whenMissing() {
        return Optional.empty();
    }

    /** Whether a component with this tree is left out. */
    default boolean leftOut(Object tree) {
        return false;
    }

    /**
     * A value with a text of its own: ids, durations, instants, plain text.
     *
     * @param restrictions what a JSON Schema can say of the text beyond that it is one
     */
    record Text(
            String expected,
            Map<String, Object> restrictions,
            Function<Object, String> write,
            Function<String, Optional<?>> read)
            implements Form {
        @Override
        public Object encode(Object value) {
            return write.apply(value);
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            var value = tree instanceof String text ? read.apply(text) : Optional.empty();
            if (value.isEmpty()) {
                faults.add(path, "found " + Faults.show(tree), expected, "");
            }
            return value.map(v -> v);
        }
    }

    /** A constant, by its word. */
    record Word(Map<String, ? extends Enum<?>> words) implements Form {
        @Override
        public Object encode(Object value) {
            return EnumWords.of((Enum<?>) value);
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            var constant = tree instanceof String text ? words.get(text) : null;
            if (constant == null) {
                var near = tree instanceof String text ? NearestWord.to(text, words.keySet()) : "";
                faults.add(
                        path,
                        "found " + Faults.show(tree),
                        "one of " + String.join(", ", words.keySet()),
                        near);
            }
            return Optional.ofNullable(constant);
        }
    }

    /**
     * A whole number within its type's range, a decimal number, or true and false.
     *
     * @param schema its JSON Schema
     */
    record Primitive(
            String expected, Map<String, Object> schema, Function<Object, Optional<?>> read)
            implements Form {
        @Override
        public Object encode(Object value) {
            return value instanceof Integer number ? (Object) number.longValue() : value;
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            var value = read.apply(tree);
            if (value.isEmpty()) {
                faults.add(path, "found " + Faults.show(tree), expected, "");
            }
            return value.map(v -> v);
        }
    }

    /** A component that may be absent. */
    record Maybe(Form of) implements Form {
        private static final Object ABSENT = new Object();

        @Override
        public Object encode(Object value) {
            return ((Optional<?>) value).map(of::encode).orElse(ABSENT);
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            return of.decode(tree, path, faults).map(Optional::of);
        }

        @Override
        public Optional<Object> whenMissing() {
            return Optional.of(Optional.empty());
        }

        @Override
        public boolean leftOut(Object tree) {
            return tree.equals(ABSENT);
        }
    }

    /** A list. */
    record Elements(Form of) implements Form {
        @Override
        public Object encode(Object value) {
            return ((List<?>) value).stream().map(of::encode).toList();
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            if (!(tree instanceof List<?> array)) {
                faults.add(path, "found " + Faults.show(tree), "a list", "");
                return Optional.empty();
            }
            var values = new ArrayList<Object>();
            for (var i = 0; i < array.size(); i++) {
                of.decode(array.get(i), path + "[" + i + "]", faults).ifPresent(values::add);
            }
            return Optional.of(values);
        }

        @Override
        public Optional<Object> whenMissing() {
            return Optional.of(List.of());
        }

        @Override
        public boolean leftOut(Object tree) {
            return ((List<?>) tree).isEmpty();
        }
    }

    /** A map whose keys have a text. */
    record Entries(Form key, Form of) implements Form {
        @Override
        public Object encode(Object value) {
            var object = new LinkedHashMap<String, Object>();
            ((Map<?, ?>) value).forEach((k, v) -> object.put((String) key.encode(k), of.encode(v)));
            return object;
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            if (!(tree instanceof Map<?, ?> object)) {
                faults.add(path, "found " + Faults.show(tree), "an object", "");
                return Optional.empty();
            }
            var values = new LinkedHashMap<Object, Object>();
            object.forEach((name, value) -> {
                var at = path + "." + name;
                var decoded = of.decode(value, at, faults);
                key.decode(name, at, faults)
                        .ifPresent(k -> decoded.ifPresent(v -> values.put(k, v)));
            });
            return Optional.of(values);
        }

        @Override
        public Optional<Object> whenMissing() {
            return Optional.of(Map.of());
        }

        @Override
        public boolean leftOut(Object tree) {
            return ((Map<?, ?>) tree).isEmpty();
        }
    }

    /** A record: an object with its components by name, in declared order. */
    record Fields(Constructor<?> constructor, Map<String, Component> components) implements Form {

        /** A record component. */
        record Component(Method accessor, Form form) {}

        @Override
        public Object encode(Object value) {
            var object = new LinkedHashMap<String, Object>();
            components.forEach((name, component) -> {
                var tree = component.form().encode(call(component.accessor(), value));
                if (!component.form().leftOut(tree)) {
                    object.put(name, tree);
                }
            });
            return object;
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            if (!(tree instanceof Map<?, ?> object)) {
                faults.add(path, "found " + Faults.show(tree), "an object", "");
                return Optional.empty();
            }
            for (var name : object.keySet()) {
                if (!components.containsKey(name)) {
                    var known = components.keySet();
                    faults.add(
                            path + "." + name,
                            "unknown name \"" + name + "\"",
                            "one of " + String.join(", ", known),
                            NearestWord.to((String) name, known));
                }
            }
            var arguments = new ArrayList<Object>();
            components.forEach((name, component) ->
                    argument(object.get(name), component.form(), path + "." + name, faults)
                            .ifPresent(arguments::add));
            return arguments.size() == components.size()
                    ? construct(arguments.toArray(), path, faults)
                    : Optional.empty();
        }

        private static Optional<Object> argument(
                @org.jspecify.annotations.Nullable Object tree,
                Form form,
                String path,
                Faults faults) {
            if (tree != null) {
                return form.decode(tree, path, faults);
            }
            var missing = form.whenMissing();
            if (missing.isEmpty()) {
                faults.add(path, "this is missing", "", "");
            }
            return missing;
        }

        private Optional<Object> construct(Object[] arguments, String path, Faults faults) {
            try {
                return Optional.of(constructor.newInstance(arguments));
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof IllegalArgumentException refused) {
                    faults.add(path, String.valueOf(refused.getMessage()), "", "");
                    return Optional.empty();
                }
                throw new IllegalStateException("cannot construct " + constructor, e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot construct " + constructor, e);
            }
        }

        private static Object call(Method accessor, Object value) {
            try {
                return accessor.invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + accessor, e);
            }
        }
    }

    /** One of several records: its object carries the variant's word as {@code kind}. */
    record Variants(Class<?> type, Map<String, Fields> byWord, Map<Class<?>, String> words)
            implements Form {
        static final String KIND = "kind";

        @Override
        public Object encode(Object value) {
            var word = Forms.present(words.get(value.getClass()));
            var object = new LinkedHashMap<String, Object>();
            object.put(KIND, word);
            object.putAll(asObject(Forms.present(byWord.get(word)).encode(value)));
            return object;
        }

        @Override
        public Optional<Object> decode(Object tree, String path, Faults faults) {
            if (!(tree instanceof Map<?, ?> object)) {
                faults.add(path, "found " + Faults.show(tree), "an object", "");
                return Optional.empty();
            }
            var fields = new LinkedHashMap<Object, Object>(object);
            var word = fields.remove(KIND);
            var form = word == null ? null : byWord.get(word);
            if (form == null) {
                var found = word == null ? "this is missing" : "found " + Faults.show(word);
                var near = word instanceof String text ? NearestWord.to(text, byWord.keySet()) : "";
                faults.add(
                        path + "." + KIND,
                        found,
                        "one of " + String.join(", ", byWord.keySet()),
                        near);
                return Optional.empty();
            }
            return form.decode(fields, path, faults);
        }

        @SuppressWarnings("unchecked")
        private static Map<String, Object> asObject(Object tree) {
            return (Map<String, Object>) tree;
        }
    }
}
