package olympus.model.stack;

/**
 * A key that users may write in a mapping.
 *
 * @param byDefault what holds when the key is absent, in words; empty for a key that must be there
 * @param meaning one or two sentences for the reference page and the schema
 * @param example a YAML line
 */
record Key<T>(String name, Shape<T> shape, String byDefault, String meaning, String example) {

    /** A key of the Compose specification that may be absent. */
    static <T> Key<T> of(String name, Shape<T> shape, String meaning, String example) {
        return new Key<>(name, shape, "as Compose has it", meaning, example);
    }

    boolean required() {
        return byDefault.isEmpty();
    }
}
