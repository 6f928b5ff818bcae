package olympus.cli.cron;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One crontab as cron reads it: its jobs, and the lines that cron cannot use. A pure function of
 * the text.
 *
 * @param faults in the order of their lines
 * @param endsWithinLine whether the last line says something and has no line end, for which cron
 *     ignores it or the whole file
 */
public record CronTable(List<Job> jobs, List<Fault> faults, boolean endsWithinLine) {

    private static final Pattern SETTING =
            Pattern.compile("\\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z_][A-Za-z0-9_]*))\\s*=\\s*(.*)");
    private static final Pattern NICKNAMED = Pattern.compile("(@[A-Za-z]+)[ \\t]+(.*)");
    private static final Pattern TIMED =
            Pattern.compile(
                    "(\\S+[ \\t]+\\S+[ \\t]+\\S+[ \\t]+\\S+[ \\t]+\\S+)[ \\t]+(.*)",
                    Pattern.DOTALL);
    private static final Pattern WITH_USER = Pattern.compile("(\\S+)[ \\t]+(.*)");

    public CronTable {
        jobs = List.copyOf(jobs);
        faults = List.copyOf(faults);
    }

    /**
     * One line that runs something.
     *
     * @param schedule as written, one blank between fields
     * @param command for the shell, with {@code \%} as {@code %}
     * @param input what stands behind the first bare {@code %}: the command's standard input, each
     *     further {@code %} a line end
     * @param environment the settings that stand before the line
     */
    public record Job(
            int line,
            String schedule,
            String user,
            String command,
            Optional<String> input,
            Map<String, String> environment) {
        public Job {
            environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        }
    }

    /** A line that cron cannot use. */
    public record Fault(int line, String text, String reason) {}

    /**
     * @param owner whose table it is; empty for a system table, whose lines name the user
     */
    public static CronTable parse(String text, Optional<String> owner) {
        var jobs = new ArrayList<Job>();
        var faults = new ArrayList<Fault>();
        var environment = new LinkedHashMap<String, String>();
        var lines = text.split("\n", -1);
        for (var i = 0; i < lines.length; i++) {
            var line = lines[i].strip();
            if (!means(line)) {
                continue;
            }
            var setting = SETTING.matcher(line);
            if (setting.matches()) {
                environment.put(name(setting), unquoted(setting.group(4)));
                continue;
            }
            read(i + 1, line, owner, environment, jobs, faults);
        }
        return new CronTable(jobs, faults, means(lines[lines.length - 1]));
    }

    private static boolean means(String line) {
        return !line.isBlank() && !line.strip().startsWith("#");
    }

    private static String name(java.util.regex.Matcher setting) {
        for (var group = 1; group <= 3; group++) {
            if (setting.group(group) != null) {
                return setting.group(group);
            }
        }
        throw new IllegalStateException("a setting without a name");
    }

    private static String unquoted(String value) {
        var text = value.strip();
        var quoted =
                text.length() >= 2
                        && (text.startsWith("\"") || text.startsWith("'"))
                        && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static void read(
            int number,
            String line,
            Optional<String> owner,
            Map<String, String> environment,
            List<Job> jobs,
            List<Fault> faults) {
        var matcher = (line.startsWith("@") ? NICKNAMED : TIMED).matcher(line);
        if (!matcher.matches()) {
            faults.add(new Fault(number, line, "there is no command"));
            return;
        }
        var schedule = matcher.group(1).replaceAll("[ \\t]+", " ");
        if (CronSchedule.parse(schedule).isEmpty()) {
            faults.add(new Fault(number, line, "\"%s\" is no time".formatted(schedule)));
            return;
        }
        var rest = matcher.group(2);
        if (owner.isPresent()) {
            jobs.add(job(number, schedule, owner.get(), rest, environment));
            return;
        }
        var user = WITH_USER.matcher(rest);
        if (!user.matches()) {
            faults.add(
                    new Fault(
                            number,
                            line,
                            "the user is missing: a line of a system table is time, user, command"));
            return;
        }
        jobs.add(job(number, schedule, user.group(1), user.group(2), environment));
    }

    private static Job job(
            int line, String schedule, String user, String rest, Map<String, String> environment) {
        var command = new StringBuilder();
        var i = 0;
        while (i < rest.length() && rest.charAt(i) != '%') {
            if (rest.charAt(i) == '\\' && i + 1 < rest.length() && rest.charAt(i + 1) == '%') {
                i++;
            }
            command.append(rest.charAt(i));
            i++;
        }
        var input =
                i < rest.length()
                        ? Optional.of(lines(rest.substring(i + 1)))
                        : Optional.<String>empty();
        return new Job(line, schedule, user, command.toString().strip(), input, environment);
    }

    private static String lines(String input) {
        return input.replaceAll("(?<!\\\\)%", "\n").replace("\\%", "%");
    }
}
