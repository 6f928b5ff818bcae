package olympus.model.stack;

import java.util.List;
import olympus.model.stack.ComposeTables.KeyClass;
import olympus.model.stack.ComposeTables.Row;

/**
 * The reference page of Compose files: every key of the specification with its class, made from the
 * key tables that the parser reads by.
 */
public final class ComposeReference {

    private ComposeReference() {}

    /** The page, as Markdown. */
    public static String page() {
        var page = new StringBuilder(head(ComposeTables.rows()));
        ComposeTables.BY_PATH.forEach((path, table) -> section(page, path, table));
        return page.toString().stripTrailing() + "\n";
    }

    private static long count(List<Row> rows, KeyClass keyClass) {
        return rows.stream().filter(row -> row.keyClass() == keyClass).count();
    }

    private static String head(List<Row> rows) {
        return """
        # Compose files

        <!-- Generated from the key tables of the module `model`; a test holds it. Do not edit. -->

        Of the %d keys of the Compose specification Olympus **honours %d**, **warns of %d** and **refuses %d**.

        | class | what happens |
        |---|---|
        | honoured | it does what the specification says, and what the table adds |
        | warned | it is known and has no effect here; a warning with file, line and column says so |
        | refused | it is known, and dropping it would weaken security or break the service: an error that names the service. The rest of the stack is checked and reported all the same |
        | unknown | an error with "did you mean". Keys that begin with `x-` are allowed everywhere and not read |

        A stack with a refused service is not applied, neither as a whole nor without that service: what would run is not what you wrote.

        **Files.** `compose.yaml`, `compose.yml`, `docker-compose.yml` or `docker-compose.yaml` in the stack's folder (the first of them), then `compose.override.yml` or `.yaml`
        (or `docker-compose.override.*`); or the files that `COMPOSE_FILE` names, separated by `COMPOSE_PATH_SEPARATOR` (`:`). They are merged as the specification says, the tags
        `!reset` and `!override` included. Anchors, aliases and merge keys (`<<`) work; problems are told at the value in the file that wrote it, also through `extends`, `include` and
        merging. At most %d files of %d MiB each.

        **Variables.** `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}`, `${X?message}`, `${X:+instead}`, `${X+instead}`, one within another, and `$$` for a dollar sign (one that begins no name stands for itself); from the
        command's environment, then from `.env` or the files in `COMPOSE_ENV_FILES`. `COMPOSE_PROJECT_NAME`, `COMPOSE_FILE` and `COMPOSE_PROFILES` may stand in both. In `.env` and `env_file`
        values may use variables too, except in single quotes.

        **Profiles.** Services of profiles that `COMPOSE_PROFILES` does not name are left out, and not looked at. To need one of them is an error.

        **Beside it** an [olympus.yaml](olympus-yaml.md) may add to a service under the same name: `owner`, `runbook`, `description`, `labels`, `probe`, `recovery`, `restart`, `deploy`,
        `depends_on`, `stop_signal`, `stop_grace_period`; and declare further services (`process`, `unit`). Where both say something, `olympus.yaml` counts.

        **Restarts.** Compose restarts nothing unless `restart` says so, and then without end. Olympus restarts by `recovery`: 5 times within 2 minutes unless told otherwise, then it reports.
        A `recovery` in `olympus.yaml` without any `restart` means `always`.

        **Secrets.** The texts of `secrets`, of every `env_file`, and of every value in `environment` that holds a variable are kept apart from the declaration, encrypted. An external secret is one of Olympus' own store.

        **Pinned.** A service with a volume, folder or device of its node is never moved, not from a lost node either: `recovery: { then: move }` is an error. Volumes of type `nfs` or `cifs`, or with another driver than
        `local`, do not pin.

        **Numbers without quotes** reach the container as Compose passes them on: `1.10` as `1.1`, `0755` as `493`; a warning tells it.
        """
                .formatted(
                        rows.size(),
                        count(rows, KeyClass.HONOURED),
                        count(rows, KeyClass.WARNED),
                        count(rows, KeyClass.REFUSED),
                        FileSet.MAX_FILES,
                        SourceText.MAX_FILE_BYTES >> 20);
    }

    private static void section(StringBuilder page, String path, KeyTable table) {
        page.append("\n## ").append(path.isEmpty() ? table.title() : "`" + path + "`");
        page.append("\n\n").append(table.intro()).append("\n\n");
        page.append("| key | class | why, or how | example |\n|---|---|---|---|\n");
        for (var row : ComposeTables.rows(path)) {
            page.append(
                    "| `%s` | %s | %s | %s |\n"
                            .formatted(
                                    name(row, path),
                                    row.keyClass().word(),
                                    row.why().replace("|", "\\|"),
                                    row.example().isEmpty()
                                            ? ""
                                            : "`" + row.example().replace("|", "\\|") + "`"));
        }
    }

    private static String name(Row row, String path) {
        return path.isEmpty() ? row.path() : row.path().substring(path.length() + 1);
    }
}
