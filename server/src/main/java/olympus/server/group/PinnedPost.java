package olympus.server.group;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One request of a newcomer to a server's API, which it knows by its token and by nothing else.
 *
 * <p>Limits: {@link #DEADLINE}, an answer of {@link #MAX_ANSWER_BYTES}.
 *
 * @param doing what is attempted, as error messages name it, e.g. {@code join}
 */
public record PinnedPost(URI address, JoinToken token, String doing) {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Sends {@code body} to {@code path} and reads the answer as {@code type}. */
    public <A> A send(String path, Object body, Class<A> type) {
        var request =
                HttpRequest.newBuilder(address.resolve(path))
                        .timeout(DEADLINE)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                        .build();
        try (var client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(DEADLINE)
                        .sslContext(trusting())
                        .build()) {
            var answer = client.send(request, BodyHandlers.ofInputStream());
            try (var in = answer.body()) {
                var content = in.readNBytes(MAX_ANSWER_BYTES);
                if (answer.statusCode() / 100 != 2) {
                    throw refused(answer.statusCode(), content);
                }
                return JSON.readValue(content, type);
            }
        } catch (ConnectException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot %s at %s: nothing answers there; is that the API's address of a server that runs, and may this machine reach it?"
                            .formatted(doing, address),
                    e);
        } catch (IOException | JacksonException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot %s at %s: %s".formatted(doing, address, rootMessage(e)),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE, "interrupted while it was to " + doing, e);
        }
    }

    private OlympusException refused(int status, byte[] content) {
        JsonNode problem;
        try {
            problem = JSON.readTree(content);
        } catch (JacksonException notJson) {
            problem = JSON.createObjectNode();
        }
        return new OlympusException(
                ErrorCode.FORBIDDEN,
                "the server at %s does not let this one %s: %s"
                        .formatted(
                                address,
                                doing,
                                problem.path("detail").asString("HTTP status " + status)));
    }

    private static String rootMessage(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private SSLContext trusting() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PinnedAuthority(token)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
