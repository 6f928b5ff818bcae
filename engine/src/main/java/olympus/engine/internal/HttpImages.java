package olympus.engine.internal;

import static olympus.engine.internal.EngineCalls.quote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.Images;
import olympus.engine.internal.EngineCalls.Call;
import olympus.model.stack.container.Image;
import tools.jackson.databind.JsonNode;

/** Images by the engine's API: looked up, pulled, built. */
final class HttpImages implements Images {

    private static final Duration PULLED_WITHIN = Duration.ofHours(1);
    private static final Duration BUILT_WITHIN = Duration.ofHours(1);

    private static final Pattern REFUSAL =
            Pattern.compile(
                    "(?i)unauthorized|no basic auth credentials|authentication required|requested access to the resource is denied|invalid username/password");

    /**
     * How engines tell that a registry cannot be reached, is overloaded or rations its pulls. That
     * there is no such host is not among it: a name that nobody knows is most likely mistyped.
     */
    private static final Pattern AWAY =
            Pattern.compile(
                    "(?i)connection refused|connection reset|connection timed out|no route to host|network is unreachable|i/o timeout|tls handshake timeout|client\\.timeout exceeded|context deadline exceeded|server misbehaving|temporary failure in name resolution|unexpected eof|: eof\\b|toomanyrequests|too many requests|bad gateway|service unavailable|gateway timeout|(?:status|status code|code)[: ]+(?:429|500|502|503|504)\\b|internal server error");

    private final EngineCalls calls;
    private final Credentials credentials;

    HttpImages(EngineCalls calls, Credentials credentials) {
        this.calls = calls;
        this.credentials = credentials;
    }

