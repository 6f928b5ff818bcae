package olympus.cli;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import olympus.cli.discover.Discovery;
import olympus.cli.discover.Finding;
import olympus.cli.discover.Inventory;
import olympus.cli.discover.Survey;

/** A discovery for people: the findings as sentences, then everything seen in tables. */
final class DiscoveryText {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final int WIDEST_COMMAND = 80;
    private static final int MAX_NOTES = 4;

    private final Discovery discovery;
    private final ZoneId zone;

    DiscoveryText(Discovery discovery, ZoneId zone) {
        this.discovery = discovery;
        this.zone = zone;
    }

    void print(PrintStream out) {
        findings(out);
        unseen(out);
        projects(out);
        containers(out);
        storage(out);
        units(out);
        timers(out);
        cron(out);
        listeners(out);
        repositories(out);
        disks(out);
    }

    private void findings(PrintStream out) {
        if (discovery.findings().isEmpty()) {
            out.println("Nothing is wrong with what could be seen.");
            return;
        }
        out.println(
                discovery.findings().size() == 1
                        ? "1 finding:"
                        : discovery.findings().size() + " findings, worst first:");
        var number = 0;
        for (var finding : discovery.findings()) {
            number++;
            out.println("%3d. %s".formatted(number, sentence(finding)));
        }
    }

    /** What, since when, why it matters, what to do next. */
    private String sentence(Finding finding) {
        var since =
                finding.since()
                        .map(at ->
                                ", since %s (%s)"
                                        .formatted(
                                                Ages.age(at.toString(), discovery.at()),
                                                minute(at)))
                        .orElse("");
        return "[%s] %s%s: %s. Next: %s"
                .formatted(
                        word(finding.severity()),
                        finding.what(),
                        since,
                        finding.why(),
                        finding.next());
    }

    private static String word(Finding.Severity severity) {
        return switch (severity) {
            case BROKEN -> "broken";
            case AT_RISK -> "at risk";
            case ADVICE -> "advice";
        };
    }

    private void unseen(PrintStream out) {
        var told =
                discovery.sources().stream()
                        .filter(source -> source.outcome() != Survey.Outcome.SEEN)
                        .toList();
        if (told.isEmpty()) {
            return;
        }
        out.println();
        out.println("Not seen:");
        for (var source : told) {
            var how =
                    switch (source.outcome()) {
                        case SEEN, PARTLY -> "";
                        case ABSENT -> "not here: ";
                        case FAILED -> "failed: ";
                        case TIMED_OUT -> "gave up: ";
                    };
            source.notes().stream()
                    .limit(MAX_NOTES)
                    .forEach(note ->
                            out.println("  %s: %s%s".formatted(source.source(), how, note)));
            if (source.notes().size() > MAX_NOTES) {
                out.println(
                        "  %s: and %d more (--json tells all)"
                                .formatted(source.source(), source.notes().size() - MAX_NOTES));
            }
        }
    }

    private void projects(PrintStream out) {
        var table = new Table("PROJECT", "SERVICES", "FOLDER", "FILES");
        for (var project : discovery.projects()) {
            table.row(
                    project.name(),
                    String.join(", ", project.services()),
                    project.directory(),
                    String.join(", ", project.files()));
        }
        section(out, "Compose projects", discovery.projects(), table);
    }

    private void containers(PrintStream out) {
        var table = new Table("CONTAINER", "STATE", "RESTARTS", "POLICY", "IMAGE");
        for (var container : discovery.containers()) {
            table.row(
                    container.name(),
                    container.state()
                            + container
                                    .health()
                                    .map(health -> " (%s)".formatted(health.status()))
                                    .orElse(""),
                    Integer.toString(container.restarts()),
                    container.restartPolicy(),
                    container.image());
        }
        section(out, "Containers", discovery.containers(), table);
    }

    private void storage(PrintStream out) {
        var table = new Table("DATA", "KIND", "IN A BACKUP", "USED BY", "PATH");
        for (var place : discovery.storage()) {
            table.row(
                    place.name(),
                    place.kind().name().toLowerCase(Locale.ROOT),
                    place.backedUp().map(named -> named ? "named" : "no").orElse("?"),
                    String.join(", ", place.usedBy()),
                    place.path());
        }
        section(out, "Volumes and folders of containers", discovery.storage(), table);
    }

