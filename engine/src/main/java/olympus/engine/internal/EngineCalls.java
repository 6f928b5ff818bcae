package olympus.engine.internal;

import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import olympus.engine.EngineAddress;
import olympus.engine.EngineException;
import olympus.engine.EngineException.Kind;
import tools.jackson.databind.JsonNode;

/**
 * Requests to one engine, each on a connection and a virtual thread of its own, so that a deadline
 * can end it by an interrupt: a socket of the machine knows no timeouts. Threading: any thread.
 */
final class EngineCalls implements AutoCloseable {

    /** The newest version of the API whose answers are known here. */
    private static final int NEWEST_MINOR = 51;

    private static final int ANSWER_LIMIT = 64 << 20;
    private static final Set<Integer> GOOD = Set.of(101, 200, 201, 204, 304);
    private static final Duration QUICK = Duration.ofSeconds(10);

    private final EngineAddress address;
    private final DockerHttpClient client;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("engine-call-", 0).factory());
    private volatile int minor;

    EngineCalls(EngineAddress address) {
        this.address = address;
        this.client =
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(address.uri())
                        .connectionTimeout(QUICK)
                        .build();
    }

    EngineAddress address() {
        return address;
    }

    /** What a request carries; opened once. */
    @FunctionalInterface
    interface Body {
        InputStream open() throws IOException;
    }

    /**
     * A request.
     *
     * @param path with its query, below the version
     */
    record Call(
            DockerHttpClient.Request.Method method,
            String path,
            Optional<Body> body,
            Map<String, String> headers) {

        static Call get(String path) {
            return new Call(DockerHttpClient.Request.Method.GET, path, Optional.empty(), Map.of());
        }

        static Call post(String path) {
            return new Call(DockerHttpClient.Request.Method.POST, path, Optional.empty(), Map.of());
        }

        Call with(Optional<Body> archive, Map<String, String> more) {
            return new Call(method, path, archive, more);
        }

        static Call post(String path, Object tree) {
            return new Call(
                    DockerHttpClient.Request.Method.POST,
                    path,
                    Optional.of(bytes(Json.bytes(tree))),
                    Map.of("Content-Type", "application/json"));
        }

        static Call put(String path, byte[] archive) {
            return new Call(
                    DockerHttpClient.Request.Method.PUT,
                    path,
                    Optional.of(bytes(archive)),
                    Map.of("Content-Type", "application/x-tar"));
        }

        private static Body bytes(byte[] content) {
            return () -> new ByteArrayInputStream(content);
        }

        static Call delete(String path) {
            return new Call(
                    DockerHttpClient.Request.Method.DELETE, path, Optional.empty(), Map.of());
        }
    }

    static String quote(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The whole answer; throws for every status but success and 304 (nothing to do). */
    JsonNode json(Call call, Attempt attempt, Duration deadline) {
        var answer = within(attempt, deadline, () -> whole(call, attempt));
        return isNothing(answer) ? Json.MAPPER.missingNode() : Json.parse(answer);
    }

    /** Podman says OK where Docker says nothing. */
    private static boolean isNothing(byte[] answer) {
        return answer.length == 0
                || (answer.length < 5
                        && new String(answer, StandardCharsets.US_ASCII).strip().equals("OK"));
    }

    JsonNode json(Call call, Attempt attempt) {
        return json(call, attempt, QUICK);
    }

    /** An answer that is read as it comes; the deadline is that of its first byte. */
    Flow open(Call call, Attempt attempt, Duration deadline) {
        return within(attempt, deadline, () -> new Flow(answered(call, attempt)));
    }

    /** An open answer; closing it from another thread ends a read. */
    static final class Flow implements Closeable {
        private final DockerHttpClient.Response response;

        Flow(DockerHttpClient.Response response) {
            this.response = response;
        }

        InputStream body() {
            return response.getBody();
        }

        @Override
        public void close() {
            response.close();
        }
    }

    /** Of the API: 41 for {@code 1.41}. Asked once, and again after the engine was away. */
    int minor() {
        if (minor == 0) {
            var version =
                    within(
                            Attempt.other("ask its version"),
                            QUICK,
                            () -> {
                                try (var response = send("/version", Call.get(""))) {
                                    return Json.parse(body(response));
                                }
                            });
            minor = minor(Json.text(version, "ApiVersion"));
        }
        return minor;
    }

    /** What every path begins with. */
    String version() {
        return "/v1." + minor();
    }

    private static int minor(String version) {
        var parts = version.split("\\.", -1);
        var told =
                parts.length == 2 && parts[1].matches("\\d{1,4}") ? Integer.parseInt(parts[1]) : 0;
        return Math.clamp(told, 1, NEWEST_MINOR);
    }

    private byte[] whole(Call call, Attempt attempt) throws IOException {
        try (var response = answered(call, attempt)) {
            return body(response);
        }
    }

    private static byte[] body(DockerHttpClient.Response response) throws IOException {
        var body = response.getBody().readNBytes(ANSWER_LIMIT + 1);
        if (body.length > ANSWER_LIMIT) {
            throw new IOException("its answer is longer than %d bytes".formatted(ANSWER_LIMIT));
        }
        return body;
    }

    private DockerHttpClient.Response answered(Call call, Attempt attempt) throws IOException {
        var response = send(version() + call.path(), call);
        if (GOOD.contains(response.getStatusCode())) {
            return response;
        }
        try (response) {
            throw attempt.refused(response.getStatusCode(), message(body(response)));
        }
    }

    static String message(byte[] body) {
        var text = new String(body, StandardCharsets.UTF_8);
        if (!text.startsWith("{")) {
            return text;
        }
        var tree = Json.parse(body);
        var message = Json.text(tree, "message");
        return message.isEmpty() ? text : message;
    }

    private DockerHttpClient.Response send(String path, Call call) throws IOException {
        var request =
                DockerHttpClient.Request.builder()
                        .method(call.method())
                        .path(path)
                        .putHeader("Connection", "close")
                        .putAllHeaders(call.headers());
        if (call.body().isEmpty()) {
            return client.execute(request.build());
        }
        try (var body = call.body().get().open()) {
            return client.execute(request.body(body).build());
        }
    }

    <T> T within(Attempt attempt, Duration deadline, Callable<T> work) {
        if (threads.isShutdown()) {
            throw new EngineException(Kind.CANCELLED, "cancelled: " + attempt.what());
        }
        var task = threads.submit(work);
        try {
            return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new EngineException(
                    Kind.SLOW,
                    "cannot %s: the engine at %s did not answer within %d s"
                            .formatted(attempt.what(), address, deadline.toSeconds()),
                    e);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.CANCELLED, "cancelled: " + attempt.what(), e);
        } catch (ExecutionException e) {
            throw failed(attempt, e.getCause() == null ? e : e.getCause());
        }
    }

    private RuntimeException failed(Attempt attempt, Throwable cause) {
        if (cause instanceof EngineException known) {
            return known;
        }
        minor = 0;
        var root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof AccessDeniedException || mentions(root, "Permission denied")) {
            return new EngineException(
                    Kind.FORBIDDEN,
                    "cannot %s: this user may not use the engine at %s (is it in the socket's group?)"
                            .formatted(attempt.what(), address),
                    cause);
        }
        return new EngineException(
                Kind.ABSENT,
                "cannot %s: no engine answers at %s (%s)"
                        .formatted(attempt.what(), address, root.getMessage()),
                cause);
    }

    private static boolean mentions(Throwable failure, String words) {
        return String.valueOf(failure.getMessage()).contains(words);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            client.close();
        } catch (IOException e) {
            throw new EngineException(Kind.OTHER, "cannot close the connections to " + address, e);
        }
    }
}
