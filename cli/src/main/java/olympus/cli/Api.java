package olympus.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection to the HTTP API.
 *
 * <p>The JDK's older HTTP client is used because it loads a third of the classes of the newer one,
 * and a command must answer before a person notices. Deadlines: {@link #CONNECT_TIMEOUT} to
 * connect, the given timeout per read. Limits: an answer of at most {@link #MAX_BODY_BYTES}; a list
 * of at most {@link #MAX_PARTS} parts.
 */
final class Api {

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    static final int MAX_BODY_BYTES = 64 << 20;

    /** Parts of one list that are asked for: at the server's 1,000 each, a hundred thousand. */
    static final int MAX_PARTS = 100;

    private static final String NEXT = "next";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ServerAddress server;
    private final Duration readTimeout;
    private @Nullable SSLSocketFactory sockets;
    private final Consumer<String> remarks;
    private Optional<Answerer> answerer = Optional.empty();
    private boolean saidThatNobodyLeads;

    /**
     * @param remarks takes what a person should know of an answer that is no part of it
     */
    Api(ServerAddress server, Duration readTimeout, Consumer<String> remarks) {
        this.server = server;
        this.readTimeout = readTimeout;
        this.remarks = remarks;
    }

    /** An answer: its body and the headers that commands look at. */
    record Answer(int status, JsonNode body, Optional<String> etag) {}

    /**
     * Which of several servers an answer is of.
     *
     * @param through the server that sent the request on to it; empty where that was it itself
     * @param leaderKnown whether it leads, or knew who does
     * @param revision up to which it is what that server itself knows, where it is that
     * @param seconds how long ago that was all there was, where it may not be that any more
     */
    record Answerer(
            String name,
            Optional<String> through,
            boolean leaderKnown,
            Optional<String> revision,
            Optional<String> seconds) {}

    /** Of the last answer; empty where the island has one server. */
    Optional<Answerer> answerer() {
        return answerer;
    }

    Answer get(String path) {
        return send("GET", path, null, Map.of());
    }

    /**
     * The answer with all of its list {@code member}: where the server names a {@code next} part,
     * that is asked for too.
     */
    JsonNode list(String path, String member) {
        var whole = get(path).body();
        var next = next(whole);
        for (var parts = 1; !next.isEmpty(); parts++) {
            if (parts == MAX_PARTS) {
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        "%s has more than %d parts; the %d elements read so far are not all"
                                .formatted(path, MAX_PARTS, whole.path(member).size()));
            }
            var part =
                    get(path + (path.contains("?") ? "&" : "?") + "cursor=" + escape(next)).body();
            if (whole.path(member) instanceof ArrayNode all) {
                part.path(member).forEach(all::add);
            }
            next = next(part);
        }
        if (whole instanceof ObjectNode object && object.has(NEXT)) {
            object.putNull(NEXT);
        }
        return whole;
    }

    private static String next(JsonNode body) {
        return body.path(NEXT).asString("");
    }

    Answer post(String path, @Nullable JsonNode body) {
        return send("POST", path, body, Map.of());
    }

    Answer post(String path, JsonNode body, Map<String, String> headers) {
        return send("POST", path, body, headers);
    }

    Answer put(String path, JsonNode body, Map<String, String> headers) {
        return send("PUT", path, body, headers);
    }

    Answer delete(String path) {
        return send("DELETE", path, null, Map.of());
    }

    /**
     * Opens a stream of server-sent events and hands each to {@code receiver} until the server ends
     * it.
     */
    void stream(String path, EventReader.Receiver receiver) {
        stream("GET", path, null, receiver);
    }

    /** The same of what is done meanwhile: it ends when the stream is left. */
    void stream(String path, JsonNode body, EventReader.Receiver receiver) {
        stream("POST", path, body, receiver);
    }

    private void stream(
            String method, String path, @Nullable JsonNode body, EventReader.Receiver receiver) {
        var connection = open(method, path, body != null, Map.of("Accept", "text/event-stream"));
        try {
            if (body != null) {
                try (var out = connection.getOutputStream()) {
                    out.write(JSON.writeValueAsBytes(body));
                }
            }
            var status = connection.getResponseCode();
            answered(connection);
            if (status >= 400) {
                throw failure(connection, status, method + " " + path);
            }
            follow(connection, receiver);
        } catch (IOException e) {
            throw connectionFailure(e);
        } finally {
            connection.disconnect();
        }
    }

    private void follow(HttpURLConnection connection, EventReader.Receiver receiver)
            throws IOException {
        try (var body = connection.getInputStream()) {
            EventReader.read(body, receiver);
        } catch (SSLException | ConnectException | UnknownHostException e) {
            throw e;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.CANNOT_CONNECT,
                    "the server at %s (%s) went away while it was followed; services run on without it. %s"
                            .formatted(server.base(), server.origin(), nextStep()),
                    e);
        }
    }

    /** Opens WebSockets with this server's authority and token. */
    ExecClient.Sockets sockets() {
        return (path, listener) -> {
            var client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
            server.caCertificate()
                    .ifPresent(file -> client.sslContext(TrustedAuthority.context(file)));
            var url =
                    URI.create(
                            "wss"
                                    + server.base()
                                            .resolve("/api/v1" + path)
                                            .toString()
                                            .substring("https".length()));
            try {
                return client.build()
                        .newWebSocketBuilder()
                        .header("Authorization", "Bearer " + server.token().text())
                        .connectTimeout(CONNECT_TIMEOUT)
                        .buildAsync(url, listener)
                        .join();
            } catch (CompletionException e) {
                throw new CommandFailure(
                        ExitCodes.CANNOT_CONNECT,
                        "cannot connect to the command by WebSocket at %s: %s"
                                .formatted(server.base(), e.getCause()),
                        e);
            }
        };
    }

    /** Escapes one path segment or query value. */
    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The path of a service, {@code stack/service} as a person wrote it. */
    static String servicePath(String id) {
        var path = new StringBuilder("/services");
        for (var segment : id.split("/", -1)) {
            path.append('/').append(escape(segment));
        }
        return path.toString();
    }

    /** {@code ?a=1&b=2} of the entries that have a value; empty when none has. */
    static String query(Map<String, Optional<String>> parameters) {
        var present = new LinkedHashMap<String, String>();
        parameters.forEach((name, value) -> value.ifPresent(text -> present.put(name, text)));
        var joined = new StringBuilder();
        present.forEach((name, value) ->
                joined.append(joined.isEmpty() ? '?' : '&')
                        .append(name)
                        .append('=')
                        .append(escape(value)));
        return joined.toString();
    }

    /**
     * Writes the body of an answer to {@code target}, however large it is; returns its header
     * {@code name}, empty when it has none.
     */
    String download(String path, String name, WritableByteChannel target) {
        var connection = open("GET", path, false, Map.of("Accept", "application/octet-stream"));
        try {
            var status = connection.getResponseCode();
            if (status >= 400) {
                throw failure(connection, status, "GET " + path);
            }
            try (var in = connection.getInputStream()) {
                in.transferTo(Channels.newOutputStream(target));
                return Optional.ofNullable(connection.getHeaderField(name)).orElse("");
            }
        } catch (IOException e) {
            throw connectionFailure(e);
        } finally {
            connection.disconnect();
        }
    }

    private Answer send(
            String method, String path, @Nullable JsonNode body, Map<String, String> headers) {
        var connection = open(method, path, body != null, headers);
        try {
            if (body != null) {
                try (var out = connection.getOutputStream()) {
                    out.write(JSON.writeValueAsBytes(body));
                }
            }
            var status = connection.getResponseCode();
            answered(connection);
            if (status >= 400) {
                throw failure(connection, status, method + " " + path);
            }
            try (var in = connection.getInputStream()) {
                return new Answer(
                        status, parse(in), Optional.ofNullable(connection.getHeaderField("ETag")));
            }
        } catch (IOException e) {
            throw connectionFailure(e);
        } finally {
            connection.disconnect();
        }
    }

    /** Keeps whose answer it is, and says once if that server knows no leader. */
    private void answered(HttpURLConnection connection) {
        answerer =
                header(connection, "Olympus-Server")
                        .map(name ->
                                new Answerer(
                                        name,
                                        header(connection, "Via")
                                                .map(via ->
                                                        via.substring(via.lastIndexOf(' ') + 1)),
                                        header(connection, "Olympus-Known-Leader")
                                                .filter("true"::equals)
                                                .isPresent(),
                                        header(connection, "Olympus-Revision"),
                                        header(connection, "Age")));
        if (!saidThatNobodyLeads) {
            answerer.flatMap(Api::nobodyLeads)
                    .ifPresent(said -> {
                        saidThatNobodyLeads = true;
                        remarks.accept(said);
                    });
        }
    }

    private static Optional<String> nobodyLeads(Answerer who) {
        return who.revision()
                .filter(_ -> !who.leaderKnown())
                .map(revision ->
                        "NO LEADER is known: this is the state as %s knows it, as of revision %s%s. Orders are refused until a server leads and can be reached, services run on. See: olympus doctor"
                                .formatted(
                                        who.name(),
                                        revision,
                                        who.seconds()
                                                .map(text -> ", " + age(text) + " ago")
                                                .orElse("")));
    }

    private static String age(String seconds) {
        try {
            return Ages.of(Long.parseLong(seconds));
        } catch (NumberFormatException notOurs) {
            return seconds;
        }
    }

    private static Optional<String> header(HttpURLConnection connection, String name) {
        return Optional.ofNullable(connection.getHeaderField(name));
    }

    /** Where there are several servers, connected to the first of them that can be reached. */
    private HttpURLConnection open(
            String method, String path, boolean withBody, Map<String, String> headers) {
        var unreached = new ArrayList<CommandFailure>();
        for (var base : server.bases()) {
            var connection = prepared(base, method, path, withBody, headers);
            if (server.bases().size() == 1) {
                return connection;
            }
            try {
                connection.connect();
                server = server.preferring(base);
                return connection;
            } catch (ConnectException
                    | NoRouteToHostException
                    | SocketTimeoutException
                    | UnknownHostException e) {
                unreached.add(connectionFailure(base, e));
            } catch (IOException e) {
                throw connectionFailure(base, e);
            }
        }
        throw new CommandFailure(
                ExitCodes.CANNOT_CONNECT,
                "none of the servers can be reached:\n  "
                        + unreached.stream()
                                .map(CommandFailure::getMessage)
                                .collect(Collectors.joining("\n  ")));
    }

    private HttpURLConnection prepared(
            URI base, String method, String path, boolean withBody, Map<String, String> headers) {
        try {
            var root =
                    path.startsWith("/healthz")
                            || path.startsWith("/readyz")
                            || path.startsWith("/metrics");
            var url = base.resolve((root ? "" : "/api/v1") + path).toURL();
            var connection = (HttpURLConnection) url.openConnection();
            if (connection instanceof HttpsURLConnection https
                    && server.caCertificate().isPresent()) {
                https.setSSLSocketFactory(socketFactory());
            }
            connection.setRequestMethod(method);
            connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
            connection.setReadTimeout((int) readTimeout.toMillis());
            connection.setRequestProperty("Authorization", "Bearer " + server.token().text());
            connection.setRequestProperty("Accept", "application/json");
            if (withBody) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
            }
            headers.forEach(connection::setRequestProperty);
            connection.setInstanceFollowRedirects(false);
            return connection;
        } catch (IOException e) {
            throw connectionFailure(base, e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCodes.USAGE,
                    "cannot ask for \"%s\": it holds what no name holds; expected letters, digits and dashes"
                            .formatted(path),
                    e);
        }
    }

    private SSLSocketFactory socketFactory() {
        if (sockets == null) {
            sockets = TrustedAuthority.socketFactory(server.caCertificate().orElseThrow());
        }
        return sockets;
    }

    private JsonNode parse(InputStream in) throws IOException {
        var bytes = in.readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "the answer of %s is larger than %d bytes"
                            .formatted(server.base(), MAX_BODY_BYTES));
        }
        if (bytes.length == 0) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    server.base() + " did not answer with JSON: is that an Olympus server?",
                    e);
        }
    }

    private CommandFailure failure(HttpURLConnection connection, int status, String request)
            throws IOException {
        var in = connection.getErrorStream();
        JsonNode problem;
        try (var body = in == null ? InputStream.nullInputStream() : in) {
            problem = parse(body);
        } catch (CommandFailure notJson) {
            problem = JSON.createObjectNode();
        }
        return new CommandFailure(
                exitCode(status), ProblemText.of(problem, status, request, server));
    }

    private static int exitCode(int status) {
        return switch (status) {
            case 401, 403, 428, 429 -> ExitCodes.REFUSED;
            default -> ExitCodes.FAILED;
        };
    }

    private String nextStep() {
        return server.dataDirectory()
                .map(Installation.own()::toBegin)
                .orElse(
                        "Start the server there with: olympus up; what is wrong there says: olympus doctor");
    }

    private String stranger(SSLException failure) {
        return "TLS failed (%s): another Olympus or another program listens there, for its certificate is not from %s. Name the server that is meant with --data-dir D, or the authority of this one with --cacert FILE or OLYMPUS_CACERT"
                .formatted(
                        failure.getMessage(),
                        server.caCertificate()
                                .map(file -> "the authority in " + file)
                                .orElse("an authority that this system trusts"));
    }

    private CommandFailure connectionFailure(IOException cause) {
        return connectionFailure(server.base(), cause);
    }

    private CommandFailure connectionFailure(URI base, IOException cause) {
        var why =
                switch (cause) {
                    case ConnectException refused -> "nothing listens there. " + nextStep();
                    case UnknownHostException unknown -> "the host name is not known";
                    case SocketTimeoutException timeout -> "no answer within the time limit";
                    case SSLException tls -> stranger(tls);
                    default -> String.valueOf(cause.getMessage());
                };
        return new CommandFailure(
                ExitCodes.CANNOT_CONNECT,
                "cannot reach the server at %s (%s): %s".formatted(base, server.origin(), why),
                cause);
    }
}
