package olympus.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Checks {@code Authorization: Bearer TOKEN} (RFC 6750); a wrong one is answered here, a missing
 * one by the entry point.
 */
final class BearerTokens extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(BearerTokens.class);
    private static final String SCHEME = "Bearer ";
    static final String CHALLENGE = "Bearer realm=\"olympus\"";

    private final Function<String, Optional<String>> nameOfToken;
    private final FailedLogins failures;

    /**
     * @param nameOfToken the name of a right token, empty for a wrong one
     */
    BearerTokens(Function<String, Optional<String>> nameOfToken, FailedLogins failures) {
        this.nameOfToken = nameOfToken;
        this.failures = failures;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader("Authorization");
        if (header == null) {
            chain.doFilter(request, response);
            return;
        }
        var name =
                header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                        ? nameOfToken.apply(header.substring(SCHEME.length()).strip())
                        : Optional.<String>empty();
        if (name.isEmpty()) {
            refuse(request, response);
            return;
        }
        var caller = new Caller(name.get(), request.getRemoteAddr());
        caller.attachTo(request);
        SecurityContextHolder.setContext(
                new SecurityContextImpl(
                        UsernamePasswordAuthenticationToken.authenticated(
                                caller, "", List.of(new SimpleGrantedAuthority("ROLE_ADMIN")))));
        try {
            chain.doFilter(request, response);
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var source = request.getRemoteAddr();
        var wait = failures.failed(source);
        if (wait.isPresent()) {
            var seconds = Math.max(1, wait.get().toSeconds() + 1);
            Problem.of(
                            ErrorCode.RATE_LIMITED,
                            "too many wrong tokens from %s; try again in %d s with the right one"
                                    .formatted(source, seconds),
                            Map.of("Retry-After", Long.toString(seconds)))
                    .write(response);
            return;
        }
        LOG.atWarn()
                .addKeyValue("source", source)
                .addKeyValue("method", request.getMethod())
                .addKeyValue("path", request.getRequestURI())
                .log("wrong token");
        Problem.of(
                        ErrorCode.UNAUTHENTICATED,
                        "%s %s: this token is not known; the one of this server stands in its data folder, in admin.token"
                                .formatted(request.getMethod(), request.getRequestURI()),
                        Map.of("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\""))
                .write(response);
    }
}
