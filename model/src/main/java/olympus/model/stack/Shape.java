package olympus.model.stack;

import java.util.Map;
import java.util.Optional;

/**
 * What a value in a file may be: reads it, and describes itself for the JSON Schema and the
 * reference page, so that the three cannot disagree.
 */
interface Shape<T> {

    /** Empty when the value is not of this shape, which is then reported. */
    Optional<T> read(YamlValue value, ProblemLog problems);

    /**
     * JSON Schema 2020-12 of what {@link #read} accepts before variables are replaced, as far as a
     * schema can say it.
     */
    Map<String, Object> schema();

    /**
     * What stands in "expected …" and in the reference page, e.g. {@code a duration such as 30s}.
     */
    String words();
}
