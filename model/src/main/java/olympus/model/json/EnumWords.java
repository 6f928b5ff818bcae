package olympus.model.json;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The words of enum constants, the same in files, JSON and messages: the name in lower case, except
 * for a {@link Spelled} one.
 */
public final class EnumWords {

    private EnumWords() {}

    /**
     * A constant whose word is not its name in lower case, because the Compose specification spells
     * it otherwise.
     */
    public interface Spelled {
        String word();
    }

    public static String of(Enum<?> constant) {
        return constant instanceof Spelled spelled
                ? spelled.word()
                : constant.name().toLowerCase(Locale.ROOT);
    }

    /** Every word of an enum with its constant, in declared order. */
    public static <E extends Enum<E>> Map<String, E> of(Class<E> type) {
        var words = new LinkedHashMap<String, E>();
        for (var constant : type.getEnumConstants()) {
            words.put(of(constant), constant);
        }
        return words;
    }
}
