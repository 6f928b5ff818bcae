package olympus.model.stack;

/** Names of tables in the JSON Schema. */
final class StackSchema {
    private StackSchema() {}

    static String defName(KeyTable table) {
        return table.name().replaceFirst("^(?:a|an|the) ", "").replace(' ', '_');
    }
}
