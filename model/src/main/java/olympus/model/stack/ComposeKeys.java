package olympus.model.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.Extension;
import olympus.model.stack.ComposeSettings.Inclusion;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.Checked;

/** The keys of a Compose file and of what it declares besides services. */
final class ComposeKeys {

    static final Key<Located<String>> EXTENDS_SERVICE =
            new Key<>(
                    "service",
                    ComposeShapes.place("the name of a service"),
                    "",
                    "The service whose keys this one begins with.",
                    "service: base");
    static final Key<Located<String>> EXTENDS_FILE =
            Key.of(
                    "file",
                    ComposeShapes.place("a path"),
                    "The file that declares it; without it, the same file.",
                    "file: common.yaml");
    static final KeyTable EXTENSION =
            KeyTable.of(
                    "extends",
                    "services.*.extends",
                    "A service to begin with.",
                    EXTENDS_SERVICE,
                    EXTENDS_FILE);
    static final Key<Extension> EXTENDS =
            Key.of(
                    "extends",
                    Shapes.either(
                            Optional.of(
                                    Shapes.refine(
                                            ComposeShapes.place("the name of a service"),
                                            (service, place, problems) ->
                                                    Optional.of(
                                                            new Extension(
                                                                    service, Optional.empty())))),
                            Optional.empty(),
                            Optional.of(
                                    Shapes.object(
                                            EXTENSION,
                                            (f, place, problems) ->
                                                    f.get(EXTENDS_SERVICE)
                                                            .map(s ->
                                                                    new Extension(
                                                                            s,
                                                                            f.get(
                                                                                    EXTENDS_FILE)))))),
                    "Begins with the keys of another service; merged as files are.",
                    "extends: { service: base, file: common.yaml }");

    static final Key<List<Located<String>>> INCLUDE_PATH =
            new Key<>(
                    "path",
                    ComposeShapes.oneOrMore(ComposeShapes.place("a path")),
                    "",
                    "The file, or several that are merged.",
                    "path: ../common/compose.yaml");
    static final Key<Located<String>> INCLUDE_DIRECTORY =
            Key.of(
                    "project_directory",
                    ComposeShapes.place("a path"),
                    "From where paths in it are seen; else its own folder.",
                    "project_directory: ..");
    static final Key<List<Located<String>>> INCLUDE_ENVIRONMENT =
            Key.of(
                    "env_file",
                    ComposeShapes.oneOrMore(ComposeShapes.place("a path")),
                    "Variables for it; else the `.env` beside it.",
                    "env_file: ../common/.env");
    static final KeyTable INCLUSION =
            KeyTable.of(
                    "an include",
                    "include[]",
                    "Another project whose resources belong to this one.",
                    INCLUDE_PATH,
                    INCLUDE_DIRECTORY,
                    INCLUDE_ENVIRONMENT);
    static final Key<List<Inclusion>> INCLUDE =
            Key.of(
                    "include",
                    ComposeShapes.list(inclusion()),
                    "Services, networks, volumes, configs and secrets of other projects. An override file may change them.",
                    "include: [../common/compose.yaml]");

    static final Key<String> NAME =
            Key.of(
                    "name",
                    ComposeShapes.text("a name"),
                    "The project's name; `COMPOSE_PROJECT_NAME` wins, else it is the folder's, without what a name cannot have.",
                    "name: shop");

    static final Key<Map<String, Located<Checked<Fields>>>> NETWORKS =
            Key.of(
                    "networks",
                    resources("network names", ComposeNetworkKeys.NETWORK),
                    "Networks. Two containers reach each other only over a network that both are on.",
                    "networks: { back: { internal: true } }");
    static final Key<Map<String, Located<Checked<Fields>>>> VOLUMES =
            Key.of(
                    "volumes",
                    resources("volume names", ComposeVolumeKeys.VOLUME),
                    "Named volumes. Never deleted with the stack.",
                    "volumes: { data: {} }");
    static final Key<Map<String, Located<Checked<Fields>>>> SECRETS =
            Key.of(
                    "secrets",
                    resources("secret names", ComposeGrantKeys.SECRET),
                    "Secrets, whose clear texts are kept apart from the declaration.",
                    "secrets: { password: { file: ./password.txt } }");
    static final Key<Map<String, Located<Checked<Fields>>>> CONFIGS =
            Key.of(
                    "configs",
                    resources("config names", ComposeGrantKeys.CONFIG),
                    "Files of configuration.",
                    "configs: { site: { file: ./site.conf } }");
    static final Key<Map<String, Located<Checked<Fields>>>> SERVICES =
            Key.of(
                    "services",
                    Shapes.of(
                            "services by name",
                            Map.of(),
                            (value, place, problems) -> Optional.of(Map.of())),
                    "Services. One with `profiles` is left out unless `COMPOSE_PROFILES` names one of them.",
                    "services: { web: { image: nginx } }");

    static final KeyTable PROJECT =
            KeyTable.of(
                            "a Compose file",
                            "The file",
                            "`compose.yaml`, `compose.yml`, `docker-compose.yml` or `docker-compose.yaml`, and `compose.override.yaml` beside it; or the files that `COMPOSE_FILE` names.",
                            NAME,
                            INCLUDE,
                            SERVICES,
                            NETWORKS,
                            VOLUMES,
                            CONFIGS,
                            SECRETS)
                    .ignoring(
                            Map.of(
                                    "version",
                                    "Compose does not look at it any more",
                                    "models",
                                    "Olympus runs no language models; a service that uses one is refused"));

    private ComposeKeys() {}

    private static Shape<Inclusion> inclusion() {
        return Shapes.either(
                Optional.of(
                        Shapes.refine(
                                ComposeShapes.place("a path"),
                                (path, place, problems) ->
                                        Optional.of(
                                                new Inclusion(
                                                        List.of(path),
                                                        Optional.empty(),
                                                        List.of())))),
                Optional.empty(),
                Optional.of(
                        Shapes.object(
                                INCLUSION,
                                (f, place, problems) ->
                                        Optional.of(
                                                new Inclusion(
                                                        f.get(INCLUDE_PATH).orElse(List.of()),
                                                        f.get(INCLUDE_DIRECTORY),
                                                        f.get(INCLUDE_ENVIRONMENT)
                                                                .orElse(List.of()))))));
    }

    private static Shape<Map<String, Located<Checked<Fields>>>> resources(
            String names, KeyTable table) {
        var nothing = Fields.NONE;
        return ComposeShapes.orNothing(
                Shapes.named(
                        names,
                        ComposeShapes.RESOURCE_NAME_WORDS,
                        ComposeShapes.RESOURCE_NAME,
                        ServiceKeys.checked(
                                ComposeShapes.orNothing(Shapes.fields(table), nothing))),
                Map.of());
    }
}
