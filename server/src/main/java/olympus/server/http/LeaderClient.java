package olympus.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP client by which this server asks the leader's API, and gives back what that answers. It
 * blocks the thread of the request that is sent on. One watch cuts off answers that do not go on.
 *
 * <p>Limits: {@link #CONNECT} to connect; up to {@link #GATHERED_BYTES} of an answer are gathered
 * before it is given back, so that one that breaks off before is none; a stream from which nothing
 * comes for {@link #STREAM_SILENCE} is ended.
 */
final class LeaderClient implements AutoCloseable {

    static final Duration CONNECT = Duration.ofSeconds(3);
    static final int GATHERED_BYTES = 512 << 10;

    /** The leader sends something at every heartbeat. */
    static final Duration STREAM_SILENCE = EventStreams.HEARTBEAT.multipliedBy(3);

    /** An answer that is waited for is given up when somebody else leads: looked at this often. */
    private static final Duration LOOK = Duration.ofMillis(100);

    /** How long a leader that leads no more has left to answer what may be carried out already. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(LeaderClient.class);
    private static final int BUFFER_BYTES = 16 << 10;

    /** Of one connection (RFC 9110, 7.6.1), or made anew here. */
    private static final Set<String> NOT_GIVEN_BACK =
            Set.of(
                    "connection",
                    "content-length",
                    "keep-alive",
                    "proxy-authenticate",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private final String self;
    private final HttpClient client;
    private final ScheduledThreadPoolExecutor watch;

    /** How sending a request on ended. */
    sealed interface Outcome {
        /** The answer was given back. */
        record Answered() implements Outcome {}

        /** It reached nobody who would have carried it out. */
        record NotCarriedOut(String why) implements Outcome {}

        /** It was sent, and whether it was carried out is not known. */
        record Unknown(String why) implements Outcome {}
    }

    /**
     * @param self name of this server
     */
    LeaderClient(String self, List<X509Certificate> trust) {
        this.self = self;
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .sslContext(trusting(trust))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
        watch =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("forward-watch").factory());
        watch.setRemoveOnCancelPolicy(true);
    }

    private static SSLContext trusting(List<X509Certificate> trust) {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var number = 0; number < trust.size(); number++) {
                store.setCertificateEntry("authority-" + number, trust.get(number));
            }
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new OlympusException(
                    ErrorCode.INTERNAL, "the authorities of the API cannot be used: " + e, e);
        }
    }

    /**
     * Sends {@code request} and gives the answer back in {@code response}.
     *
     * @param left until the whole answer has come; a stream's head
     * @param moved whether somebody else leads by now
     * @throws IOException when the client has gone, or the leader after part of its answer was
     *     given back already
     */
    Outcome ask(
            HttpRequest request, Duration left, BooleanSupplier moved, HttpServletResponse response)
            throws IOException {
        var end = System.nanoTime() + left.toNanos();
        var coming = client.sendAsync(request, BodyHandlers.ofInputStream());
        HttpResponse<InputStream> answer;
        try {
            var isRead = Set.of("GET", "HEAD").contains(request.method());
            answer = await(coming, isRead ? Duration.ZERO : LAST_WORDS, end, moved);
        } catch (TimeoutException e) {
            coming.cancel(true);
            return new Outcome.Unknown("it has not answered in time");
        } catch (InterruptedException e) {
            coming.cancel(true);
            Thread.currentThread().interrupt();
            return new Outcome.Unknown("this server is stopping");
        } catch (ExecutionException e) {
            return failed(e.getCause() == null ? e : e.getCause());
        }
        try (var body = answer.body()) {
            if (answer.headers().firstValue(LeaderForwarding.NOT_LEADING).isPresent()) {
                return new Outcome.NotCarriedOut("it does not lead any more");
            }
            return isStream(answer)
                    ? stream(answer, body, response)
                    : whole(answer, body, end, response);
        }
    }

    private static HttpResponse<InputStream> await(
            CompletableFuture<HttpResponse<InputStream>> coming,
            Duration lastWords,
            long end,
            BooleanSupplier moved)
            throws InterruptedException, ExecutionException, TimeoutException {
        var until = end;
        while (true) {
            var look = Math.min(LOOK.toNanos(), until - System.nanoTime());
            try {
                return coming.get(Math.max(0, look), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (until - System.nanoTime() <= 0) {
                    throw e;
                }
                if (moved.getAsBoolean()) {
                    until = Math.min(until, System.nanoTime() + lastWords.toNanos());
                }
            }
        }
    }

    private static Outcome failed(Throwable why) {
        return switch (why) {
            case ConnectException e -> new Outcome.NotCarriedOut("it cannot be reached");
            case HttpConnectTimeoutException e -> new Outcome.NotCarriedOut("it cannot be reached");
            case SSLHandshakeException e ->
                    new Outcome.NotCarriedOut("its certificate is not right: " + e.getMessage());
            case IOException e -> new Outcome.Unknown("the connection to it broke: " + e);
            default -> throw new IllegalStateException("a request was not sent on: " + why, why);
        };
    }

    private static boolean isStream(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Type").orElse("").startsWith(Api.SSE);
    }

    private Outcome whole(
            HttpResponse<?> answer, InputStream body, long end, HttpServletResponse response)
            throws IOException {
        var gathered = new ByteArrayOutputStream();
        try (var cut = new CutOff(body)) {
            boolean ended;
            try {
                cut.after(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
                ended = cut.copy(gathered, GATHERED_BYTES);
            } catch (IOException e) {
                return new Outcome.Unknown("its answer broke off: " + e.getMessage());
            }
            head(answer, response);
            if (ended) {
                length(answer, gathered.size(), response);
            }
            gathered.writeTo(response.getOutputStream());
            if (!ended) {
                cut.copy(response.getOutputStream(), Long.MAX_VALUE);
            }
        }
        response.flushBuffer();
        return new Outcome.Answered();
    }

    private static void length(HttpResponse<?> answer, int bytes, HttpServletResponse response) {
        if (answer.request().method().equals("HEAD")) {
            answer.headers()
                    .firstValueAsLong("Content-Length")
                    .ifPresent(response::setContentLengthLong);
        } else if (bytes > 0) {
            response.setContentLength(bytes);
        }
    }

    /** Goes on until either side ends it. What broke off between two events ends with a word. */
    private Outcome stream(HttpResponse<?> answer, InputStream body, HttpServletResponse response)
            throws IOException {
        head(answer, response);
        response.flushBuffer();
        var out = response.getOutputStream();
        var buffer = new byte[BUFFER_BYTES];
        var betweenEvents = true;
        try (var cut = new CutOff(body)) {
            while (true) {
                int count;
                try {
                    cut.after(STREAM_SILENCE);
                    count = cut.read(buffer);
                } catch (IOException e) {
                    brokeOff(out, betweenEvents, e);
                    return new Outcome.Answered();
                }
                if (count < 0) {
                    return new Outcome.Answered();
                }
                out.write(buffer, 0, count);
                out.flush();
                betweenEvents =
                        buffer[count - 1] == '\n' && (count < 2 || buffer[count - 2] == '\n');
            }
        }
    }

    private static void brokeOff(OutputStream out, boolean betweenEvents, IOException why)
            throws IOException {
        if (!betweenEvents) {
            throw why;
        }
        EventStreams.lastWords(
                out, "the leader, which this stream came from, went away; ask again to go on");
    }

    private void head(HttpResponse<?> answer, HttpServletResponse response) {
        response.setStatus(answer.statusCode());
        response.setHeader("Via", "1.1 " + self);
        answer.headers()
                .map()
                .forEach((name, values) -> {
                    if (!name.startsWith(":")
                            && !NOT_GIVEN_BACK.contains(name.toLowerCase(Locale.ROOT))) {
                        response.setHeader(name, values.getFirst());
                        values.stream().skip(1).forEach(value -> response.addHeader(name, value));
                    }
                });
    }

    /** Closes what is read when nothing has come in time, which ends the wait of the reader. */
    private final class CutOff implements AutoCloseable {

        private final InputStream body;
        private @Nullable Future<?> cutting;
        private volatile boolean happened;

        CutOff(InputStream body) {
            this.body = body;
        }

        void after(Duration time) throws IOException {
            close();
            try {
                cutting = watch.schedule(this::cut, time.toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                throw new IOException("this server is stopping", e);
            }
        }

        private void cut() {
            happened = true;
            try {
                body.close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("an answer of the leader did not close");
            }
        }

        int read(byte[] buffer) throws IOException {
            var count = body.read(buffer);
            if (happened) {
                throw new IOException("nothing more came in time");
            }
            return count;
        }

        /** Copies until the end, or beyond {@code most}; whether the end was reached. */
        boolean copy(OutputStream to, long most) throws IOException {
            var buffer = new byte[BUFFER_BYTES];
            for (var copied = 0L; copied < most; ) {
                var count = read(buffer);
                if (count < 0) {
                    return true;
                }
                to.write(buffer, 0, count);
                copied += count;
            }
            return false;
        }

        @Override
        public void close() {
            if (cutting != null) {
                cutting.cancel(false);
            }
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        watch.shutdownNow();
    }
}
