package olympus.server;

import static olympus.server.http.DoctorCheck.failed;
import static olympus.server.http.DoctorCheck.ok;
import static olympus.server.http.DoctorCheck.warning;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.foundation.Clock;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.hermes.MemberReport;
import olympus.server.group.GroupHealth;
import olympus.server.group.ServerRecord;
import olympus.server.group.Servers;
import olympus.server.http.DoctorCheck;

/** What doctor says of the island's servers: how each is, and what it would mean to lose it. */
final class GroupChecks {

    /** A lone write takes at least one flush on most servers. */
    private static final Duration SLOW_FLUSH = Duration.ofMillis(100);

    private static final long FAR_BEHIND = 10_000;
    private static final int MEBIBYTE = 1 << 20;

    private final Hermes hermes;
    private final Servers servers;
    private final Clock clock;

    GroupChecks(Hermes hermes, Servers servers, Clock clock) {
        this.hermes = hermes;
        this.servers = servers;
        this.clock = clock;
    }

    List<DoctorCheck> examine() {
        var checks = new ArrayList<DoctorCheck>();
        var health = servers.health();
        if (!health.reports().isEmpty()) {
            servers.shown().forEach(shown -> checks.add(server(shown, health)));
        }
        servers.self()
                .filter(_ -> hermes.status().halted().isPresent())
                .filter(_ -> servers.known().all().size() > 1)
                .ifPresent(self -> checks.add(halted(self)));
        servers.known().all().forEach(server -> certificates(server).ifPresent(checks::add));
        servers.advice()
                .forEach(advice -> checks.add(warning("servers", advice, "olympus servers add")));
        var level = hermes.status().featureLevel();
        if (health.reports().size() > 1 && level < HermesNode.supportedLevel()) {
            checks.add(
                    warning(
                            "feature level",
                            "%d is in use, this version has %d"
                                    .formatted(level, HermesNode.supportedLevel()),
                            "update the other servers, and have all of them run: it rises by itself then"));
        }
        return checks;
    }

    /** It hears nothing from the others any more. */
    private DoctorCheck halted(String self) {
        var voters = servers.known().all().size();
        return failed(
                "server " + self,
                "its store has halted and stands aside, but counts as one of %d servers until it is removed: without it fewer others may fail, and who leads it cannot say"
                        .formatted(voters),
                "mend the store as the check \"store\" says and start it again; or, at another server (%s): olympus servers remove %s, and let it join anew with an empty data folder"
                        .formatted(servers.known().reachedBeside(Optional.of(self)), self));
    }

    private Optional<DoctorCheck> certificates(ServerRecord server) {
        return server.certificatesEnd()
                .map(end -> Duration.between(clock.wall(), end).toDays())
                .filter(days -> days < Doctor.FEW_DAYS)
                .map(days ->
                        warning(
                                "certificates of " + server.member(),
                                days < 0 ? "one has ended" : "one ends in %d days".formatted(days),
                                "they are renewed by themselves while it runs; which one, and what to do, says its own doctor: olympus doctor --address "
                                        + server.api()));
    }

    private DoctorCheck server(Servers.Shown shown, GroupHealth health) {
        var member = shown.server().member();
        var name = "server " + member;
        var loss = "if lost: " + health.without(member);
        if (!shown.voter()) {
            return warning(
                    name,
                    shown.server()
                            .problem()
                            .orElse("it does not count among the servers at present"),
                    "olympus servers");
        }
        var report = health.of(member);
        if (report.isEmpty()) {
            return failed(
                    name,
                    "does not answer the other servers, and counts all the same: %d of %d must answer, %d do"
                            .formatted(health.needed(), health.voting(), health.answering()),
                    "start it again, or see why the servers do not reach each other at %s; whether its store has halted says its own doctor, at %s; if it does not come back: olympus servers remove %s"
                            .formatted(
                                    shown.server().peers().orElse("its address"),
                                    shown.server().api(),
                                    member));
        }
        return answering(name, report.get(), health.behind(member).orElse(0L), loss);
    }

    private DoctorCheck answering(String name, MemberReport report, long behind, String loss) {
        var detail =
                "%s, %s, %d MiB free, %s; %s"
                        .formatted(
                                behind == 0 ? "up to date" : behind + " entries behind",
                                report.disk()
                                        .flushP99()
                                        .map(p99 ->
                                                "flush p99 %.1f ms".formatted(p99.toNanos() / 1e6))
                                        .orElse("nothing flushed yet"),
                                report.disk().usableBytes() / MEBIBYTE,
                                report.lastSnapshot()
                                        .map(at ->
                                                "last snapshot %d min ago"
                                                        .formatted(
                                                                Duration.between(at, clock.wall())
                                                                        .toMinutes()))
                                        .orElse("no snapshot yet"),
                                loss);
        if (report.refused().isPresent()) {
            return failed(
                    name,
                    "takes no writes: " + report.refused().get() + "; " + detail,
                    "remove the cause; writes return by themselves");
        }
        if (report.disk().flushP99().filter(p99 -> p99.compareTo(SLOW_FLUSH) > 0).isPresent()) {
            return warning(name, detail, "its disk is slow to flush: look what else writes to it");
        }
        return behind > FAR_BEHIND
                ? warning(name, detail, "it catches up by itself; if not, look into its log")
                : ok(name, detail);
    }
}
