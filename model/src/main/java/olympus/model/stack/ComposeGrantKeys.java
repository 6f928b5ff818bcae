package olympus.model.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.External;
import olympus.model.stack.ComposeSettings.Grant;

/** The keys of Compose's configs and secrets, and of a service's use of one. */
final class ComposeGrantKeys {

    private static final String SWARM = "only Swarm looks at it";

    static final Key<String> NAME =
            Key.of(
                    "name",
                    ComposeShapes.text("a name"),
                    "Under which name an external one is looked up.",
                    "name: shop-password");
    static final Key<External> EXTERNAL =
            Key.of(
                    "external",
                    ComposeShapes.external(),
                    "For a secret: it is in Olympus' own store (`olympus secret set`). For a config: refused, there is no store of configs.",
                    "external: true");
    static final Key<Located<String>> FILE =
            Key.of("file", ComposeShapes.place("a path"), "A file that holds it.", "file: ./x.txt");
    static final Key<Located<String>> ENVIRONMENT =
            Key.of(
                    "environment",
                    ComposeShapes.place("the name of a variable"),
                    "A variable that holds it.",
                    "environment: DB_PASSWORD");
    static final Key<Located<String>> CONTENT =
            Key.of(
                    "content",
                    ComposeShapes.place("a text"),
                    "The text itself.",
                    "content: \"debug = true\"");

    static final KeyTable SECRET =
            KeyTable.of(
                            "a secret",
                            "secrets.*",
                            "A secret: from a file, a variable or Olympus' own store.",
                            NAME,
                            EXTERNAL,
                            FILE,
                            ENVIRONMENT)
                    .ignoring(
                            Map.of(
                                    "labels",
                                    SWARM,
                                    "driver",
                                    SWARM,
                                    "driver_opts",
                                    SWARM,
                                    "template_driver",
                                    SWARM));

    static final KeyTable CONFIG =
            KeyTable.of(
                            "a config",
                            "configs.*",
                            "A file of configuration: from a file, a variable or the text itself.",
                            NAME,
                            EXTERNAL,
                            FILE,
                            ENVIRONMENT,
                            CONTENT)
                    .ignoring(Map.of("labels", SWARM, "template_driver", SWARM));

    static final Key<Located<String>> SOURCE =
            new Key<>(
                    "source",
                    ComposeShapes.place("a name"),
                    "",
                    "The config or secret.",
                    "source: password");
    static final Key<String> TARGET =
            Key.of(
                    "target",
                    ComposeShapes.text("a path"),
                    "The file in the container; a bare name of a secret stands in `/run/secrets`.",
                    "target: /etc/app/password");
    static final Key<String> UID =
            Key.of("uid", ComposeShapes.text("a number"), "The file's owner.", "uid: \"1000\"");
    static final Key<String> GID =
            Key.of("gid", ComposeShapes.text("a number"), "The file's group.", "gid: \"1000\"");
    static final Key<Integer> MODE =
            Key.of(
                    "mode",
                    ComposeShapes.permissions(),
                    "The file's permissions, in octal.",
                    "mode: 0440");
    static final KeyTable GRANT =
            KeyTable.of(
                    "a config or secret of a service",
                    "services.*.configs[], services.*.secrets[]",
                    "The long syntax of a use.",
                    SOURCE,
                    TARGET,
                    UID,
                    GID,
                    MODE);

    private ComposeGrantKeys() {}

    static Shape<List<Grant>> grants() {
        return ComposeShapes.list(
                Shapes.either(
                        Optional.of(
                                Shapes.refine(
                                        ComposeShapes.place("a name"),
                                        (name, place, problems) ->
                                                Optional.of(
                                                        new Grant(
                                                                name,
                                                                Optional.empty(),
                                                                Optional.empty(),
                                                                Optional.empty(),
                                                                Optional.empty())))),
                        Optional.empty(),
                        Optional.of(
                                Shapes.object(
                                        GRANT,
                                        (f, place, problems) ->
                                                f.get(SOURCE)
                                                        .map(source ->
                                                                new Grant(
                                                                        source,
                                                                        f.get(TARGET),
                                                                        f.get(UID),
                                                                        f.get(GID),
                                                                        f.get(MODE)))))));
    }
}
