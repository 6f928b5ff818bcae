package olympus.cli.imports;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import olympus.cli.imports.UnitFile.Directive;
import olympus.model.json.DurationText;

/**
 * One unit written as a service whose process Olympus runs itself. Every directive is either
 * carried over or told with its place.
 */
final class UnitService {

    private static final String SERVICE = "Service";
    private static final Pattern SIGNAL = Pattern.compile("(SIG)?[A-Z0-9+]+");
    private static final Pattern SPECIFIER = Pattern.compile("%([A-Za-z%])");
    private static final Pattern TIME_PART = Pattern.compile("\\s*([0-9.]+)\\s*([a-zµ]*)");
    private static final Map<String, String> TIME_UNITS =
            Map.ofEntries(
                    Map.entry("", "s"),
                    Map.entry("s", "s"),
                    Map.entry("sec", "s"),
                    Map.entry("second", "s"),
                    Map.entry("seconds", "s"),
                    Map.entry("ms", "ms"),
                    Map.entry("msec", "ms"),
                    Map.entry("us", "us"),
                    Map.entry("usec", "us"),
                    Map.entry("m", "m"),
                    Map.entry("min", "m"),
                    Map.entry("minute", "m"),
                    Map.entry("minutes", "m"),
                    Map.entry("h", "h"),
                    Map.entry("hr", "h"),
                    Map.entry("hour", "h"),
                    Map.entry("hours", "h"));

    private static final Set<String> ON_FAILURE =
            Set.of("on-failure", "on-abnormal", "on-abort", "on-watchdog");

    /** Said by other keys, or of no meaning outside systemd. */
    private static final Set<String> NEEDLESS =
            Set.of(
                    "Documentation",
                    "Alias",
                    "WantedBy",
                    "RequiredBy",
                    "Also",
                    "SyslogIdentifier",
                    "StandardOutput",
                    "StandardError",
                    "KillMode",
                    "PIDFile",
                    "DefaultDependencies",
                    "DefaultInstance");

    /** What takes rights from a process. */
    private static final Pattern PROTECTION =
            Pattern.compile(
                    "Protect.*|Private.*|Restrict.*|NoNewPrivileges|CapabilityBoundingSet|AmbientCapabilities|SystemCall.*|(Read(Only|Write)|Inaccessible|NoExec)(Paths|Directories)|TemporaryFileSystem|DynamicUser|RootDirectory|RootImage|MemoryDenyWriteExecute|LockPersonality|Device(Policy|Allow)|SupplementaryGroups|UMask|IPAddress.*|RemoveIPC");

    private final UnitFile unit;
    private final Map<String, String> serviceByUnit;
    private final Set<Directive> carried = new LinkedHashSet<>();
    private final Map<Directive, String> reasons = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();

    /**
     * @param serviceByUnit the services of the stack by the unit that each was
     */
    UnitService(UnitFile unit, Map<String, String> serviceByUnit) {
        this.unit = unit;
        this.serviceByUnit = serviceByUnit;
    }

    /** Why the unit's process cannot be run as it is; empty when it can. */
    static Optional<String> obstacle(UnitFile unit) {
        var type = unit.last(SERVICE, "Type").map(Directive::value).orElse("simple");
        var commands = unit.all(SERVICE, "ExecStart").size();
        if (!unit.name().endsWith(".service")) {
            return Optional.of("only services have a process");
        }
        if (unit.name().contains("@")) {
            return Optional.of("it is a template or an instance of one");
        }
        if (commands != 1) {
            return Optional.of(
                    "it has %d ExecStart commands, a service has one".formatted(commands));
        }
        return switch (type) {
            case "forking" ->
                    Optional.of(
                            "Type=forking: it leaves its first process, and Olympus would take that for its end; find the option that keeps it in the foreground");
            case "oneshot" -> Optional.of("Type=oneshot: it is a job, not a service");
            case "dbus" -> Optional.of("Type=dbus: it is started on demand");
            default -> Optional.empty();
        };
    }

    /** The lines below the service's name, and what was not carried over as comments at the end. */
    List<String> lines() {
        description();
        process();
        environment();
        dependencies();
        restart();
        stop();
        limits();
        for (var directive : unit.directives()) {
            if (!carried.contains(directive)) {
                lines.add(
                        YamlWords.comment(
                                "not carried over: %s: %s%s"
                                        .formatted(
                                                directive.place(),
                                                directive.written(),
                                                reason(directive))));
            }
        }
        return lines;
    }

