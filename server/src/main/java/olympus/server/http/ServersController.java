package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.MemberReport;
import olympus.server.group.GroupHealth;
import olympus.server.group.JoinAnswer;
import olympus.server.group.JoinRequest;
import olympus.server.group.ServerRecord;
import olympus.server.group.Servers;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The servers of the island: who they are, letting one in, having one leave or lead. */
@RestController
final class ServersController {

    /** Needs no token of the API: the join token in the body says who may. */
    static final String JOIN = Api.V1 + "/servers/join";

    private final Backend backend;
    private final BroughtTokens brought;

    ServersController(Backend backend, BroughtTokens brought) {
        this.backend = backend;
        this.brought = brought;
    }

    /** Everything that is known of the servers. */
    record ServerList(
            Optional<String> answeredBy, List<ServerEntry> servers, List<String> advice) {}

    /** A server. */
    record ServerEntry(
            String member,
            String name,
            String node,
            String state,
            boolean voter,
            boolean leader,
            Optional<String> peers,
            Optional<String> agents,
            String api,
            String version,
            Optional<Instant> certificatesEnd,
            Instant since,
            Optional<String> problem,
            String ifLost,
            Optional<ServerReport> report) {

        static ServerEntry of(Servers.Shown shown, GroupHealth health) {
            var server = shown.server();
            return new ServerEntry(
                    server.member(),
                    server.name(),
                    server.node().toString(),
                    word(server.state()),
                    shown.voter(),
                    shown.leader(),
                    server.peers(),
                    server.agents(),
                    server.api(),
                    server.version(),
                    server.certificatesEnd(),
                    server.since(),
                    server.problem(),
                    health.without(server.member()),
                    health.of(server.member())
                            .map(report ->
                                    ServerReport.of(
                                            report, health.behind(server.member()).orElse(0L))));
        }

        private static String word(ServerRecord.State state) {
            return state.name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a server said of its store a moment ago. */
    record ServerReport(
            int featureLevel,
            long appliedIndex,
            long behindEntries,
            long logBytes,
            long diskFreeBytes,
            Optional<Double> flushP99Seconds,
            Optional<Instant> lastSnapshot,
            Optional<String> writesRefused) {

        static ServerReport of(MemberReport report, long behind) {
            return new ServerReport(
                    report.supportedLevel(),
                    report.appliedIndex(),
                    behind,
                    report.logBytes(),
                    report.disk().usableBytes(),
                    report.disk().flushP99().map(p99 -> p99.toNanos() / 1e9),
                    report.lastSnapshot(),
                    report.refused());
        }
    }

    /** Shows no token as text. */
    record JoinTokenMade(String token, Instant ends, List<String> advice) {
        @Override
        public String toString() {
            return "JoinTokenMade[" + ends + "]";
        }
    }

    record ServerLeft(String member, String state) {}

    record ServerLeads(String member) {}

    private Servers servers() {
        return backend.island().servers();
    }

    @GetMapping(path = Api.V1 + "/servers", produces = Api.JSON)
    ServerList all() {
        var servers = servers();
        var health = servers.health();
        return new ServerList(
                servers.self(),
                servers.shown().stream().map(shown -> ServerEntry.of(shown, health)).toList(),
                servers.advice(health));
    }

    @PostMapping(path = Api.V1 + "/servers/join-tokens", produces = Api.JSON)
    @ResponseStatus(HttpStatus.CREATED)
    JoinTokenMade token(HttpServletRequest request) {
        var made = servers().admitting().token(Caller.of(request).name());
        return new JoinTokenMade(made.token(), made.ends(), servers().advice());
    }

    @PostMapping(path = JOIN, consumes = Api.JSON, produces = Api.JSON)
    JoinAnswer join(
            @RequestBody JoinRequest body,
            HttpServletRequest request,
            HttpServletResponse response) {
        return brought.guarded(
                request,
                response,
                () -> {
                    var from = request.getRemoteAddr();
                    var answer = servers().admitting().join(body, from);
                    new Caller("server:" + answer.member(), from).attachTo(request);
                    return answer;
                });
    }

    /** One whose machine still has instances goes only when that is said. */
    @DeleteMapping(path = Api.V1 + "/servers/{member}", produces = Api.JSON)
    ServerLeft remove(
            @PathVariable String member, @RequestParam(defaultValue = "false") boolean force) {
        if (!force) {
            requireEmptied(member);
        }
        var server = servers().remove(member);
        return new ServerLeft(server.member(), ServerEntry.word(server.state()));
    }

    /** Its machine is a node by being a server's: no agent of it is taken afterwards. */
    private void requireEmptied(String member) {
        servers()
                .known()
                .find(member)
                .filter(server -> server.state() != ServerRecord.State.LEAVING)
                .flatMap(server ->
                        backend.view().nodes().stream()
                                .filter(node -> node.id().equals(server.node()))
                                .findFirst())
                .filter(node -> EnrolmentsController.running(node) > 0)
                .ifPresent(node -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "%d instances are assigned to node %s, the machine of server %s, which is cut off with it: what can run elsewhere would be started elsewhere after a while, and what runs there goes on by itself. First: olympus node drain %s --wait 10m; or say --force, when the machine is gone or its server is to join anew at once"
                                    .formatted(
                                            EnrolmentsController.running(node),
                                            node.name(),
                                            member,
                                            node.name()));
                });
    }

    @PostMapping(path = Api.V1 + "/servers/{member}/lead", produces = Api.JSON)
    ServerLeads lead(@PathVariable String member) {
        servers().lead(member);
        return new ServerLeads(member);
    }
}
