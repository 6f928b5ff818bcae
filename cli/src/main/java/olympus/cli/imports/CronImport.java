package olympus.cli.imports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.cli.cron.CronSchedule;
import olympus.cli.cron.CronTable;

/** Crontabs as the {@code schedules:} and {@code pipelines:} that a later version will run. */
public final class CronImport {

    private static final int MAX_FILE = 1 << 20;
    private static final Pattern PERIOD = Pattern.compile("cron\\.(hourly|daily|weekly|monthly)");
    private static final Pattern WRAPPER =
            Pattern.compile(
                    "test|\\[|nice|ionice|flock|timeout|env|sudo|bash|sh|exec|-.*|[0-9]*|.*=.*|\\W*");
    private static final String INPUT_END = "OLYMPUS_INPUT";

    private final ZoneId zone;
    private final ImportNames names = new ImportNames();
    private final List<String> schedules = new ArrayList<>();
    private final List<String> pipelines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private CronImport(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * @param path a crontab, a folder of them such as {@code cron.d}, or of programs such as {@code
     *     cron.daily}
     * @param owner whose table it is; empty: told by the path, else a system table with a column
     *     for the user
     */
    public static Draft of(Path path, Optional<String> owner, ZoneId zone) throws IOException {
        if (!Files.exists(path)) {
            throw new ImportRefusal("there is no file or folder " + path);
        }
        var made = new CronImport(zone);
        if (Files.isDirectory(path)) {
            try (var entries = Files.list(path)) {
                for (var file : entries.sorted().toList()) {
                    made.entry(file, owner);
                }
            }
        } else {
            made.table(path, owner);
        }
        if (made.schedules.isEmpty()) {
            throw new ImportRefusal(
                    "%s has no line that Olympus could schedule%s"
                            .formatted(
                                    path,
                                    made.notes.isEmpty()
                                            ? ""
                                            : ": " + String.join("; ", made.notes)));
        }
        return new Draft(Map.of("schedules.yaml", made.text(path)), made.notes);
    }

    private void entry(Path file, Optional<String> owner) throws IOException {
        var name = String.valueOf(file.getFileName());
        var period = PERIOD.matcher(folderName(file));
        if (!Files.isRegularFile(file) || name.startsWith(".")) {
            return;
        }
        if (!name.matches("[A-Za-z0-9_-]+")) {
            notes.add(file + ": cron ignores it for its name, so it is left out here too");
        } else if (period.matches()) {
            if (Files.isExecutable(file)) {
                var fields = CronSchedule.parse("@" + period.group(1)).orElseThrow().fields();
                add(
                        file
                                + ": run-parts runs it "
                                + period.group(1)
                                + ", at the time in /etc/crontab",
                        name,
                        fields,
                        file.toAbsolutePath().toString());
            } else {
                notes.add(
                        file
                                + ": not executable, so run-parts skips it, and it is left out here too");
            }
        } else {
            table(file, owner);
        }
    }

    private void table(Path file, Optional<String> owner) throws IOException {
        if (Files.size(file) > MAX_FILE) {
            throw new ImportRefusal(
                    "%s has %d bytes; a crontab has at most %d"
                            .formatted(file, Files.size(file), MAX_FILE));
        }
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        var table = CronTable.parse(text, owner.or(() -> ownerByPath(file)));
        for (var fault : table.faults()) {
            notes.add(
                    "%s:%d: cron cannot use the line: %s"
                            .formatted(file, fault.line(), fault.reason()));
        }
        if (table.endsWithinLine()) {
            notes.add(file + ": the last line has no line end, for which cron ignores it");
        }
        table.jobs().forEach(job -> job(file, job));
    }

    private static Optional<String> ownerByPath(Path file) {
        return folderName(file).equals("crontabs")
                ? Optional.of(String.valueOf(file.getFileName()))
                : Optional.empty();
    }

    private static String folderName(Path file) {
        var folder = file.toAbsolutePath().normalize().getParent();
        return folder == null ? "" : String.valueOf(folder.getFileName());
    }

    private void job(Path file, CronTable.Job job) {
        var place = "%s:%d".formatted(file, job.line());
        var schedule = CronSchedule.parse(job.schedule()).orElseThrow();
        if (schedule.atBoot()) {
            notes.add(
                    "%s: @reboot is no time; make it a service, or a unit: %s"
                            .formatted(place, job.command()));
            return;
        }
        var said = new ArrayList<String>();
        if (!job.user().equals("root")) {
            said.add("cron runs it as " + job.user());
        }
        var mail = job.environment().getOrDefault("MAILTO", "");
        if (!mail.isEmpty()) {
            said.add("its output was mailed to " + mail + "; name a contact instead");
        }
        add(
                place + (said.isEmpty() ? "" : ": " + String.join("; ", said)),
                name(job.command()),
                schedule.fields(),
                script(job));
    }

    /** Settings that the shell of a step would not have, the command, and its input. */
    private static String script(CronTable.Job job) {
        var script = new StringBuilder();
        job.environment()
                .forEach((name, value) -> {
                    if (!name.equals("MAILTO") && !name.equals("SHELL")) {
                        script.append(
                                "export %s='%s'\n".formatted(name, value.replace("'", "'\\''")));
                    }
                });
        script.append(job.command());
        job.input()
                .ifPresent(input ->
                        script.append(" <<'%s'\n%s\n%s".formatted(INPUT_END, input, INPUT_END)));
        return script.toString();
    }

    /** From the program's name, or what it runs when it is a mere wrapper. */
    private static String name(String command) {
        var words = command.replaceAll("\\bcd\\s+\\S+", "").split("[\\s;&|(){}]+");
        for (var word : words) {
            var last = word.substring(word.lastIndexOf('/') + 1);
            if (!WRAPPER.matcher(last).matches()) {
                return last.replaceFirst("\\.(sh|py|pl|bash)$", "");
            }
        }
        return "job";
    }

    private void add(String comment, String wanted, String fields, String script) {
        var name = names.next(wanted);
        schedules.add("  " + YamlWords.comment(comment));
        schedules.add(
                "  %s: { cron: \"%s\", timezone: %s, pipeline: %s, overlap: forbid }"
                        .formatted(name, fields, YamlWords.text(zone.getId()), name));
        pipelines.add(
                "  %s: { steps: [ { name: run, run: %s } ] }"
                        .formatted(name, YamlWords.text(script)));
    }

    private String text(Path from) {
        var lines = new ArrayList<String>();
        lines.add("# Written by: olympus import cron " + from);
        lines.add("#");
        lines.add(
                "# This version of Olympus does not run schedules yet, and does not read this file: leave cron as it is.");
        lines.add("# Once it does, these sections belong into an olympus.yaml. Then remember:");
        lines.add(
                "#  - a step runs in bash and ends at the first command that fails; cron used /bin/sh and went on;");
        lines.add(
                "#  - cron starts a second run beside one that still runs; overlap: forbid does not.");
        for (var note : notes) {
            lines.add(YamlWords.comment("not carried over: " + note));
        }
        lines.add("schedules:");
        lines.addAll(schedules);
        lines.add("pipelines:");
        lines.addAll(pipelines);
        return String.join("\n", lines) + "\n";
    }
}
