package olympus.engine.internal;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.Registries;
import tools.jackson.core.JacksonException;

/**
 * Registries by the HTTP API that they share (OCI distribution specification, version 2 of
 * Docker's): tags and digests, no contents.
 */
final class HttpRegistries implements Registries {

    private static final int MAX_PAGES = 50;
    private static final int PAGE = 1_000;
    private static final String MANIFESTS =
            String.join(
                    ", ",
                    "application/vnd.oci.image.index.v1+json",
                    "application/vnd.docker.distribution.manifest.list.v2+json",
                    "application/vnd.oci.image.manifest.v1+json",
                    "application/vnd.docker.distribution.manifest.v2+json");
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;.*rel=\"?next\"?");

    private final Credentials credentials;
    private final RegistryTrust trust;

    HttpRegistries(Credentials credentials, RegistryTrust trust) {
        this.credentials = credentials;
        this.trust = trust;
    }

    @Override
    public List<String> tags(String reference) {
        var place = RegistryPlace.of(reference);
        var tags = new ArrayList<String>();
        try (var calls = calls(place, "list the tags of " + place.repository())) {
            var next = Optional.of("/v2/%s/tags/list?n=%d".formatted(place.path(), PAGE));
            for (var page = 0; next.isPresent() && page < MAX_PAGES; page++) {
                var answer = calls.get(next.get(), "application/json");
                if (answer.status() == 404) {
                    throw new EngineException(
                            Kind.NO_SUCH_IMAGE,
                            "registry %s has no image %s".formatted(place.host(), place.path()));
                }
                tags.addAll(
                        Json.texts(
                                Json.parse(answer.body().getBytes(StandardCharsets.UTF_8))
                                        .path("tags")));
                next = answer.header("Link").flatMap(HttpRegistries::next);
            }
            if (next.isPresent()) {
                throw new EngineException(
                        Kind.OTHER,
                        "registry %s lists the tags of %s on more than %d pages, which is the limit: %d tags came, not all"
                                .formatted(place.host(), place.path(), MAX_PAGES, tags.size()));
            }
        } catch (JacksonException e) {
            throw new EngineException(
                    Kind.OTHER,
                    "registry %s does not list tags in the form that registries have"
                            .formatted(place.host()),
                    e);
        }
        return tags;
    }

    /** The rest of the list, on the same registry. */
    private static Optional<String> next(String link) {
        var found = NEXT.matcher(link);
        if (!found.find()) {
            return Optional.empty();
        }
        var uri = URI.create(found.group(1));
        return Optional.of(
                uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
    }

    @Override
    public Optional<String> digest(String reference) {
        var place = RegistryPlace.of(reference);
        try (var calls = calls(place, "look for " + reference)) {
            var path = "/v2/%s/manifests/%s".formatted(place.path(), place.tagOrDigest());
            var answer = calls.head(path, MANIFESTS);
            if (answer.status() == 404) {
                return Optional.empty();
            }
            return answer.header("Docker-Content-Digest")
                    .or(() -> Optional.of(Digests.sha256(calls.get(path, MANIFESTS).body())));
        }
    }

    private RegistryCalls calls(RegistryPlace place, String what) {
        return new RegistryCalls(place, credentials, trust, what);
    }

    /** As a registry names its answers. */
    record Answer(int status, Map<String, List<String>> headers, String body) {
        Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .flatMap(entry -> entry.getValue().stream())
                    .findFirst();
        }
    }
}
