package olympus.model.json;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import olympus.model.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Turns one type of record into JSON that a person can read, and back, strictly.
 *
 * <p>The text is an object that begins with {@code "format": N}; then the record's components
 * follow in their declared order, under their names. Durations are {@code "1m30s"}, instants RFC
 * 3339, ids their usual text, enum constants {@link EnumWords}; a variant of a sealed interface
 * carries {@code "kind"}. Empty options, lists and maps are left out. Reading refuses unknown
 * names, missing and null values, names given twice and another format, and reports all problems at
 * once.
 *
 * <p>Once released, a record's JSON never changes under the same format number: a golden file per
 * format holds that.
 *
 * <p>Threading: immutable, use from any thread.
 */
public final class RecordCodec<T extends Record> {

    static final String FORMAT = "format";

    private final String name;
    private final int format;
    private final Class<T> type;
    private final UnaryOperator<Map<Object, Object>> older;

    /**
     * Derived at the first use, so that a command pays only for the records it handles; deriving it
     * twice is harmless.
     */
    private volatile @Nullable Form form;

    private RecordCodec(
            String name, int format, Class<T> type, UnaryOperator<Map<Object, Object>> older) {
        this.name = name;
        this.format = format;
        this.type = type;
        this.older = older;
    }

    /**
     * @param name what the record is called in error messages and by its golden file, e.g. {@code
     *     stack-definition}
     * @param format counts up from 1 with every change of the JSON
     */
    public static <T extends Record> RecordCodec<T> of(String name, int format, Class<T> type) {
        return new RecordCodec<>(name, format, type, UnaryOperator.identity());
    }

    /**
     * The same, which also reads what was written under names that are not in use any more.
     *
     * @param older gives the fields of a read text their present names
     */
    public RecordCodec<T> alsoReading(UnaryOperator<Map<Object, Object>> older) {
        return new RecordCodec<>(name, format, type, older);
    }

    public String name() {
        return name;
    }

    public int format() {
        return format;
    }

    public Class<T> type() {
        return type;
    }

    Form form() {
        var derived = form;
        if (derived == null) {
            derived = Forms.of(type);
            form = derived;
        }
        return derived;
    }

    /** One line. Equal records give equal texts. */
    public String encode(T value) {
        return JsonText.compact(tree(value));
    }

    /** UTF-8 of {@link #encode}. */
    public byte[] encodeBytes(T value) {
        return encode(value).getBytes(StandardCharsets.UTF_8);
    }

    /** The same with one value per line. */
    public String encodeIndented(T value) {
        return JsonText.indented(tree(value));
    }

    /** Throws {@link InvalidRecordException} with every problem. */
    public T decode(String text) {
        return decode(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Throws {@link InvalidRecordException} with every problem. */
    public T decode(byte[] text) {
        if (text.length > JsonText.MAX_BYTES) {
            var message = "the text has %d bytes".formatted(text.length);
            var expected = "at most %d".formatted(JsonText.MAX_BYTES);
            throw new InvalidRecordException(
                    name, List.of(Problem.atPath("$", message, expected, "")));
        }
        var faults = new Faults();
        var fields = checkFormat(JsonText.parse(name, text), faults);
        var value =
                faults.isEmpty()
                        ? form().decode(fields, "$", faults).map(type::cast)
                        : java.util.Optional.<T>empty();
        return value.filter(v -> faults.isEmpty())
                .orElseThrow(() -> new InvalidRecordException(name, faults.problems()));
    }

    /**
     * The record as plain maps, lists, texts and numbers, without the format number: to compare and
     * to walk.
     */
    @SuppressWarnings("unchecked")
    public Map<String, Object> fields(T value) {
        return (Map<String, Object>) form().encode(value);
    }

    /**
     * Plain maps, lists, texts and numbers as JSON with one value per line: for documents that are
     * no records.
     */
    public static String indented(Object tree) {
        return JsonText.indented(tree);
    }

    private Map<String, Object> tree(T value) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put(FORMAT, (long) format);
        tree.putAll(fields(value));
        return tree;
    }

    private Object checkFormat(Object tree, Faults faults) {
        if (!(tree instanceof Map<?, ?> object)) {
            faults.add("$", "this is not an object", "an object", "");
            return tree;
        }
        var fields = new LinkedHashMap<Object, Object>(object);
        var written = fields.remove(FORMAT);
        if (!Long.valueOf(format).equals(written)) {
            var found =
                    written == null
                            ? "the format number is missing"
                            : "format " + Faults.show(written);
            var hint =
                    written instanceof Long number && number > format
                            ? "format %d; a newer version of Olympus wrote this".formatted(format)
                            : "format %d".formatted(format);
            faults.add("$.format", found, hint, "");
        }
        return older.apply(fields);
    }
}
