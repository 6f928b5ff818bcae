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
import olympus.server.tokens.TokenHolder;
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

    private final Function<String, Optional<TokenHolder>> holderOfToken;
    private final FailedLogins failures;

    /**
     * @param holderOfToken whose a right token is, empty for a wrong one
     */
    BearerTokens(Function<String, Optional<TokenHolder>> holderOfToken, FailedLogins failures) {
        this.holderOfToken = holderOfToken;
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
        var holder =
                header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                        ? holderOfToken.apply(header.substring(SCHEME.length()).strip())
                        : Optional.<TokenHolder>empty();
        if (holder.isEmpty()) {
            refuse(request, response);
            return;
        }
        var caller = new Caller(holder.get().name(), request.getRemoteAddr());
        caller.attachTo(request);
        RoleCheck.attach(holder.get(), request);
        SecurityContextHolder.setContext(
                new SecurityContextImpl(
                        UsernamePasswordAuthenticationToken.authenticated(
                                caller,
                                "",
                                List.of(
                                        new SimpleGrantedAuthority(
                                                "ROLE_" + holder.get().role().name())))));
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
                        "%s %s: this token is not known here: it is wrong, was revoked or has ended; the one of this server stands in its data folder, in admin.token"
                                .formatted(request.getMethod(), request.getRequestURI()),
                        Map.of("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\""))
                .write(response);
    }
}
