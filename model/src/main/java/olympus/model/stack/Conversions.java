package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.SecretRef;
import olympus.model.stack.Settings.EnvironmentSetting;
import olympus.model.stack.Settings.EnvironmentText;
import olympus.model.stack.Settings.PortSetting;
import olympus.model.stack.Settings.RestartSetting;

/**
 * Shapes of values with a syntax of their own: commands, ports, users, signals, probe addresses,
 * environments.
 */
final class Conversions {

    static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,254}");
    static final Pattern LABEL_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,126}");
    static final Pattern SECRET_NAME = SecretRef.NAME;
    static final Pattern PORT_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,30}");
    static final Pattern USER =
            Pattern.compile(
                    "[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\\$?(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\\$?)?");
    static final Pattern INSTANCE_PORT = Pattern.compile("\\$\\{OLYMPUS_PORT(?:_[A-Z0-9_]+)?}");
    static final Pattern HTTP_TARGET =
            Pattern.compile(
                    "https?://[^\\s/]+(?:/\\S*)?|:(?:[0-9]{1,5}|"
                            + INSTANCE_PORT.pattern()
                            + ")(?:/\\S*)?");
    static final Pattern TCP_TARGET =
            Pattern.compile(
                    "(?:[^\\s:/]*|\\[[0-9a-fA-F:]+])?:(?:[0-9]{1,5}|"
                            + INSTANCE_PORT.pattern()
                            + ")");
    static final Pattern RESTART =
            Pattern.compile("always|unless-stopped|no|on-failure(?::[0-9]{1,6})?");
    static final Pattern PORT =
            Pattern.compile(
                    "(?:(\\[[0-9a-fA-F:.]+]|[0-9.]+):)?([0-9]{1,5}(?:-[0-9]{1,5})?)(?::([0-9]{1,5}(?:-[0-9]{1,5})?))?(?:/(tcp|udp))?");
    static final Pattern PUBLISHED = Pattern.compile("[0-9]{1,5}(?:-[0-9]{1,5})?");

    static final String ANY_ADDRESS = "0.0.0.0";
    static final String PORT_WORDS = "a port such as 8080, 8081-8083, 127.0.0.1:8080 or 53/udp";

    private static final List<String> SIGNALS =
            List.of(
                    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    private Conversions() {}

    /** A list is run as it is, a text by the shell. */
    static Shape<List<String>> command() {
        Shape<List<String>> line =
                Shapes.refine(
                        Shapes.text("a command line for /bin/sh"),
                        (text, place, problems) -> {
                            if (text.isBlank()) {
                                problems.error(
                                        place,
                                        "the command is empty",
                                        "a command line for /bin/sh");
                                return Optional.empty();
                            }
                            return Optional.of(List.of("/bin/sh", "-c", text));
                        });
        var words = Shapes.refine(Shapes.list(Shapes.text("words"), 1), Conversions::program);
        return Shapes.either(Optional.of(line), Optional.of(words), Optional.empty());
    }

    private static Optional<List<String>> program(
            List<String> words, Place place, ProblemLog problems) {
        if (words.isEmpty()) {
            return Optional.empty();
        }
        if (words.getFirst().isBlank()) {
            problems.error(place, "the command's first word is empty", "the program to run");
            return Optional.empty();
        }
        return Optional.of(words);
    }

    /** {@code SIGTERM}, or {@code TERM}; read as the former. */
    static Shape<String> signal() {
        return Shapes.word("a signal such as SIGTERM, SIGINT or SIGUSR1", signals());
    }

    static Map<String, String> signals() {
        var words = new LinkedHashMap<String, String>();
        SIGNALS.forEach(name -> words.put("SIG" + name, "SIG" + name));
        SIGNALS.forEach(name -> words.put(name, "SIG" + name));
        return words;
    }

    static Shape<String> user() {
        return Shapes.text(
                "a user name or number, optionally with a group: www-data, 1000:1000", USER);
    }

    static Shape<RestartSetting> restart() {
        return Shapes.refine(
                Shapes.text(
                        "one of always, unless-stopped, on-failure, on-failure:N, no",
                        RESTART,
                        List.of("always", "unless-stopped", "on-failure", "no")),
                (text, place, problems) -> {
                    var colon = text.indexOf(':');
                    return Optional.of(
                            switch (colon < 0 ? text : text.substring(0, colon)) {
                                case "no" ->
                                        new RestartSetting(
                                                RecoveryPolicy.Restart.NO, Optional.empty(), text);
                                case "on-failure" ->
                                        new RestartSetting(
                                                RecoveryPolicy.Restart.ON_FAILURE,
                                                colon < 0
                                                        ? Optional.empty()
                                                        : Optional.of(
                                                                Integer.parseInt(
                                                                        text.substring(colon + 1))),
                                                text);
                                default ->
                                        new RestartSetting(
                                                RecoveryPolicy.Restart.ALWAYS,
                                                Optional.empty(),
                                                text);
                            });
                });
    }

    static Shape<Probe.Target> http() {
        return Shapes.refine(
                Shapes.text(
                        "an address such as :8080/health or http://127.0.0.1:8080/health",
                        HTTP_TARGET),
                (text, place, problems) ->
                        Optional.of(
                                new Probe.Target.Http(
                                        text.startsWith(":") ? "http://127.0.0.1" + text : text)));
    }

    static Shape<Probe.Target> tcp() {
        return Shapes.refine(
                Shapes.text("an address such as :5432 or 127.0.0.1:5432", TCP_TARGET),
                (text, place, problems) ->
                        Optional.of(
                                new Probe.Target.Tcp(
                                        text.startsWith(":") ? "127.0.0.1" + text : text)));
    }

    /**
     * Compose's short form. A host process has no port of a container: when both are given they
     * must be equal.
     */
    static Shape<PortSetting> shortPort() {
        return Shapes.refine(
                Shapes.text(PORT_WORDS, PORT),
                (text, place, problems) -> {
                    var parts = PORT.matcher(text);
                    if (!parts.matches()) {
                        return Optional.empty();
                    }
                    var target = Optional.ofNullable(parts.group(3));
                    if (target.isPresent() && !target.get().equals(parts.group(2))) {
                        problems.error(
                                place,
                                "\"%s\" maps one port to another, which a host process cannot do"
                                        .formatted(text),
                                "the port that the process listens on, e.g. " + parts.group(2));
                        return Optional.empty();
                    }
                    var address =
                            Optional.ofNullable(parts.group(1))
                                    .map(a -> a.replaceAll("[\\[\\]]", ""));
                    return port(
                            place,
                            Optional.empty(),
                            address,
                            parts.group(2),
                            Optional.ofNullable(parts.group(4)).orElse("tcp"),
                            problems);
                });
    }

    static Optional<PortSetting> port(
            Place place,
            Optional<String> name,
            Optional<String> address,
            String range,
            String protocol,
            ProblemLog problems) {
        var dash = range.indexOf('-');
        var first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        var last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
        if (first < 1 || last > 65_535 || last < first) {
            problems.error(
                    place,
                    "found \"%s\"".formatted(range),
                    "ports from 1 to 65535, the lower one first");
            return Optional.empty();
        }
        var type = protocol.equals("udp") ? PortSpec.Protocol.UDP : PortSpec.Protocol.TCP;
        return Optional.of(
                new PortSetting(place, name, address.orElse(ANY_ADDRESS), first, last, type));
    }

    /** A mapping from names to values, or Compose's list of {@code NAME=value}. */
    static Shape<List<EnvironmentSetting>> environment(Shape<EnvironmentText> secret) {
        Shape<EnvironmentText> plain =
                Shapes.refine(
                        Shapes.text("a text"),
                        (text, place, problems) -> Optional.of(new EnvironmentText.Plain(text)));
        var value =
                Shapes.orNothing(
                        Shapes.either(Optional.of(plain), Optional.empty(), Optional.of(secret)),
                        new EnvironmentText.PassedOn());
        var named =
                Shapes.refine(
                        Shapes.named(
                                "variable names",
                                "letters, digits, _, . and -, beginning with a letter or _",
                                VARIABLE_NAME,
                                value),
                        (values, place, problems) -> {
                            var settings = new ArrayList<EnvironmentSetting>();
                            values.forEach((name, text) ->
                                    settings.add(
                                            new EnvironmentSetting(
                                                    text.place(), name, text.value())));
                            return Optional.of((List<EnvironmentSetting>) settings);
                        });
        var lines =
                Shapes.list(
                        Shapes.refine(
                                Shapes.text(
                                        "NAME=value",
                                        Pattern.compile(
                                                VARIABLE_NAME.pattern() + "(?:=[\\s\\S]*)?")),
                                Conversions::line),
                        0);
        return Shapes.either(Optional.empty(), Optional.of(lines), Optional.of(named));
    }

    private static Optional<EnvironmentSetting> line(
            String line, Place place, ProblemLog problems) {
        var equals = line.indexOf('=');
        return Optional.of(
                equals < 0
                        ? new EnvironmentSetting(place, line, new EnvironmentText.PassedOn())
                        : new EnvironmentSetting(
                                place,
                                line.substring(0, equals),
                                new EnvironmentText.Plain(line.substring(equals + 1))));
    }

    /** A mapping from names to texts, or Compose's list of {@code name=text}. */
    static Shape<Map<String, String>> labels() {
        var named =
                Shapes.refine(
                        Shapes.named(
                                "label names",
                                "letters, digits and ._/-, beginning with a letter or digit",
                                LABEL_NAME,
                                Shapes.orNothing(Shapes.text("a text"), "")),
                        (values, place, problems) -> {
                            Map<String, String> labels = new LinkedHashMap<>();
                            values.forEach((name, text) -> labels.put(name, text.value()));
                            return Optional.of(labels);
                        });
        var line =
                Shapes.text("name=text", Pattern.compile(LABEL_NAME.pattern() + "(?:=[\\s\\S]*)?"));
        var lines =
                Shapes.refine(
                        Shapes.list(line, 0),
                        (list, place, problems) -> {
                            Map<String, String> labels = new LinkedHashMap<>();
                            list.forEach(text ->
                                    labels.put(
                                            text.split("=", 2)[0],
                                            text.contains("=") ? text.split("=", 2)[1] : ""));
                            return Optional.of(labels);
                        });
        return Shapes.either(Optional.empty(), Optional.of(lines), Optional.of(named));
    }
}
