package olympus.engine.internal;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import olympus.engine.internal.HttpRegistries.Answer;
import tools.jackson.core.JacksonException;

/**
 * Requests to one registry about one image, with the authorization that it asks for: none, name and
 * password, or a token that another server gives for them. Kept for one question.
 */
final class RegistryCalls implements AutoCloseable {

    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(10);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(20);
    private static final int MAX_BODY = 16 << 20;
    private static final int MAX_REDIRECTS = 3;

    /** What a server that speaks TLS answers to a request in clear. */
    private static final int SPEAKS_TLS = 400;

    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final RegistryPlace place;
    private final Credentials credentials;
    private final Optional<Credentials.Login> login;
    private final String what;
    private final boolean insecure;
    private final HttpClient client;
    private String scheme;
    private boolean answered;
    private Optional<String> authorization = Optional.empty();

    RegistryCalls(RegistryPlace place, Credentials credentials, RegistryTrust trust, String what) {
        this.place = place;
        this.credentials = credentials;
        this.login = credentials.login(place.login());
        this.what = what;
        insecure = trust.isInsecure(place.host());
        // On this machine itself nobody listens in, and registries seldom have a certificate.
        scheme = RegistryTrust.isLoopback(place.host()) ? "http" : "https";
        var builder =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECTED_WITHIN)
                        .followRedirects(HttpClient.Redirect.NEVER);
        trust.context(place.host(), insecure).ifPresent(builder::sslContext);
        client = builder.build();
    }

    Answer get(String path, String accept) {
        return ask("GET", path, accept);
    }

    Answer head(String path, String accept) {
        return ask("HEAD", path, accept);
    }

    private Answer ask(String method, String path, String accept) {
        var first = send(method, path, accept);
        if (first.status() == SPEAKS_TLS && scheme.equals("http") && authorization.isEmpty()) {
            scheme = "https";
            first = send(method, path, accept);
        }
        if (first.status() != 401) {
            return judged(first);
        }
        authorization = first.header("WWW-Authenticate").flatMap(this::authorize);
        if (authorization.isEmpty()) {
            throw refused("");
        }
        return judged(send(method, path, accept));
    }

    private Answer judged(Answer answer) {
        return switch (answer.status()) {
            case 200, 404 -> answer;
            case 401, 403 -> throw refused("");
            case 429 ->
                    throw new EngineException(
                            Kind.OTHER,
                            "cannot %s: registry %s says that it is asked too often; try again later"
                                    .formatted(what, place.host()));
            default ->
                    throw new EngineException(
                            Kind.OTHER,
                            "cannot %s: registry %s answers with status %d"
                                    .formatted(what, place.host(), answer.status()));
        };
    }

    private EngineException refused(String detail) {
        return new EngineException(
                Kind.OTHER,
                "cannot %s: registry %s does not allow it%s: %s"
                        .formatted(
                                what,
                                place.host(),
                                detail,
                                credentials.advice(login.isPresent(), place.host())));
    }

    // ---- authorization

    private Optional<String> authorize(String challenge) {
        var space = challenge.indexOf(' ');
        var kind = space < 0 ? challenge : challenge.substring(0, space);
        if (kind.equalsIgnoreCase("Basic")) {
            return login.flatMap(Credentials.Login::basic);
        }
        return kind.equalsIgnoreCase("Bearer") ? token(challenge) : Optional.empty();
    }

    private Optional<String> token(String challenge) {
        var realm = parameter(challenge, "realm").map(URI::create);
        if (realm.isEmpty() || !mayKnowTheLogin(realm.get())) {
            throw refused(" and names no server of tokens that can be trusted");
        }
        var scope =
                parameter(challenge, "scope").orElse("repository:%s:pull".formatted(place.path()));
        var query =
                "service=%s&scope=%s"
                        .formatted(
                                encode(parameter(challenge, "service").orElse("")), encode(scope));
        var answer = send(tokenRequest(realm.get(), query));
        if (answer.status() != 200) {
            return Optional.empty();
        }
        try {
            var body = Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
            var token = Json.text(body, "token");
            return Optional.of(token.isEmpty() ? Json.text(body, "access_token") : token)
                    .filter(text -> !text.isEmpty())
                    .map(text -> "Bearer " + text);
        } catch (JacksonException e) {
            throw refused(", its server of tokens answers with what is none");
        }
    }

    /** In clear only on the registry's own machine, and only where the engine was told so. */
    private boolean mayKnowTheLogin(URI realm) {
        return "https".equalsIgnoreCase(realm.getScheme())
                || (insecure
                        && "http".equalsIgnoreCase(realm.getScheme())
                        && realm.getHost() != null
                        && realm.getHost().equalsIgnoreCase(address(place.host()).getHost()));
    }

    private HttpRequest tokenRequest(URI realm, String query) {
        var identity = login.flatMap(Credentials.Login::identityToken);
        if (identity.isPresent()) {
            return HttpRequest.newBuilder(realm)
                    .timeout(ANSWERED_WITHIN)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(
                            BodyPublishers.ofString(
                                    "grant_type=refresh_token&client_id=olympus&refresh_token=%s&%s"
                                            .formatted(encode(identity.get()), query)))
                    .build();
        }
        var separator = realm.getRawQuery() == null ? "?" : "&";
        var request =
                HttpRequest.newBuilder(URI.create(realm + separator + query))
                        .timeout(ANSWERED_WITHIN)
                        .GET();
        login.flatMap(Credentials.Login::basic)
                .ifPresent(basic -> request.header("Authorization", basic));
        return request.build();
    }

    private static Optional<String> parameter(String challenge, String name) {
        var found = PARAMETER.matcher(challenge);
        while (found.find()) {
            if (found.group(1).equalsIgnoreCase(name)) {
                return Optional.of(found.group(2));
            }
        }
        return Optional.empty();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    // ---- transport

    private URI address(String hostAndPath) {
        return URI.create("%s://%s".formatted(scheme, hostAndPath));
    }

    private Answer send(String method, String path, String accept) {
        var answer = send(request(method, address(place.host() + path), accept));
        // What the registry speaks may have been found out just now.
        var uri = address(place.host() + path);
        for (var hop = 0; hop < MAX_REDIRECTS; hop++) {
            var next = answer.header("Location");
            if (answer.status() / 100 != 3 || next.isEmpty()) {
                return answer;
            }
            uri = next(uri, next.get());
            answer = send(request(method, uri, accept));
        }
        if (answer.status() / 100 != 3) {
            return answer;
        }
        throw new EngineException(
                Kind.OTHER,
                "cannot %s: registry %s sends from one address to the next"
                        .formatted(what, place.host()));
    }

    /** Whoever answers in clear could ask for the login in the registry's name. */
    private URI next(URI from, String location) {
        var to = from.resolve(location);
        if ("https".equals(from.getScheme()) && !"https".equalsIgnoreCase(to.getScheme())) {
            throw new EngineException(
                    Kind.OTHER,
                    "cannot %s: registry %s sends from https to %s, which is not followed"
                            .formatted(what, place.host(), to));
        }
        return to;
    }

    private HttpRequest request(String method, URI uri, String accept) {
        var request =
                HttpRequest.newBuilder(uri)
                        .timeout(ANSWERED_WITHIN)
                        .header("Accept", accept)
                        .method(method, BodyPublishers.noBody());
        if (isRegistry(uri) && (insecure || scheme.equals(uri.getScheme()))) {
            authorization.ifPresent(value -> request.header("Authorization", value));
        }
        return request.build();
    }

    private boolean isRegistry(URI uri) {
        return place.host().equals(uri.getRawAuthority());
    }

    private Answer send(HttpRequest request) {
        try {
            var answer = answer(request);
            answered = true;
            return answer;
        } catch (IOException e) {
            if (mayBeInClear(request, e)) {
                scheme = "http";
                return send(inClear(request));
            }
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.CANCELLED, "cancelled: " + what, e);
        }
    }

    /** Only the first request, in which nothing is secret, finds out what the registry speaks. */
    private boolean mayBeInClear(HttpRequest request, IOException failure) {
        return insecure
                && !answered
                && authorization.isEmpty()
                && isRegistry(request.uri())
                && "https".equals(request.uri().getScheme())
                && (!(failure instanceof HttpTimeoutException)
                        || failure instanceof HttpConnectTimeoutException);
    }

    private static HttpRequest inClear(HttpRequest request) {
        var uri = URI.create("http" + request.uri().toString().substring("https".length()));
        return HttpRequest.newBuilder(request, (_, _) -> true).uri(uri).build();
    }

    private EngineException unreachable(IOException e) {
        return new EngineException(
                Kind.OTHER,
                "cannot %s: registry %s cannot be reached: %s"
                        .formatted(what, place.host(), why(e)),
                e);
    }

    /** In words: the JDK tells some failures by the exception's class alone. */
    private static String why(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException
                    || cause instanceof UnknownHostException) {
                return "its name is not found (is there a network?)";
            }
        }
        return switch (failure) {
            case HttpConnectTimeoutException _ ->
                    "no connection within %d s".formatted(CONNECTED_WITHIN.toSeconds());
            case HttpTimeoutException _ ->
                    "no answer within %d s".formatted(ANSWERED_WITHIN.toSeconds());
            case SSLException tls -> "TLS: " + tls.getMessage();
            case ConnectException refused ->
                    Objects.requireNonNullElse(refused.getMessage(), "connection refused");
            default ->
                    Objects.requireNonNullElse(failure.getMessage(), "the connection was cut off");
        };
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            var content = body.readNBytes(MAX_BODY + 1);
            if (content.length > MAX_BODY) {
                throw new IOException("it answers with more than %d bytes".formatted(MAX_BODY));
            }
            return new Answer(
                    response.statusCode(),
                    response.headers().map(),
                    new String(content, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    static String basic(String user, String password) {
        var both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }
}
