package olympus.model.stack;

import java.util.List;
import java.util.Optional;
import olympus.model.stack.Settings.EnvironmentSetting;
import olympus.model.stack.Settings.EnvironmentText;
import olympus.model.stack.Settings.FileSetting;

/**
 * The keys of {@code process}, and of what stands in it. What each may be, its default and its
 * meaning.
 */
final class ProcessKeys {

    static final Key<Located<String>> SECRET_NAME =
            new Key<>(
                    "secret",
                    Shapes.located(Shapes.text("the name of a secret", Conversions.SECRET_NAME)),
                    "",
                    "The secret, declared under `secrets:`, whose clear text becomes the value.",
                    "secret: db-password");

    static final KeyTable ENVIRONMENT_SECRET =
            KeyTable.of(
                    "an environment value",
                    "environment.<NAME>",
                    "A value that is secret: only its reference is stored; the clear text goes to the instance and nowhere else.",
                    SECRET_NAME);

    static final Key<String> ENV_FILE_PATH =
            new Key<>(
                    "path",
                    Shapes.text("a path"),
                    "",
                    "The file, seen from the file that names it.",
                    "path: ./web.env");

    static final Key<Boolean> ENV_FILE_REQUIRED =
            new Key<>(
                    "required",
                    ComposeShapes.truth(),
                    "true",
                    "`false`: a missing file is no error.",
                    "required: false");

    static final Key<String> ENV_FILE_FORMAT =
            new Key<>(
                    "format",
                    Shapes.words("raw"),
                    "quotes, comments and variables as in `.env`",
                    "`raw`: everything after the `=` is the value, as it stands.",
                    "format: raw");

    static final KeyTable ENV_FILE =
            KeyTable.of(
                    "an env_file",
                    "env_file[]",
                    "The long form of an environment file.",
                    ENV_FILE_PATH,
                    ENV_FILE_REQUIRED,
                    ENV_FILE_FORMAT);

    static final Key<List<String>> COMMAND =
            new Key<>(
                    "command",
                    Conversions.command(),
                    "none; a process needs one",
                    "The program and its arguments. A single text is run by `/bin/sh -c`.",
                    "command: [/usr/sbin/haproxy, -W, -f, gate.cfg]");

    static final Key<String> USER =
            new Key<>(
                    "user",
                    Conversions.user(),
                    "the agent's own",
                    "User, optionally with `:group`, by name or number.",
                    "user: www-data");

    static final Key<String> WORKING_DIR =
            new Key<>(
                    "working_dir",
                    Shapes.text("a path"),
                    "the stack's folder, or an empty one on a machine that has no such folder",
                    "Working directory; a relative path is seen from the file that names it. A declared one must be on every machine where an instance may run.",
                    "working_dir: ./public");

    static final Key<List<EnvironmentSetting>> ENVIRONMENT =
            new Key<>(
                    "environment",
                    Conversions.environment(
                            Shapes.object(
                                    ENVIRONMENT_SECRET,
                                    (f, place, problems) ->
                                            f.get(SECRET_NAME)
                                                    .map(s ->
                                                            (EnvironmentText)
                                                                    new EnvironmentText.FromSecret(
                                                                            s.value(),
                                                                            s.place())))),
                    "none",
                    "Environment variables: a mapping, or a list of `NAME=value`. A name without a value takes it from where the command is run. `{ secret: NAME }` takes it from a secret.",
                    "environment: { LEVEL: info, DB_PASSWORD: { secret: db-password } }");

    static final Key<List<FileSetting>> ENV_FILE_KEY =
            new Key<>(
                    "env_file",
                    envFiles(),
                    "none",
                    "Files with `NAME=value` lines, later ones win; `environment` wins over all. Their values are always treated as secrets.",
                    "env_file: [common.env, web.env]");

    static final KeyTable PROCESS =
            KeyTable.of(
                    "a process",
                    "process",
                    "A host process. Its keys may stand at the service itself too, as Compose writes them; not in both places.",
                    COMMAND,
                    USER,
                    WORKING_DIR,
                    ENVIRONMENT,
                    ENV_FILE_KEY);

    private ProcessKeys() {}

    private static Shape<List<FileSetting>> envFiles() {
        Shape<FileSetting> single =
                Shapes.refine(
                        Shapes.text("a path"),
                        (path, place, problems) ->
                                Optional.of(new FileSetting(place, path, true, false)));
        var mapping =
                Shapes.object(
                        ENV_FILE,
                        (f, place, problems) ->
                                f.get(ENV_FILE_PATH)
                                        .map(path ->
                                                new FileSetting(
                                                        place,
                                                        path,
                                                        f.get(ENV_FILE_REQUIRED).orElse(true),
                                                        f.has(ENV_FILE_FORMAT))));
        Shape<List<FileSetting>> alone =
                Shapes.refine(single, (file, place, problems) -> Optional.of(List.of(file)));
        return Shapes.either(
                Optional.of(alone),
                Optional.of(
                        Shapes.list(
                                Shapes.either(
                                        Optional.of(single),
                                        Optional.empty(),
                                        Optional.of(mapping)),
                                0)),
                Optional.empty());
    }
}
