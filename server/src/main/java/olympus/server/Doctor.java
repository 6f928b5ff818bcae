package olympus.server;

import static olympus.server.http.DoctorCheck.failed;
import static olympus.server.http.DoctorCheck.ok;
import static olympus.server.http.DoctorCheck.warning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import olympus.cli.MachineChecks;
import olympus.foundation.Clock;
import olympus.hermes.Hermes;
import olympus.link.ServerSide;
import olympus.link.keys.Certificates;
import olympus.model.state.NodeSpec;
import olympus.server.group.ServerRecord;
import olympus.server.group.Servers;
import olympus.server.http.DoctorCheck;
import olympus.server.problems.Problems;
import olympus.zeus.ClusterView;

/** Examines the installation itself and what the machine lacks. Reads only, changes nothing. */
final class Doctor {

    static final long FEW_DAYS = 14;

    private final Path dataFolder;
    private final Problems problems;
    private final Clock clock;
    private final Certificates certificates;
    private final Hermes hermes;
    private final Supplier<ClusterView> view;
    private final ServerSide.Agents agents;
    private final Servers servers;

    Doctor(
            Path dataFolder,
            Problems problems,
            Clock clock,
            Certificates certificates,
            Hermes hermes,
            Supplier<ClusterView> view,
            ServerSide.Agents agents,
            Servers servers) {
        this.dataFolder = dataFolder;
        this.problems = problems;
        this.clock = clock;
        this.certificates = certificates;
        this.hermes = hermes;
        this.view = view;
        this.agents = agents;
        this.servers = servers;
    }

    List<DoctorCheck> examine() {
        var checks = new ArrayList<DoctorCheck>();
        new MachineChecks(dataFolder, System.getenv(), clock.wall())
                .examine().stream()
                        .filter(found -> !found.name().equals(MachineChecks.PORTS) || !opensPorts())
                        .forEach(found -> checks.add(check(found)));
        checks.add(store());
        checks.addAll(new GroupChecks(hermes, servers, clock).examine());
        checks.add(agent());
        checks.addAll(certificates());
        problems.all().forEach(problem -> checks.add(warning("server", problem, "")));
        checks.addAll(nodes());
        checks.addAll(pauses());
        return List.copyOf(checks);
    }

    /** Then a port that is taken is its own. */
    private boolean opensPorts() {
        return servers.self()
                .flatMap(servers.known()::find)
                .flatMap(ServerRecord::peers)
                .isPresent();
    }

    private static DoctorCheck check(MachineChecks.Finding found) {
        var status =
                switch (found.status()) {
                    case OK -> DoctorCheck.Status.OK;
                    case WARNING -> DoctorCheck.Status.WARNING;
                    case FAILED -> DoctorCheck.Status.FAILED;
                };
        return new DoctorCheck(found.name(), status, found.detail(), found.remedy());
    }

    private DoctorCheck store() {
        var status = hermes.status();
        if (status.halted().isPresent()) {
            return failed(
                    "store",
                    "halted: " + status.halted().get(),
                    "olympus store verify --data-dir " + dataFolder);
        }
        if (status.writesRefused().isPresent()) {
            return failed(
                    "store",
                    "refuses writes: " + status.writesRefused().get(),
                    "remove the cause; writes return by themselves");
        }
        if (!status.problems().isEmpty()) {
            return warning(
                    "store",
                    String.join("; ", status.problems()),
                    "remove the cause; it is tried again by itself");
        }
        var detail =
                "%s, revision %d, %d keys, log of %d KiB"
                        .formatted(
                                status.role().name().toLowerCase(java.util.Locale.ROOT),
                                status.revision(),
                                status.sizes().entries(),
                                status.sizes().logBytes() >> 10);
        return switch (status.role()) {
            case LEADER -> ok("store", detail);
            case FOLLOWER ->
                    status.leader()
                            .map(leader -> ok("store", detail + ", led by " + leader))
                            .orElseGet(() ->
                                    failed(
                                            "store",
                                            detail
                                                    + "; no server leads, so that nothing can be changed; services run on",
                                            "start the servers that are away; if most are lost for ever: olympus servers recover"));
            case STARTING, CLOSED ->
                    warning("store", detail, "wait; if it stays so, look into the log");
        };
    }

    private DoctorCheck agent() {
        var connected = agents.connected().size();
        return connected > 0
                ? ok("agent", "%d connected".formatted(connected))
                : failed(
                        "agent",
                        "none is connected: orders reach nobody",
                        "restart olympus up; instances go on meanwhile");
    }

    private List<DoctorCheck> certificates() {
        return certificates.expiries(clock.wall()).stream()
                .map(expiry -> {
                    var name = "certificate " + expiry.name();
                    var detail = "%d days left (%s)".formatted(expiry.daysLeft(), expiry.file());
                    if (expiry.daysLeft() < 0) {
                        return failed(
                                name,
                                detail,
                                "check the clock, then restart olympus: it renews what is due");
                    }
                    return expiry.daysLeft() < FEW_DAYS
                            ? warning(
                                    name,
                                    detail,
                                    "it should have been renewed by itself; restart olympus and look into the log")
                            : ok(name, detail);
                })
                .toList();
    }

    private List<DoctorCheck> nodes() {
        var checks = new ArrayList<DoctorCheck>();
        for (var node : view.get().nodes()) {
            node.problems()
                    .forEach(problem -> checks.add(warning("node " + node.name(), problem, "")));
            node.brake()
                    .ifPresent(why ->
                            checks.add(
                                    warning(
                                            "node " + node.name(),
                                            "the brake holds: " + why,
                                            "look for what many checks have in common")));
            if (!node.connected()) {
                checks.add(away(node));
            }
        }
        return checks;
    }

    private static DoctorCheck away(ClusterView.NodeView node) {
        var name = "node " + node.name();
        return node.wanted()
                .withdrawal()
                .filter(order -> order.kind() == NodeSpec.Kind.MAINTENANCE)
                .map(order -> DoctorCheck.ok(name, "not connected, as expected: " + order.words()))
                .orElseGet(
                        () -> failed(name, "not connected", "look whether the agent runs there"));
    }

    private List<DoctorCheck> pauses() {
        return view.get().pauses().stream()
                .map(pause ->
                        warning(
                                "pause",
                                "automatic action is halted for %s by %s since %s"
                                        .formatted(pause.scope(), pause.by(), pause.since()),
                                "olympus resume"))
                .toList();
    }
}
