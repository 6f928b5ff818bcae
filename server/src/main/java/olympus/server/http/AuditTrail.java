package olympus.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.foundation.Clock;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UriUtils;

/**
 * Appends every authenticated request that changes something to the {@link AuditStream}, with how
 * it ended. What another server carried out stands there already, from that server; what a role did
 * not allow is told by {@link Refusals}.
 */
final class AuditTrail extends OncePerRequestFilter {

    private static final Set<String> CHANGING = Set.of("PUT", "POST", "DELETE", "PATCH");

    /** Asks what an apply would do, and changes nothing. */
    private static final Pattern PLANNING = Pattern.compile(Api.V1 + "/stacks/[^/]+/plan");

    private static final Pattern UNREADABLE = Pattern.compile("[\\p{Cc}\\uFFFD]");

    /** Attribute of a request: what shall stand in its entry beside what the path says. */
    static final String DETAIL = AuditTrail.class.getName() + ".detail";

    /** Attribute of a request: it stands in the stream already, or is counted there. */
    static final String TOLD = AuditTrail.class.getName() + ".told";

    private final AuditStream stream;
    private final Clock clock;

    AuditTrail(AuditStream stream, Clock clock) {
        this.stream = stream;
        this.clock = clock;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !CHANGING.contains(request.getMethod())
                || (request.getMethod().equals("POST")
                        && PLANNING.matcher(request.getRequestURI()).matches());
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
        try {
            chain.doFilter(request, response);
            status = response.getStatus();
        } finally {
            // What escapes the chain becomes an internal error further out; the change may be made.
            record(request, status);
        }
    }

    private void record(HttpServletRequest request, int status) {
        var caller = Caller.of(request);
        var here = request.getAttribute(LeaderForwarding.NOT_HERE) == null;
        var told = request.getAttribute(TOLD) != null;
        if (here && !told && !caller.equals(Caller.NOBODY)) {
            var detail = Optional.ofNullable(request.getAttribute(DETAIL)).map(Object::toString);
            stream.append(entry(request, clock.wall(), status, detail));
        }
    }

    static AuditEntry entry(
            HttpServletRequest request, Instant at, int status, Optional<String> detail) {
        var caller = Caller.of(request);
        return new AuditEntry(
                at,
                caller.name(),
                caller.from(),
                request.getMethod(),
                readable(request.getRequestURI()),
                subject(request.getRequestURI()),
                status,
                detail);
    }

    /**
     * {@code /api/v1/services/first/web/stop} is about {@code first/web}, {@code
     * /api/v1/stacks/first/secrets/password} about the secret {@code first/password}.
     */
    static String subject(String path) {
        var parts = path.split("/");
        if (parts.length < 5) {
            return "";
        }
        return switch (parts[3]) {
            case "services" ->
                    parts.length > 5
                            ? readable(parts[4]) + "/" + readable(parts[5])
                            : readable(parts[4]);
            case "stacks" ->
                    parts.length > 6 && parts[5].equals("secrets")
                            ? readable(parts[4]) + "/" + readable(parts[6])
                            : readable(parts[4]);
            case "volumes" ->
                    parts.length > 5
                            ? readable(parts[4]) + "/" + readable(parts[5])
                            : readable(parts[4]);
            case "pauses", "nodes", "agent-tokens", "tokens" -> readable(parts[4]);
            default -> "";
        };
    }

    /** Decoded, as a person wrote it; what would break a line or is malformed stays as it came. */
    private static String readable(String encoded) {
        try {
            var plain = UriUtils.decode(encoded, StandardCharsets.UTF_8);
            return UNREADABLE.matcher(plain).find() ? encoded : plain;
        } catch (IllegalArgumentException malformed) {
            return encoded;
        }
    }
}
