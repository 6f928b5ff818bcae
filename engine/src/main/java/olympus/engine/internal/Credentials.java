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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final int MAX_ANSWER = 1 << 20;

    private final Map<String, String> environment;
    private final String helpers;
    private final Duration helperAnswersWithin;

    Credentials(Map<String, String> environment) {
        this(environment, "docker-credential-", HELPER_ANSWERS_WITHIN);
    }

    /**
     * @param helpers what the programs' names begin with
     */
    Credentials(Map<String, String> environment, String helpers, Duration helperAnswersWithin) {
        this.helpers = helpers;
        this.environment = Map.copyOf(environment);
        this.helperAnswersWithin = helperAnswersWithin;
    }

    /** What one logs in to a registry with: name and password, or a token for both. */
    record Login(String user, String password, String token) {

        Optional<String> identityToken() {
            return Optional.of(token).filter(text -> !text.isEmpty());
        }

        /** As an HTTP header has it; empty with a token. */
        Optional<String> basic() {
            return token.isEmpty()
                    ? Optional.of(RegistryCalls.basic(user, password))
                    : Optional.empty();
        }

        private Map<String, String> values(String registry) {
            var values = new LinkedHashMap<String, String>();
            if (token.isEmpty()) {
                values.put("username", user);
                values.put("password", password);
            } else {
                values.put("identitytoken", token);
            }
            values.put("serveraddress", registry);
            return values;
        }

        /** It is a secret. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** The header for a request to the engine; empty for a registry that nobody logged in to. */
    Optional<String> of(String registry) {
        return login(registry)
                .map(known ->
                        Base64.getUrlEncoder().encodeToString(Json.bytes(known.values(registry))));
    }

    Optional<Login> login(String registry) {
        var config = config();
        var helper = Json.text(config, "credHelpers", registry);
        if (helper.isEmpty()) {
            helper = Json.text(config, "credsStore");
        }
        return helper.isEmpty()
                ? written(registry, config.path("auths").path(registry))
                : fromHelper(helper, registry);
    }

    /** What to do when a registry refuses. */
    String advice(String registry, String host) {
        return advice(login(registry).isPresent(), host);
    }

    String advice(boolean isKnown, String host) {
        return isKnown
                ? "the credentials for it in %s are refused; `docker login %s` on this node renews them"
                        .formatted(file(), host)
                : "there are no credentials for it in %s; `docker login %s` on this node puts them there"
                        .formatted(file(), host);
    }

    private Path file() {
        return Optional.ofNullable(environment.get("DOCKER_CONFIG"))
                .map(Path::of)
                .orElseGet(() -> Path.of(environment.getOrDefault("HOME", "/root"), ".docker"))
                .resolve("config.json");
    }

    private JsonNode config() {
        var file = file();
        try {
            return Json.parse(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Json.MAPPER.missingNode();
        } catch (IOException | JacksonException e) {
            throw new EngineException(
                    Kind.OTHER, "cannot read the registries' credentials in " + file, e);
        }
    }

    private Optional<Login> written(String registry, JsonNode entry) {
        var token = Json.text(entry, "identitytoken");
        if (!token.isEmpty()) {
            return Optional.of(new Login("", "", token));
        }
        var both = decoded(registry, Json.text(entry, "auth"));
        var colon = both.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(login(both.substring(0, colon), both.substring(colon + 1)));
    }

    /** Says nothing of what stands there: it is a secret. */
    private String decoded(String registry, String auth) {
        try {
            return new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw new EngineException(
                    Kind.OTHER,
                    "cannot read the credentials for %s in %s: auth is not base64 of name:password"
                            .formatted(registry, file()));
        }
    }

    private static Login login(String user, String password) {
        return user.equals("<token>") ? new Login("", "", password) : new Login(user, password, "");
    }

    private Optional<Login> fromHelper(String helper, String registry) {
        var program = helpers + helper;
        try {
            var builder = new ProcessBuilder(program, "get");
            builder.environment().clear();
            builder.environment().putAll(environment);
            var process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            var answer = answer(process, registry);
            if (process.exitValue() != 0) {
                return Optional.empty();
            }
            var node = Json.parse(answer);
            return Optional.of(login(Json.text(node, "Username"), Json.text(node, "Secret")));
        } catch (IOException | JacksonException e) {
            throw new EngineException(
                    Kind.OTHER, "cannot ask %s for %s".formatted(program, registry), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.CANCELLED, "cancelled: ask " + program, e);
        }
    }

    /** Ends it within the time, whatever it does, or a child of it that holds its output. */
    private byte[] answer(Process process, String registry)
            throws IOException, InterruptedException {
        var answer = new CompletableFuture<byte[]>();
        Thread.ofPlatform()
                .daemon()
                .name("credentials")
                .start(() -> talk(process, registry, answer));
        try {
            var deadline = System.nanoTime() + helperAnswersWithin.toNanos();
            var said = answer.get(helperAnswersWithin.toNanos(), TimeUnit.NANOSECONDS);
            if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
            return said;
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + helperAnswersWithin, e);
        } catch (ExecutionException e) {
            throw new IOException("it cannot be talked to: " + e.getCause(), e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void talk(Process process, String registry, CompletableFuture<byte[]> answer) {
        try {
            try (var input = process.getOutputStream()) {
                input.write((registry + "\n").getBytes(StandardCharsets.UTF_8));
            }
            answer.complete(process.getInputStream().readNBytes(MAX_ANSWER));
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }
}
