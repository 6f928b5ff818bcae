package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The reference page of {@code olympus.yaml} and {@code realm.yaml}, made from the key tables that
 * the parser reads by.
 */
public final class StackReference {

    private StackReference() {}

    /** The page, as Markdown. */
    public static String page() {
        var page = new StringBuilder(head());
        var tables = new LinkedHashSet<>(KeyTables.STACK);
        tables.addAll(KeyTables.REALM);
        tables.forEach(table -> section(page, table));
        return page.toString().stripTrailing() + "\n";
    }

    private static String head() {
        return """
        # olympus.yaml and realm.yaml

        <!-- Generated from the key tables of the module `model`; a test holds it. Do not edit. -->

        A **stack** is a folder with an `olympus.yaml`, a [Compose file](compose.md), or both: then a service here adds to the one of the same name there. A **realm** folder holds stacks as subfolders and a `realm.yaml` whose
        defaults hold for all of them. `olympus validate DIR` reports every problem of a folder at once, each with file, line and column.

        JSON Schemas for editors: [olympus.schema.json](schema/olympus.schema.json), [realm.schema.json](schema/realm.schema.json).

        **Everywhere.** Keys that begin with `x-` are allowed and not read; any other unknown key is an error. Durations are written
        `500ms`, `30s`, `1m30s`, `2h`; sizes `64M`, `1.5G` in units of 1024. YAML is version 1.2 (`no` is a text), UTF-8, one document
        per file, at most %d MiB a file; anchors, aliases and merge keys (`<<`) work.

        **Variables.** `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}`, `${X?message}`, `${X:+instead}`, `${X+instead}` are replaced in
        every value from the environment of the command, then from `.env` in the stack's folder; `$$` is a dollar sign. A variable that is not set is
        empty, with a warning. Names that begin with `OLYMPUS_` are filled in for each instance when it starts, and are given to it as environment
        variables: `OLYMPUS_PORT` (its first port), `OLYMPUS_PORT_<NAME>`, `OLYMPUS_INSTANCE`, `OLYMPUS_SERVICE`, `OLYMPUS_STACK`, `OLYMPUS_ORDINAL`.
        A singleton also finds `OLYMPUS_FENCING_TOKEN`, a number that is greater than that of every run of it before.

        **Secrets.** Clear texts come from `secrets:` and from every `env_file`. They are not part of the declaration: Olympus stores a reference with a
        fingerprint, and the encrypted text apart from it.

        **Limits.** %d services a stack, %d replicas a service, %d KiB a stack as the JSON that Olympus stores, %d included files, %d levels of includes, %d levels of nesting.
        """
                .formatted(
                        SourceText.MAX_FILE_BYTES >> 20,
                        StackLimits.MAX_SERVICES,
                        StackLimits.MAX_REPLICAS,
                        StackLimits.MAX_DEFINITION_BYTES >> 10,
                        FileSet.MAX_FILES,
                        FileSet.MAX_INCLUDE_DEPTH,
                        YamlReader.MAX_DEPTH);
    }

    private static void section(StringBuilder page, KeyTable table) {
        page.append("\n## `")
                .append(table.title())
                .append("`\n\n")
                .append(table.intro())
                .append("\n\n");
        page.append("| key | value | default | meaning | example |\n|---|---|---|---|---|\n");
        for (var key : table.keys()) {
            page.append(
                    "| `%s` | %s | %s | %s | `%s` |\n"
                            .formatted(
                                    key.name(),
                                    cell(key.shape().words()),
                                    key.required() ? "**required**" : cell(key.byDefault()),
                                    cell(key.meaning()),
                                    key.example()));
        }
        if (!table.ignored().isEmpty()) {
            page.append("\nWithout effect, with a warning: ")
                    .append(words(table.ignored()))
                    .append(".\n");
        }
        if (!table.refused().isEmpty()) {
            page.append("\nRefused: ").append(words(table.refused())).append(".\n");
        }
    }

    /** Words by reason: {@code `a`, `b` (why)}. */
    private static String words(Map<String, String> words) {
        var byReason = new TreeMap<String, List<String>>();
        new TreeMap<>(words)
                .forEach((word, why) ->
                        byReason.computeIfAbsent(why, any -> new ArrayList<>())
                                .add("`" + word + "`"));
        return byReason.entrySet().stream()
                .map(e -> String.join(", ", e.getValue()) + " (" + e.getKey() + ")")
                .collect(Collectors.joining("; "));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
