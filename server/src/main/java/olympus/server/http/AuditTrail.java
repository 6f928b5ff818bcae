package olympus.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import olympus.foundation.Clock;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Appends every authenticated request that changes something to the {@link AuditStream}, with how
 * it ended.
 */
final class AuditTrail extends OncePerRequestFilter {

    private static final Set<String> CHANGING = Set.of("PUT", "POST", "DELETE", "PATCH");

    private final AuditStream stream;
    private final Clock clock;

    AuditTrail(AuditStream stream, Clock clock) {
        this.stream = stream;
        this.clock = clock;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !CHANGING.contains(request.getMethod()) || request.getRequestURI().endsWith("/plan");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        var caller = Caller.of(request);
        if (!caller.equals(Caller.NOBODY)) {
            stream.append(
                    new AuditEntry(
                            clock.wall(),
                            caller.name(),
                            caller.from(),
                            request.getMethod(),
                            request.getRequestURI(),
                            subject(request.getRequestURI()),
                            response.getStatus()));
        }
    }

    /** {@code /api/v1/services/first/web/stop} is about {@code first/web}. */
    static String subject(String path) {
        var parts = path.split("/");
        if (parts.length < 5) {
            return "";
        }
        return switch (parts[3]) {
            case "services" -> parts.length > 5 ? parts[4] + "/" + parts[5] : parts[4];
            case "stacks", "pauses" -> parts[4];
            default -> "";
        };
    }
}
