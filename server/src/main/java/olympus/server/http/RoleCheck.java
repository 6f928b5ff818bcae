package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.server.tokens.Role;
import olympus.server.tokens.TokenHolder;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Refuses a request whose token has a lesser role than its operation needs, before anything of its
 * body is read. Every handler is behind it, by way of another server too: there the token is
 * brought again.
 */
final class RoleCheck implements HandlerInterceptor {

    /** As many holders of tokens are named to whoever was refused. */
    private static final int NAMED = 5;

    private static final String HOLDER = TokenHolder.class.getName();

    private final Function<Role, List<String>> holders;
    private final Refusals refusals;

    /**
     * @param holders the names of the tokens that may do what needs a role
     */
    RoleCheck(Function<Role, List<String>> holders, Refusals refusals) {
        this.holders = holders;
        this.refusals = refusals;
    }

    /** Has the request know whose token it brought. */
    static void attach(TokenHolder holder, HttpServletRequest request) {
        request.setAttribute(HOLDER, holder);
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        pattern(request)
                .filter(pattern -> !pattern.equals(ErrorPage.PATH))
                .flatMap(pattern -> OperationRoles.of(request.getMethod(), pattern))
                .ifPresent(needed -> require(needed, request));
        return true;
    }

    /** Of what no handler stands for there is none, and 404 is answered. */
    private static Optional<String> pattern(HttpServletRequest request) {
        return Optional.ofNullable(
                        request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE))
                .map(Object::toString);
    }

    private void require(Role needed, HttpServletRequest request) {
        if (!(request.getAttribute(HOLDER) instanceof TokenHolder holder)) {
            throw new OlympusException(
                    ErrorCode.UNAUTHENTICATED,
                    "%s %s needs a token".formatted(request.getMethod(), request.getRequestURI()));
        }
        if (holder.role().includes(needed)) {
            return;
        }
        refusals.refused(request, holder, needed);
        throw new OlympusException(
                ErrorCode.FORBIDDEN,
                "%s %s needs the role %s, and token %s has the role %s: nothing was done. Who may: %s. Another token makes whoever is admin: olympus token create --role %s"
                        .formatted(
                                request.getMethod(),
                                request.getRequestURI(),
                                needed.word(),
                                holder.name(),
                                holder.role().word(),
                                who(needed),
                                needed.word()));
    }

    private String who(Role needed) {
        var names = holders.apply(needed);
        var more = names.size() - NAMED;
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (more > 0 ? " and %d more".formatted(more) : "");
    }
}