    private String reason(Directive directive) {
        var told = Optional.ofNullable(reasons.get(directive));
        if (told.isPresent()) {
            return " (%s)".formatted(told.get());
        }
        if (PROTECTION.matcher(directive.key()).matches()) {
            return " (Olympus does not protect processes so: it would have more rights than under systemd)";
        }
        if (directive.key().matches("Exec(Start|Stop|Reload|Condition).*")) {
            return " (a service has one command: put this into a script with it)";
        }
        return NEEDLESS.contains(directive.key()) ? " (nothing needs it here)" : "";
    }

    private void description() {
        take("Unit", "Description")
                .ifPresent(text -> lines.add("description: " + YamlWords.text(resolved(text))));
    }

    private void process() {
        type();
        lines.add("process:");
        var start = unit.last(SERVICE, "ExecStart").orElseThrow();
        carried.add(start);
        var words = new ArrayList<>(UnitWords.split(resolved(start.value())));
        var prefix = words.getFirst().replaceFirst("[^-@:+!].*$", "");
        words.set(0, words.getFirst().substring(prefix.length()));
        if (prefix.contains("@") && words.size() > 1) {
            words.remove(1);
        }
        if (!prefix.isEmpty()) {
            lines.add(
                    "  "
                            + YamlWords.comment(
                                    "%s: the prefix %s of ExecStart is left out"
                                            .formatted(start.place(), prefix)));
        }
        if (UnitWords.hasVariables(words)) {
            lines.add("  command: " + YamlWords.text(UnitWords.forShell(words)));
        } else {
            words.replaceAll(word -> word.replace("$$", "$"));
            lines.add("  command: " + YamlWords.list(words));
        }
        user();
        take(SERVICE, "WorkingDirectory")
                .map(folder -> folder.replaceFirst("^-", ""))
                .ifPresent(
                        folder -> lines.add("  working_dir: " + YamlWords.text(resolved(folder))));
    }

    private void type() {
        unit.last(SERVICE, "Type")
                .ifPresent(type -> {
                    if (type.value().startsWith("notify")) {
                        reasons.put(
                                type, "its message that it is ready is not read: give it a probe");
                    } else {
                        carried.add(type);
                    }
                });
    }

    private void user() {
        var user = take(SERVICE, "User");
        var group = unit.last(SERVICE, "Group");
        if (user.isPresent()) {
            group.ifPresent(carried::add);
            var both = user.get() + group.map(one -> ":" + one.value()).orElse("");
            lines.add("  user: " + YamlWords.text(both));
        } else {
            group.ifPresent(one -> reasons.put(one, "a group needs a user"));
        }
    }

    private void environment() {
        var settings = unit.all(SERVICE, "Environment");
        if (!settings.isEmpty()) {
            lines.add("  environment:");
            var values = new LinkedHashMap<String, String>();
            for (var setting : settings) {
                carried.add(setting);
                for (var word : UnitWords.split(setting.value())) {
                    var equals = word.indexOf('=');
                    if (equals > 0) {
                        values.put(word.substring(0, equals), resolved(word.substring(equals + 1)));
                    }
                }
            }
            values.forEach((name, value) ->
                    lines.add("    %s: %s".formatted(name, YamlWords.text(value))));
        }
        var files = unit.all(SERVICE, "EnvironmentFile");
        if (!files.isEmpty()) {
            lines.add("env_file:");
            for (var file : files) {
                carried.add(file);
                var optional = file.value().startsWith("-");
                var path = YamlWords.text(resolved(file.value().substring(optional ? 1 : 0)));
                lines.add(
                        optional
                                ? "  - { path: %s, required: false }".formatted(path)
                                : "  - " + path);
            }
        }
    }

    private void dependencies() {
        var required = new LinkedHashMap<String, Boolean>();
        for (var directive : unit.directives()) {
            var hard = Set.of("Requires", "BindsTo", "Requisite").contains(directive.key());
            var soft = Set.of("After", "Wants", "Upholds").contains(directive.key());
            if (!directive.section().equals("Unit") || (!hard && !soft)) {
                continue;
            }
            var elsewhere = new ArrayList<String>();
            for (var other : UnitWords.split(directive.value())) {
                var service = Optional.ofNullable(serviceByUnit.get(other));
                service.ifPresent(name -> required.merge(name, hard, Boolean::logicalOr));
                if (service.isEmpty()) {
                    elsewhere.add(other);
                }
            }
            if (elsewhere.isEmpty()) {
                carried.add(directive);
            } else {
                reasons.put(
                        directive, "not in this stack: %s".formatted(String.join(", ", elsewhere)));
            }
        }
        if (!required.isEmpty()) {
            lines.add("depends_on:");
            required.forEach((service, hard) ->
                    lines.add(
                            hard
                                    ? "  %s: { condition: service_started }".formatted(service)
                                    : "  %s: { condition: service_started, required: false }"
                                            .formatted(service)));
        }
    }

