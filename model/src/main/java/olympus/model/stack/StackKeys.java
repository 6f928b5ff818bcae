package olympus.model.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.Checked;
import olympus.model.stack.Settings.SecretSource;

/**
 * The keys of {@code olympus.yaml} and of files that it includes. What each may be, its default and
 * its meaning.
 */
final class StackKeys {

    static final Key<Located<String>> SECRET_FILE =
            new Key<>(
                    "file",
                    Shapes.located(Shapes.text("a path")),
                    "none",
                    "A file that holds the clear text; one line end at its end is not part of it. A file that age or SOPS encrypted is opened with your age keys.",
                    "file: ./db-password.txt");

    static final Key<Located<String>> SECRET_KEY =
            new Key<>(
                    "key",
                    Shapes.located(Shapes.text("the path of a value")),
                    "the only value of the file",
                    "Which value of a file that SOPS encrypted: names and positions in lists, joined by dots.",
                    "key: database.password");

    static final Key<Located<String>> SECRET_ENVIRONMENT =
            new Key<>(
                    "environment",
                    Shapes.located(
                            Shapes.text("the name of a variable", Conversions.VARIABLE_NAME)),
                    "none",
                    "A variable, of the command's environment or `.env`, that holds the clear text.",
                    "environment: DB_PASSWORD");

    static final Key<Boolean> SECRET_EXTERNAL =
            new Key<>(
                    "external",
                    Shapes.truth(),
                    "false",
                    "It is in Olympus' own store, under the same name: `olympus secret set STACK/NAME`.",
                    "external: true");

    static final KeyTable SECRET =
            KeyTable.of(
                            "a secret",
                            "secrets.<name>",
                            "Where the clear text of a secret is read when the stack is applied. Exactly one of `file`, `environment` and `external: true`.",
                            SECRET_FILE,
                            SECRET_KEY,
                            SECRET_ENVIRONMENT,
                            SECRET_EXTERNAL)
                    .refusing(Map.of("content", "a clear text does not belong into this file"));

    static final Key<String> NAME =
            new Key<>(
                    "name",
                    Shapes.text(
                            "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit",
                            StackName.PATTERN),
                    "the folder's name",
                    "The stack's name.",
                    "name: shop");

    static final Key<StackDefinition.Mode> MODE =
            new Key<>(
                    "mode",
                    Shapes.word(StackDefinition.Mode.class),
                    "manage",
                    "What Olympus may do with the stack: `observe` it, `ask` before it acts, or `manage` it.",
                    "mode: manage");

    static final Key<List<Located<String>>> INCLUDE =
            new Key<>(
                    "include",
                    Shapes.list(include(), 0),
                    "none",
                    "Further files of the same kind, whose services and secrets belong to this stack. Paths in them are seen from them.",
                    "include: [db/olympus.yaml]");

    static final Key<Map<String, Located<SecretSource>>> SECRETS =
            new Key<>(
                    "secrets",
                    Shapes.named(
                            "secret names",
                            SecretRef.NAME_WORDS,
                            Conversions.SECRET_NAME,
                            Shapes.object(SECRET, StackKeys::secret)),
                    "none",
                    "Secrets, by name.",
                    "secrets: { db-password: { file: ./db-password.txt } }");

    static final Key<Map<String, Located<Checked<Fields>>>> SERVICES =
            new Key<>(
                    "services",
                    Shapes.named(
                            "service names",
                            ServiceKeys.SERVICE_NAME_WORDS,
                            ServiceId.SERVICE_PATTERN,
                            Shapes.called(
                                    "a service",
                                    ServiceKeys.checked(Shapes.fields(ServiceKeys.SERVICE)))),
                    "none",
                    "Services, by name.",
                    "services: { web: { command: [/usr/bin/web] } }");

    static final KeyTable STACK =
            KeyTable.of(
                            "a stack",
                            "olympus.yaml",
                            "The file in a stack's folder.",
                            NAME,
                            MODE,
                            INCLUDE,
                            SECRETS,
                            SERVICES)
                    .refusing(later());

    static final KeyTable INCLUDED =
            KeyTable.of(
                            "an included file",
                            "included files",
                            "A file named under `include`.",
                            INCLUDE,
                            SECRETS,
                            SERVICES)
                    .refusing(included());

    private StackKeys() {}

    private static Map<String, String> later() {
        var words = new LinkedHashMap<String, String>();
        List.of("checks", "contacts", "schedules", "pipelines", "signals", "rules")
                .forEach(word -> words.put(word, KeyTable.NOT_YET));
        List.of("volumes", "networks", "configs", "version")
                .forEach(word -> words.put(word, KeyTable.CONTAINERS));
        return words;
    }

    private static Map<String, String> included() {
        var words = new LinkedHashMap<>(later());
        List.of("name", "mode")
                .forEach(word -> words.put(word, "it belongs into the stack's own olympus.yaml"));
        return words;
    }

    private static Optional<SecretSource> secret(Fields fields, Place place, ProblemLog problems) {
        var sources =
                Stream.of(
                                fields.has(SECRET_FILE),
                                fields.has(SECRET_ENVIRONMENT),
                                fields.get(SECRET_EXTERNAL).orElse(false))
                        .filter(given -> given)
                        .count();
        if (sources != 1) {
            problems.error(
                    place,
                    "the secret has "
                            + (sources == 0
                                    ? "no source"
                                    : sources == 2 ? "two sources" : "three sources"),
                    "exactly one of file, environment, external: true");
        }
        if (fields.has(SECRET_KEY) && !fields.has(SECRET_FILE)) {
            problems.error(
                    fields.placeOf(SECRET_KEY),
                    "key says which value of a file",
                    "file: beside it");
        }
        return Optional.of(
                new SecretSource(
                        fields.get(SECRET_FILE),
                        fields.get(SECRET_KEY),
                        fields.get(SECRET_ENVIRONMENT)));
    }

    private static Shape<Located<String>> include() {
        return Shapes.located(Shapes.text("a path"));
    }
}
