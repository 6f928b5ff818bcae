package olympus.model.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.Build;
import olympus.model.stack.ComposeSettings.Text;

/** The keys of Compose's {@code build}. */
final class ComposeBuildKeys {

    private static final String BUILDKIT = "images are built without BuildKit, which this needs";

    static final Key<Located<String>> CONTEXT =
            Key.of(
                    "context",
                    ComposeShapes.place("a path"),
                    "The folder, on this machine; a URL is refused.",
                    "context: ./web");
    static final Key<String> DOCKERFILE =
            Key.of(
                    "dockerfile",
                    ComposeShapes.text("a path"),
                    "The file of instructions, seen from the context.",
                    "dockerfile: Dockerfile.prod");
    static final Key<String> INLINE =
            Key.of(
                    "dockerfile_inline",
                    ComposeShapes.text("instructions"),
                    "The instructions themselves.",
                    "dockerfile_inline: FROM alpine");
    static final Key<Map<String, Located<Optional<Text>>>> ARGS =
            Key.of(
                    "args",
                    ComposeShapes.assignments("NAME=value"),
                    "Arguments; a name alone takes its value from the variables.",
                    "args: { VERSION: \"1.2\" }");
    static final Key<String> TARGET =
            Key.of(
                    "target",
                    ComposeShapes.text("a stage"),
                    "The stage to build.",
                    "target: production");
    static final Key<Map<String, String>> LABELS =
            Key.of(
                    "labels",
                    ComposeShapes.texts("name=text"),
                    "Labels of the image.",
                    "labels: { a: b }");
    static final Key<List<String>> CACHE_FROM =
            Key.of(
                    "cache_from",
                    ComposeShapes.list(ComposeShapes.text("an image")),
                    "Images whose layers are used.",
                    "cache_from: [shop/web]");
    static final Key<Map<String, Located<List<String>>>> EXTRA_HOSTS =
            Key.of(
                    "extra_hosts",
                    ComposeHosts.shape(),
                    "Names for the build.",
                    "extra_hosts: [\"mirror:10.0.0.5\"]");
    static final Key<String> NETWORK =
            Key.of(
                    "network",
                    ComposeShapes.text("a network"),
                    "The network of the build.",
                    "network: host");
    static final Key<Long> SHM_SIZE =
            Key.of("shm_size", ComposeShapes.size(), "Size of /dev/shm.", "shm_size: 128m");
    static final Key<Boolean> NO_CACHE =
            Key.of("no_cache", ComposeShapes.truth(), "Without old layers.", "no_cache: true");
    static final Key<Boolean> PULL =
            Key.of("pull", ComposeShapes.truth(), "With the newest base image.", "pull: true");

    static final KeyTable BUILD =
            KeyTable.of(
                            "a build",
                            "services.*.build",
                            "How the image is made.",
                            CONTEXT,
                            DOCKERFILE,
                            INLINE,
                            ARGS,
                            TARGET,
                            LABELS,
                            CACHE_FROM,
                            EXTRA_HOSTS,
                            NETWORK,
                            SHM_SIZE,
                            NO_CACHE,
                            PULL)
                    .ignoring(
                            Map.of(
                                    "cache_to",
                                    "layers stay in the engine",
                                    "provenance",
                                    "images that are not pushed need none",
                                    "sbom",
                                    "images that are not pushed need none",
                                    "tags",
                                    "the image gets the one name that the service uses",
                                    "platforms",
                                    "the image is built for this machine, or the service's platform",
                                    "isolation",
                                    "only Windows looks at it"))
                    .refusing(
                            Map.of(
                                    "additional_contexts",
                                    BUILDKIT,
                                    "ssh",
                                    BUILDKIT,
                                    "secrets",
                                    BUILDKIT,
                                    "entitlements",
                                    BUILDKIT,
                                    "privileged",
                                    "builds have no privileges here",
                                    "ulimits",
                                    "limits of the build could not be kept"));

    private ComposeBuildKeys() {}

    static Shape<Build> build() {
        var mapping =
                Shapes.object(
                        BUILD,
                        (f, place, problems) ->
                                Optional.of(
                                        new Build(
                                                f.get(CONTEXT),
                                                f.get(DOCKERFILE),
                                                f.get(INLINE),
                                                f.get(ARGS).orElse(Map.of()),
                                                f.get(TARGET),
                                                f.get(LABELS).orElse(Map.of()),
                                                f.get(CACHE_FROM).orElse(List.of()),
                                                ComposeHosts.texts(
                                                        f.get(EXTRA_HOSTS).orElse(Map.of())),
                                                f.get(NETWORK),
                                                f.get(SHM_SIZE).filter(n -> n > 0),
                                                f.get(NO_CACHE).orElse(false),
                                                f.get(PULL).orElse(false))));
        return ComposeShapes.textOr(
                (path, place, problems) -> Optional.of(of(new Located<>(place, path))),
                "a path",
                mapping);
    }

    private static Build of(Located<String> context) {
        return new Build(
                Optional.of(context),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                false,
                false);
    }
}
