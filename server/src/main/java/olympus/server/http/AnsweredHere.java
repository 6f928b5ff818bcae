package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.hermes.Reads;

/**
 * Which requests a server answers itself although another leads: what is about its own process,
 * what it asks the agents (to each of which every server is connected), and what the caller wants
 * to know from this very server.
 */
final class AnsweredHere {

    /** Parameter of a query: what this server itself knows is wanted, with or without a leader. */
    static final String STALE = "stale";

    /** Header of answers that are what this server itself knows: up to this revision, or more. */
    static final String REVISION = "Olympus-Revision";

    /**
     * Header of answers that are what this server itself knows, while it knows no leader: how many
     * seconds ago that was all there was.
     */
    static final String AGE = "Age";

    private static final Pattern OWN_READS =
            Pattern.compile(
                    Api.V1
                            + "/(openapi\\.json|doctor|snapshot|servers(/.*)?|services/[^/]+/[^/]+/logs|exec/.*)");
    private static final Pattern OWN_POSTS =
            Pattern.compile(
                    Api.V1 + "/(services/[^/]+/[^/]+/exec|fleet/exec|servers/join|enrolments)");
    private static final Pattern PAUSES = Pattern.compile(Api.V1 + "/pauses/[^/]+");

    private static final String KNOWN_HERE = AnsweredHere.class.getName() + ".known-here";

    private AnsweredHere() {}

    /** Has a request answered from what this server knows at this moment, and the answer say so. */
    static void fromWhatIsKnown(
            HttpServletRequest request, HttpServletResponse response, Backend backend) {
        var status = backend.hermes().status();
        var stale = backend.hermes().stale();
        request.setAttribute(KNOWN_HERE, stale);
        response.setHeader(REVISION, Long.toString(stale.revision()));
        status.asOf()
                .map(asOf -> Duration.between(asOf, backend.clock().wall()).toSeconds())
                .ifPresent(age -> response.setHeader(AGE, Long.toString(Math.max(0, age))));
    }

    /** What a request reads from: the island's store as of now, or what this server knows of it. */
    static Reads reads(HttpServletRequest request, Backend backend) {
        return request.getAttribute(KNOWN_HERE) instanceof Reads known ? known : backend.hermes();
    }

    /** Whoever leads. */
    static boolean always(HttpServletRequest request) {
        var path = path(request);
        if (!path.startsWith(Api.V1 + "/")) {
            return true;
        }
        return ForwardedRequest.isRead(request)
                ? OWN_READS.matcher(path).matches() || isStaleEnough(request)
                : request.getMethod().equals("POST") && OWN_POSTS.matcher(path).matches();
    }

    /** While nobody leads: what can be told, and pauses, for which the agents are told first. */
    static boolean withoutLeader(HttpServletRequest request) {
        return ForwardedRequest.isRead(request) || PAUSES.matcher(path(request)).matches();
    }

    static boolean isStaleEnough(HttpServletRequest request) {
        return Arrays.stream(Optional.ofNullable(request.getQueryString()).orElse("").split("&"))
                .anyMatch(pair -> pair.equals(STALE) || pair.equals(STALE + "=true"));
    }

    /** As the container understood it: decoded, without dots. */
    private static String path(HttpServletRequest request) {
        var more = request.getPathInfo();
        return more == null ? request.getServletPath() : request.getServletPath() + more;
    }
}