    @Override
    public Optional<Seen> find(String reference) {
        try {
            var node =
                    calls.json(
                            Call.get("/images/%s/json".formatted(quote(reference))),
                            Attempt.image("look at", reference));
            return Optional.of(seen(node));
        } catch (EngineException e) {
            if (e.kind() == Kind.NO_SUCH_IMAGE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Seen seen(JsonNode node) {
        return new Seen(
                Json.text(node, "Id"),
                Json.texts(node.path("RepoTags")),
                Json.texts(node.path("RepoDigests")),
                Json.time(Json.text(node, "Metadata", "LastTagTime")),
                Json.at(node, "Config", "Volumes").properties().stream()
                        .map(Map.Entry::getKey)
                        .toList(),
                !Json.at(node, "Config", "Healthcheck", "Test").isEmpty());
    }

    @Override
    public Seen ensure(Image image, Instant now, Consumer<String> progress) {
        var reference = image.reference();
        var there = find(reference);
        if (there.isPresent() && !isDue(image, there.get(), now)) {
            return there.get();
        }
        if (image.build().isPresent() && image.pull() != Image.PullPolicy.ALWAYS) {
            build(image, image.build().get(), progress);
        } else if (image.pull() == Image.PullPolicy.NEVER) {
            throw new EngineException(
                    Kind.NO_SUCH_IMAGE,
                    "image %s is not there, and it is never pulled (pull_policy: never)"
                            .formatted(reference));
        } else {
            progress.accept("pulling image " + reference);
            pull(image);
        }
        return find(reference)
                .orElseThrow(() ->
                        new EngineException(
                                Kind.NO_SUCH_IMAGE,
                                "image %s is not there although the engine said that it got it"
                                        .formatted(reference)));
    }

    private static boolean isDue(Image image, Seen there, Instant now) {
        return switch (image.pull()) {
            case ALWAYS, BUILD -> true;
            case MISSING, NEVER -> false;
            case DAILY -> there.tagged().isBefore(now.minus(Duration.ofDays(1)));
            case WEEKLY -> there.tagged().isBefore(now.minus(Duration.ofDays(7)));
        };
    }

    private void pull(Image image) {
        var name = ImageName.parse(image.reference());
        var path =
                "/images/create?fromImage=%s&tag=%s%s"
                        .formatted(
                                quote(name.repository()),
                                quote(name.tagOrDigest()),
                                image.platform()
                                        .map(platform -> "&platform=" + quote(platform))
                                        .orElse(""));
        var headers =
                credentials
                        .of(name.registry())
                        .map(header -> Map.of("X-Registry-Auth", header))
                        .orElse(Map.of());
        var attempt = Attempt.image("pull", image.reference());
        try {
            run(Call.post(path).with(Optional.empty(), headers), attempt, PULLED_WITHIN);
        } catch (EngineException e) {
            throw isRefusal(e) ? refused(image.reference(), e) : awayOr(image.reference(), e);
        }
    }

    /** An engine that does not answer itself says nothing of a registry. */
    private static EngineException awayOr(String reference, EngineException e) {
        var message = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case NO_SUCH_IMAGE, NOT_FOUND, INVALID, OTHER ->
                    AWAY.matcher(message).find()
                            ? new EngineException(
                                    Kind.REGISTRY_AWAY,
                                    "registry %s is away: %s"
                                            .formatted(RegistryPlace.of(reference).host(), message),
                                    e)
                            : e;
            case ABSENT,
                    SLOW,
                    FORBIDDEN,
                    NO_SUCH_CONTAINER,
                    REGISTRY_AWAY,
                    CONFLICT,
                    PORT_TAKEN,
                    OUT_OF_SPACE,
                    UNSUPPORTED,
                    CANNOT_RUN,
                    CANCELLED ->
                    e;
        };
    }

    /** Whether the registry, not the engine, does not let us have it. */
    private static boolean isRefusal(EngineException e) {
        return REFUSAL.matcher(String.valueOf(e.getMessage())).find();
    }

    private EngineException refused(String reference, EngineException e) {
        var place = RegistryPlace.of(reference);
        return new EngineException(
                Kind.OTHER,
                "cannot pull image %s: registry %s does not allow it: %s"
                        .formatted(
                                reference,
                                place.host(),
                                credentials.advice(place.login(), place.host())),
                e);
    }

    private void build(Image image, Image.Build build, Consumer<String> progress) {
        var attempt =
                Attempt.other(
                        "build image %s from %s".formatted(image.reference(), build.context()));
        progress.accept("building image " + image.reference());
        try {
            var archive = Files.createTempFile("olympus-build", ".tar");
            try {
                BuildContext.write(build, archive);
                run(
                        Call.post(BuildContext.path(image, build))
                                .with(
                                        Optional.of(() -> Files.newInputStream(archive)),
                                        Map.of("Content-Type", "application/x-tar")),
                        attempt,
                        BUILT_WITHIN);
            } finally {
                Files.delete(archive);
            }
        } catch (IOException e) {
            throw new EngineException(
                    Kind.INVALID, "cannot %s: %s".formatted(attempt.what(), e), e);
        }
    }

    /** The engine tells of a failure at the end of its progress. */
    private void run(Call call, Attempt attempt, Duration deadline) {
        calls.within(
                attempt,
                deadline,
                () -> {
                    try (var flow = calls.open(call, attempt, deadline);
                            var lines =
                                    new BufferedReader(
                                            new InputStreamReader(
                                                    flow.body(), StandardCharsets.UTF_8))) {
                        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                            var failure = failure(line);
                            if (!failure.isEmpty()) {
                                throw attempt.refused(isMissing(failure) ? 404 : 500, failure);
                            }
                        }
                    }
                    return List.of();
                });
    }

    private static String failure(String line) {
        return line.isBlank()
                ? ""
                : Json.text(Json.parse(line.getBytes(StandardCharsets.UTF_8)), "error");
    }

    private static boolean isMissing(String failure) {
        return failure.contains("not found")
                || failure.contains("manifest unknown")
                || failure.contains("does not exist");
    }
}
