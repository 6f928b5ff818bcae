package olympus.model.stack;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A value of a YAML file with its place. Interpolation is done; names are in the order of the file.
 */
sealed interface YamlValue {

    Place place();

    /**
     * How many values it holds, itself included, with every alias counted as often as it is used.
     */
    long size();

    /**
     * What it is, in an error message: {@code "x"}, {@code a list}, {@code a mapping}, {@code
     * nothing}.
     */
    String found();

    /** What a plain scalar means by YAML 1.2's core schema; quoted ones are texts. */
    enum ScalarKind {
        TEXT,
        WHOLE,
        DECIMAL,
        TRUTH,
        NOTHING;

        private static final Pattern NOTHING_TEXT = Pattern.compile("|~|null|Null|NULL");
        private static final Pattern TRUTH_TEXT =
                Pattern.compile("true|True|TRUE|false|False|FALSE");
        private static final Pattern WHOLE_TEXT = Pattern.compile("[-+]?[0-9]{1,18}");
        private static final Pattern DECIMAL_TEXT =
                Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");

        static ScalarKind ofPlain(String text) {
            if (NOTHING_TEXT.matcher(text).matches()) {
                return NOTHING;
            }
            if (TRUTH_TEXT.matcher(text).matches()) {
                return TRUTH;
            }
            if (WHOLE_TEXT.matcher(text).matches()) {
                return WHOLE;
            }
            return text.length() < 100 && DECIMAL_TEXT.matcher(text).matches() ? DECIMAL : TEXT;
        }
    }

    /**
     * A single value.
     *
     * @param plain written without quotes
     * @param variables whose values it holds
     */
    record Scalar(Place place, String text, boolean plain, Set<String> variables)
            implements YamlValue {
        private static final int SHOWN_CHARACTERS = 80;

        Scalar(Place place, String text, boolean plain) {
            this(place, text, plain, Set.of());
        }

        /** Whether it holds the value of a variable. */
        boolean filled() {
            return !variables.isEmpty();
        }

        ScalarKind kind() {
            return plain ? ScalarKind.ofPlain(text) : ScalarKind.TEXT;
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public String found() {
            if (kind() == ScalarKind.NOTHING) {
                return "nothing";
            }
            var oneLine = text.replace("\n", "\\n");
            return "\""
                    + (oneLine.length() <= SHOWN_CHARACTERS
                            ? oneLine
                            : oneLine.substring(0, SHOWN_CHARACTERS) + "…")
                    + "\"";
        }
    }

    /** A list. */
    record Sequence(Place place, List<YamlValue> items, long size) implements YamlValue {
        @Override
        public String found() {
            return "a list";
        }
    }

    /** A mapping, by name. */
    record Mapping(Place place, Map<String, Entry> entries, long size) implements YamlValue {

        /** A name's place and its value. */
        record Entry(Place namePlace, YamlValue value) {}

        @Override
        public String found() {
            return "a mapping";
        }
    }
}
