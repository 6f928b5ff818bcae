package olympus.server.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.keys.SecretVault;
import olympus.model.state.NodeQuestion;

/**
 * A request with its body read, so that it can be sent on, and again, and carried out here after
 * all. The body is bounded by {@link BodyLimit}, which stands before.
 */
final class ForwardedRequest {

    /** What the API reads of a request, and what says who asks. */
    private static final Set<String> HEADERS =
            Set.of(
                    "Authorization",
                    IfMatch.HEADER,
                    "If-None-Match",
                    "Accept",
                    "Content-Type",
                    EventStreams.LAST_ID,
                    "User-Agent");

    private static final Pattern ASKS_REGISTRIES = Pattern.compile(Api.V1 + "/stacks/[^/]+/images");
    private static final Pattern ASKS_NODES =
            Pattern.compile(Api.V1 + "/(volumes|stats|stacks)(/.*)?");

    private final HttpServletRequest request;
    private final byte[] body;

    private ForwardedRequest(HttpServletRequest request, byte[] body) {
        this.request = request;
        this.body = body;
    }

    static ForwardedRequest read(HttpServletRequest request) throws IOException {
        return new ForwardedRequest(request, request.getInputStream().readAllBytes());
    }

    /** Whether it changes nothing, so that it may be asked twice. */
    boolean isRead() {
        return isRead(request);
    }

    static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    static boolean wantsStream(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Accept")).stream()
                .anyMatch(accept -> accept.contains(Api.SSE));
    }

    /** Method and path, for people. */
    @Override
    public String toString() {
        return request.getMethod() + " " + request.getRequestURI();
    }

    HttpServletRequest original() {
        return request;
    }

    /** At most how many bytes its body has. */
    static long bodyBytes(HttpServletRequest request, long most) {
        var announced = request.getContentLengthLong();
        if (announced < 0) {
            return request.getHeader("Transfer-Encoding") == null ? 0 : most;
        }
        return Math.min(announced, most);
    }

    /**
     * How long the leader may take: what it allows itself, and the way.
     *
     * @param usual what it allows itself where it asks no nodes
     */
    Duration deadline(Duration usual) {
        var path = request.getRequestURI();
        var own = usual;
        if (ASKS_REGISTRIES.matcher(path).matches()) {
            own = new NodeQuestion.Images(List.of()).deadline().plus(NodeAnswers.WAY);
        } else if (ASKS_NODES.matcher(path).matches()) {
            own = new NodeQuestion.ListVolumes().deadline().plus(NodeAnswers.WAY);
        }
        var longer = own.compareTo(usual) > 0 ? own : usual;
        return longer.plus(usual.compareTo(NodeAnswers.WAY) < 0 ? usual : NodeAnswers.WAY);
    }

    /**
     * As it goes to the server at {@code api}.
     *
     * @param by the name of this server
     * @param deadline until the head of the answer has come
     */
    HttpRequest to(String api, String by, SecretVault vault, Duration deadline) {
        var mark = new ForwardedMark(by, request.getRemoteAddr());
        try {
            var copy =
                    HttpRequest.newBuilder(URI.create(withoutSlash(api) + target(request)))
                            .method(
                                    request.getMethod(),
                                    body.length == 0
                                            ? BodyPublishers.noBody()
                                            : BodyPublishers.ofByteArray(body))
                            .timeout(deadline)
                            .header(ForwardedMark.HEADER, mark.sealed(spokenOf(request), vault));
            for (var name : HEADERS) {
                values(name).forEach(value -> copy.header(name, value));
            }
            return copy.build();
        } catch (IllegalArgumentException e) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "%s cannot be sent on to %s: %s".formatted(this, api, e.getMessage()),
                    e);
        }
    }

    private static String withoutSlash(String api) {
        return api.endsWith("/") ? api.substring(0, api.length() - 1) : api;
    }

    private List<String> values(String name) {
        return Optional.ofNullable(request.getHeaders(name))
                .map(Collections::list)
                .map(List::copyOf)
                .orElse(List.of());
    }

    static ForwardedMark.Request spokenOf(HttpServletRequest request) {
        return new ForwardedMark.Request(
                request.getMethod(),
                target(request),
                Optional.ofNullable(request.getHeader("Authorization")).orElse(""));
    }

    private static String target(HttpServletRequest request) {
        var query = request.getQueryString();
        return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
    }

    /** The request as it came, its body to be read again. */
    HttpServletRequest again() {
        return new HttpServletRequestWrapper(request) {
            @Override
            public ServletInputStream getInputStream() {
                return new Kept(new ByteArrayInputStream(body));
            }
        };
    }

    private static final class Kept extends ServletInputStream {
        private final ByteArrayInputStream bytes;

        private Kept(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            return bytes.read(buffer, offset, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("requests are read by threads that may block");
        }
    }
}