    /** Of the many services of a system only those that are up for long or in trouble. */
    private void units(PrintStream out) {
        var shown =
                discovery.units().stream()
                        .filter(unit ->
                                !unit.active().equals("inactive") && !unit.sub().equals("exited"))
                        .toList();
        var table = new Table("UNIT", "STATE", "ENABLED", "RESTARTS", "SINCE", "DESCRIPTION");
        for (var unit : shown) {
            table.row(
                    unit.name(),
                    "%s (%s)".formatted(unit.active(), unit.sub()),
                    unit.enabled(),
                    Integer.toString(unit.restarts()),
                    minute(unit.since()),
                    unit.description());
        }
        section(out, "Services of systemd", shown, table);
    }

    private void timers(PrintStream out) {
        var table = new Table("TIMER", "STARTS", "LAST", "RESULT", "NEXT");
        for (var timer : discovery.timers()) {
            table.row(
                    timer.name(),
                    timer.starts(),
                    minute(timer.last()),
                    timer.lastResult().orElse("-"),
                    minute(timer.next()));
        }
        section(out, "Timers", discovery.timers(), table);
    }

    private void cron(PrintStream out) {
        var table = new Table("CRON LINE", "SCHEDULE", "USER", "NEXT", "COMMAND");
        for (var line : discovery.cron()) {
            var command = line.command().lines().findFirst().orElse("");
            table.row(
                    line.place(),
                    line.schedule(),
                    line.user(),
                    minute(line.next()),
                    command.length() <= WIDEST_COMMAND
                            ? command
                            : command.substring(0, WIDEST_COMMAND - 1) + "…");
        }
        section(out, "Cron", discovery.cron(), table);
    }

    private void listeners(PrintStream out) {
        var table = new Table("PORT", "ADDRESS", "REACHED FROM", "PROCESS", "CONTAINER OR UNIT");
        for (var listener : discovery.listeners()) {
            table.row(
                    "%d/%s".formatted(listener.port(), listener.protocol()),
                    listener.address(),
                    reachedFrom(listener),
                    listener.process().orElse("?"),
                    listener.container().or(listener::unit).orElse("-"));
        }
        section(out, "Listening ports", discovery.listeners(), table);
    }

    private static String reachedFrom(Inventory.Listener listener) {
        if (listener.everywhere()) {
            return "everywhere";
        }
        var local = listener.address().startsWith("127.") || listener.address().equals("::1");
        return local ? "this machine" : "its network";
    }

    private void repositories(PrintStream out) {
        var table = new Table("REPOSITORY", "TOOL", "NEWEST", "SNAPSHOTS", "NAMED BY");
        for (var repository : discovery.repositories()) {
            table.row(
                    repository.location(),
                    repository.tool(),
                    newest(repository),
                    repository.snapshots().map(String::valueOf).orElse("-"),
                    repository.namedBy().isEmpty()
                            ? "(found by its files)"
                            : String.join(", ", repository.namedBy()));
        }
        section(out, "Backup repositories", discovery.repositories(), table);
    }

    private String newest(Inventory.Repository repository) {
        return switch (repository.reach()) {
            case LOOKED_INTO ->
                    repository
                            .newest()
                            .map(at -> Ages.age(at.toString(), discovery.at()) + " ago")
                            .orElse("none");
            case MISSING -> "not there";
            case ELSEWHERE -> "elsewhere, not asked";
            case FORBIDDEN -> "may not be read";
        };
    }

    private void disks(PrintStream out) {
        var table = new Table("FILE SYSTEM", "TYPE", "USED", "FREE MiB");
        for (var disk : discovery.disks()) {
            table.row(
                    disk.mountPoint(),
                    disk.type(),
                    disk.used() + "%",
                    Long.toString(disk.freeBytes() >> 20));
        }
        section(out, "Disks", discovery.disks(), table);
    }

    private static void section(PrintStream out, String title, List<?> rows, Table table) {
        if (!rows.isEmpty()) {
            out.println();
            out.println("%s (%d)".formatted(title, rows.size()));
            table.print(out);
        }
    }

    private String minute(Optional<Instant> instant) {
        return instant.map(this::minute).orElse("-");
    }

    private String minute(Instant instant) {
        return MINUTE.format(instant.atZone(zone));
    }
}
