package olympus.engine.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What {@code docker login} left for a registry: in {@code config.json} of {@code $DOCKER_CONFIG},
 * {@code $HOME/.docker} else, or with a program {@code docker-credential-<name>} that it names.
 * Read anew each time, kept nowhere.
 */
final class Credentials {

    private static final Duration HELPER_ANSWERS_WITHIN = Duration.ofSeconds(10);

    private final Map<String, String> environment;

    Credentials(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The header for a request; empty for a registry that nobody logged in to. */
    Optional<String> of(String registry) {
        var config = config();
        var helper = Json.text(config, "credHelpers", registry);
        if (helper.isEmpty()) {
            helper = Json.text(config, "credsStore");
        }
        var known =
                helper.isEmpty()
                        ? written(config.path("auths").path(registry), registry)
                        : fromHelper(helper, registry);
        return known.map(values -> Base64.getUrlEncoder().encodeToString(Json.bytes(values)));
    }

    private JsonNode config() {
        var folder =
                Optional.ofNullable(environment.get("DOCKER_CONFIG"))
                        .map(Path::of)
                        .orElseGet(() ->
                                Path.of(environment.getOrDefault("HOME", "/root"), ".docker"));
        var file = folder.resolve("config.json");
        try {
            return Json.parse(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Json.MAPPER.missingNode();
        } catch (IOException | JacksonException e) {
            throw new EngineException(
                    Kind.OTHER, "cannot read the registries' credentials in " + file, e);
        }
    }

    private static Optional<Map<String, String>> written(JsonNode entry, String registry) {
        var token = Json.text(entry, "identitytoken");
        if (!token.isEmpty()) {
            return Optional.of(Map.of("identitytoken", token, "serveraddress", registry));
        }
        var both =
                new String(
                        Base64.getDecoder().decode(Json.text(entry, "auth")),
                        StandardCharsets.UTF_8);
        var colon = both.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(login(both.substring(0, colon), both.substring(colon + 1), registry));
    }

    private static Map<String, String> login(String user, String password, String registry) {
        var values = new LinkedHashMap<String, String>();
        if (user.equals("<token>")) {
            values.put("identitytoken", password);
        } else {
            values.put("username", user);
            values.put("password", password);
        }
        values.put("serveraddress", registry);
        return values;
    }

    private Optional<Map<String, String>> fromHelper(String helper, String registry) {
        var program = "docker-credential-" + helper;
        try {
            var builder = new ProcessBuilder(program, "get");
            builder.environment().clear();
            builder.environment().putAll(environment);
            var process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (var input = process.getOutputStream()) {
                input.write((registry + "\n").getBytes(StandardCharsets.UTF_8));
            }
            var answer = process.getInputStream().readAllBytes();
            if (!process.waitFor(HELPER_ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("no answer within " + HELPER_ANSWERS_WITHIN);
            }
            if (process.exitValue() != 0) {
                return Optional.empty();
            }
            var node = Json.parse(answer);
            return Optional.of(
                    login(Json.text(node, "Username"), Json.text(node, "Secret"), registry));
        } catch (IOException | JacksonException e) {
            throw new EngineException(
                    Kind.OTHER, "cannot ask %s for %s".formatted(program, registry), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.CANCELLED, "cancelled: ask " + program, e);
        }
    }
}