    private void restart() {
        var restart = unit.last(SERVICE, "Restart");
        var word = restart.map(Directive::value).orElse("no");
        if (ON_FAILURE.contains(word)) {
            restart.ifPresent(carried::add);
            lines.add("restart: on-failure");
        } else if (word.equals("always") || word.equals("no")) {
            restart.ifPresent(carried::add);
            lines.add("restart: " + YamlWords.text(word));
        } else {
            lines.add("restart: \"no\"");
        }
        time("RestartSec")
                .ifPresent(delay ->
                        lines.add(
                                "recovery: { backoff: { initial: %s, max: %s } }"
                                        .formatted(
                                                DurationText.format(delay),
                                                DurationText.format(longer(delay)))));
    }

    private static Duration longer(Duration delay) {
        var usual = Duration.ofSeconds(30);
        return delay.compareTo(usual) > 0 ? delay : usual;
    }

    private void stop() {
        unit.last(SERVICE, "KillSignal")
                .filter(signal -> SIGNAL.matcher(signal.value()).matches())
                .ifPresent(signal -> {
                    carried.add(signal);
                    var name = signal.value();
                    lines.add("stop_signal: " + (name.startsWith("SIG") ? name : "SIG" + name));
                });
        time("TimeoutStopSec")
                .ifPresent(grace -> lines.add("stop_grace_period: " + DurationText.format(grace)));
    }

    private void limits() {
        var limits = new ArrayList<String>();
        limit("MemoryMax", "[0-9]+[KMGT]?")
                .ifPresent(memory -> limits.add("memory: " + YamlWords.text(memory)));
        limit("CPUQuota", "[0-9]+%")
                .ifPresent(quota ->
                        limits.add(
                                "cpus: "
                                        + new BigDecimal(quota.replace("%", ""))
                                                .divide(
                                                        BigDecimal.valueOf(100),
                                                        2,
                                                        RoundingMode.HALF_UP)
                                                .stripTrailingZeros()
                                                .toPlainString()));
        limit("TasksMax", "[0-9]+").ifPresent(tasks -> limits.add("pids: " + tasks));
        if (!limits.isEmpty()) {
            lines.add(
                    "deploy: { resources: { limits: { %s } } }"
                            .formatted(String.join(", ", limits)));
        }
    }

    private Optional<String> limit(String key, String form) {
        var directive = unit.last(SERVICE, key).filter(one -> one.value().matches(form));
        directive.ifPresent(carried::add);
        return directive.map(Directive::value);
    }

    private Optional<String> take(String section, String key) {
        var directive = unit.last(section, key);
        directive.ifPresent(carried::add);
        return directive.map(Directive::value);
    }

    private Optional<Duration> time(String key) {
        var directive = unit.last(SERVICE, key);
        var time = directive.flatMap(one -> time(one, one.value()));
        if (time.isPresent()) {
            directive.ifPresent(carried::add);
        }
        return time;
    }

    private Optional<Duration> time(Directive directive, String text) {
        var written = new StringBuilder();
        var matcher = TIME_PART.matcher(text);
        var end = 0;
        while (end < text.length() && matcher.find(end) && matcher.start() == end) {
            var unitWord = TIME_UNITS.get(matcher.group(2));
            if (unitWord == null) {
                break;
            }
            written.append(matcher.group(1)).append(unitWord);
            end = matcher.end();
        }
        var parsed =
                end == text.length()
                        ? DurationText.parse(written.toString())
                        : Optional.<Duration>empty();
        if (parsed.isEmpty()) {
            reasons.put(directive, "not a time that Olympus can keep");
        }
        return parsed.filter(duration -> !duration.isZero());
    }

    /** Specifiers that the unit's name tells; others stay as they are. */
    private String resolved(String text) {
        return SPECIFIER
                .matcher(text)
                .replaceAll(match ->
                        java.util.regex.Matcher.quoteReplacement(
                                switch (match.group(1)) {
                                    case "%" -> "%";
                                    case "n" -> unit.name();
                                    case "N", "p" -> unit.name().replaceFirst("\\.service$", "");
                                    default -> match.group();
                                }));
    }
}
