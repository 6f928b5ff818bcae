package olympus.cli.discover;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.cli.cron.CronTable;

/**
 * The texts of all that cron and enabled systemd timers run: the command, and the scripts and
 * environment files that it names.
 */
final class ScheduledTexts {

    private static final List<String> UNIT_FOLDERS =
            List.of(
                    "/etc/systemd/system", "/usr/local/lib/systemd/system",
                    "/usr/lib/systemd/system", "/lib/systemd/system");

    private static final Pattern FILE = Pattern.compile("(?<![\\w.:/-])(/[^\\s\"'`;|&<>()$*]+)");
    private static final Pattern SETTINGS = Pattern.compile("(?m)^\\s*EnvironmentFile=-?(\\S+)");
    private static final Pattern STARTS = Pattern.compile("(?m)^\\s*Unit=(\\S+)");
    private static final Pattern RUNS =
            Pattern.compile("(?m)^\\s*(?:ExecStart|ExecStartPre|ExecStartPost|Environment)=.*$");
    private static final Pattern CONTINUED = Pattern.compile("\\\\\n\\s*");

    private final FileTree tree;
    private final List<Text> texts = new ArrayList<>();

    ScheduledTexts(FileTree tree) {
        this.tree = tree;
    }

    /** A command with everything that it names, and where the command stands. */
    record Text(String place, String text) {}

    List<Text> all() {
        table(tree.at(CronSource.SYSTEM_TABLE), Optional.empty());
        tree.entries(tree.at(CronSource.SYSTEM_FOLDER)).stream()
                .filter(file -> CronSource.takenUp(String.valueOf(file.getFileName())))
                .forEach(file -> table(file, Optional.empty()));
        CronSource.USER_TABLES.stream()
                .flatMap(folder -> tree.entries(tree.at(folder)).stream())
                .forEach(file -> table(file, Optional.of(String.valueOf(file.getFileName()))));
        for (var period : CronSource.PERIODS) {
            tree.entries(tree.at("/etc/cron." + period)).stream()
                    .filter(file -> CronSource.takenUp(String.valueOf(file.getFileName())))
                    .filter(Files::isExecutable)
                    .forEach(file -> add(tree.name(file), "", List.of(tree.name(file))));
        }
        enabledTimers().forEach(this::timer);
        return List.copyOf(texts);
    }

    private void table(Path file, Optional<String> owner) {
        if (!Files.isRegularFile(file)) {
            return;
        }
        var text = tree.text(file);
        if (text.isEmpty()) {
            return;
        }
        for (var job : CronTable.parse(text.get(), owner).jobs()) {
            var settings = new StringBuilder();
            job.environment()
                    .forEach((name, value) ->
                            settings.append(name).append("='").append(value).append("'\n"));
            add(
                    "%s:%d".formatted(tree.name(file), job.line()),
                    settings + job.command(),
                    files(job.command()));
        }
    }

    private Set<String> enabledTimers() {
        var enabled = new LinkedHashSet<String>();
        for (var folder : tree.entries(tree.at("/etc/systemd/system"))) {
            if (String.valueOf(folder.getFileName()).endsWith(".wants")) {
                tree.entries(folder).stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> name.endsWith(".timer"))
                        .forEach(enabled::add);
            }
        }
        return enabled;
    }

    private void timer(String timer) {
        var starts = STARTS.matcher(unit(timer).orElse(""));
        var service = starts.find() ? starts.group(1) : timer.replaceFirst("timer$", "service");
        var text = unit(service).map(unit -> CONTINUED.matcher(unit).replaceAll(" "));
        if (text.isEmpty()) {
            return;
        }
        var commands = new StringBuilder();
        var runs = RUNS.matcher(text.get());
        while (runs.find()) {
            var line = runs.group().strip();
            commands.append(
                            line.startsWith("Environment=")
                                    ? line.replaceFirst("Environment=", "").replace("\"", "")
                                    : line.replaceFirst("^\\w+=[-@:+!]*", ""))
                    .append('\n');
        }
        var named = new ArrayList<>(files(commands.toString()));
        var settings = SETTINGS.matcher(text.get());
        while (settings.find()) {
            named.addFirst(settings.group(1));
        }
        add(service, commands.toString(), named);
    }

    /** Of a template's instance, the template. */
    private Optional<String> unit(String name) {
        for (var candidate : List.of(name, name.replaceFirst("@[^.]*\\.", "@."))) {
            for (var folder : UNIT_FOLDERS) {
                var file = tree.at(folder + "/" + candidate);
                if (Files.isRegularFile(file)) {
                    return tree.text(file);
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> files(String command) {
        var files = new ArrayList<String>();
        var matcher = FILE.matcher(command);
        while (matcher.find()) {
            files.add(matcher.group(1));
        }
        return files;
    }

    private void add(String place, String command, List<String> named) {
        var text = new StringBuilder(command).append('\n');
        named.stream()
                .distinct()
                .map(tree::at)
                .filter(this::isScript)
                .forEach(file ->
                        tree.text(file).ifPresent(script -> text.append(script).append('\n')));
        texts.add(new Text(place, text.toString()));
    }

    private boolean isScript(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > FileTree.MAX_FILE) {
                return false;
            }
            try (var in = Files.newInputStream(file)) {
                var start = in.readNBytes(512);
                for (var b : start) {
                    if (b == 0) {
                        return false;
                    }
                }
                return true;
            }
        } catch (java.io.IOException e) {
            tree.note(tree.name(file) + ": this user may not read it");
            return false;
        }
    }
}
