package olympus.model.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.model.Cycles;
import olympus.model.NearestWord;
import olympus.model.Problem;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.json.DurationText;

/**
 * What must hold of a definition beyond the types of its fields. One pure function for both ways
 * in: files (the loader turns paths into places) and JSON from a client of the API.
 */
public final class DefinitionRules {

    private static final int MAX_WORDS = 4_096;
    private static final int MAX_TEXT = 1 << 20;
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{16}|");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(OLYMPUS_[A-Za-z0-9_]*)}");
    private static final List<String> PLACEHOLDERS =
            List.of(
                    "OLYMPUS_PORT",
                    "OLYMPUS_INSTANCE",
                    "OLYMPUS_SERVICE",
                    "OLYMPUS_STACK",
                    "OLYMPUS_ORDINAL");

    private final StackDefinition definition;
    private final Set<String> alsoDeclared;

    /** Every service whose ports and dependencies are known, also of one that has other faults. */
    private final Map<String, ServiceDefinition> outlined;

    private final List<Finding> findings = new ArrayList<>();

    private DefinitionRules(
            StackDefinition definition, Map<String, Optional<ServiceDefinition>> alsoDeclared) {
        this.definition = definition;
        this.alsoDeclared = alsoDeclared.keySet();
        this.outlined = new TreeMap<>(definition.services());
        alsoDeclared.forEach((name, read) -> read.ifPresent(r -> outlined.putIfAbsent(name, r)));
    }

    /** A broken rule; {@code path} as in the definition's JSON, without the leading {@code $.}. */
    record Finding(
            boolean error, String path, String message, String expected, String suggestion) {}

    /** Everything that makes a definition unusable, with JSON paths. Empty: it may be applied. */
    public static List<Problem> problems(StackDefinition definition) {
        return select(definition, true);
    }

    /** What is probably not meant, with JSON paths. */
    public static List<Problem> warnings(StackDefinition definition) {
        return select(definition, false);
    }

    private static List<Problem> select(StackDefinition definition, boolean errors) {
        return check(definition, Map.of()).stream()
                .filter(finding -> finding.error() == errors)
                .map(f ->
                        Problem.atPath("$." + f.path(), f.message(), f.expected(), f.suggestion()))
                .toList();
    }

    /**
     * @param alsoDeclared services that have faults which are told already, with what could be read
     *     of them: of that only what concerns other services too is looked at, ports and
     *     dependencies
     */
    static List<Finding> check(
            StackDefinition definition, Map<String, Optional<ServiceDefinition>> alsoDeclared) {
        var rules = new DefinitionRules(definition, alsoDeclared);
        rules.stack();
        definition.services().forEach(rules::service);
        rules.dependencies();
        rules.cycles();
        SingletonRules.check(definition, rules.findings);
        RolloutRules.check(definition, rules.findings);
        PinningRules.check(definition, rules.findings);
        ApartRules.check(definition, rules.findings);
        NodeNeedRules.check(definition, rules.findings);
        PortRules.check(definition.services(), rules.outlined, rules.findings);
        rules.size();
        return rules.findings;
    }

    private void error(String path, String message, String expected) {
        findings.add(new Finding(true, path, message, expected, ""));
    }

    private void stack() {
        if (!definition.directory().startsWith("/")) {
            error("directory", "found \"" + definition.directory() + "\"", "an absolute path");
        }
        if (definition.services().size() > StackLimits.MAX_SERVICES) {
            error(
                    "services",
                    "the stack has %d services".formatted(definition.services().size()),
                    "at most %d".formatted(StackLimits.MAX_SERVICES));
        }
    }

    private void size() {
        var bytes = StackLimits.bytes(definition);
        if (bytes > StackLimits.MAX_DEFINITION_BYTES) {
            error(
                    "services",
                    "the stack's definition takes %d bytes as JSON".formatted(bytes),
                    "at most %d; make it several stacks"
                            .formatted(StackLimits.MAX_DEFINITION_BYTES));
        }
    }

    private void service(String name, ServiceDefinition service) {
        var path = "services." + name;
        if (!name.equals(service.name())) {
            error(
                    path + ".name",
                    "found \"" + service.name() + "\"",
                    "\"" + name + "\", the name it stands under");
        }
        if (!ServiceId.SERVICE_PATTERN.matcher(name).matches()) {
            error(
                    path,
                    "\"" + name + "\" cannot be used as a name",
                    "1 to 63 letters, digits, - and _, beginning with a letter or digit");
        }
        switch (service.workload()) {
            case Workload.Process process -> process(path + ".workload", service, process);
            case Workload.Container container ->
                    ContainerRules.check(
                            path + ".workload", definition.name(), container, findings);
            case Workload.Unit unit -> unit(path, service, unit);
        }
        service.probe().ifPresent(probe -> probe(path + ".probe", service, probe));
        recovery(path + ".recovery", service.recovery());
        deploy(path + ".deploy", service.deploy());
        if (!Conversions.signals().containsValue(service.stop().signal())) {
            findings.add(
                    new Finding(
                            true,
                            path + ".stop.signal",
                            "found \"" + service.stop().signal() + "\"",
                            "a signal such as SIGTERM",
                            NearestWord.to(
                                    service.stop().signal(), Conversions.signals().values())));
        }
        notNegative(path + ".stop.gracePeriod", service.stop().gracePeriod());
    }

    /** A machine has a unit once, and its limits stand in its file. */
    private void unit(String path, ServiceDefinition service, Workload.Unit unit) {
        var deploy = service.deploy();
        if (deploy.mode() == DeployPolicy.Mode.REPLICATED && deploy.replicas() > 1) {
            error(
                    path + ".deploy.replicas",
                    "found %d; %s is one unit of its machine"
                            .formatted(deploy.replicas(), unit.name()),
                    "1, or mode: global for one on every node");
        }
        if (!deploy.resources().equals(DeployPolicy.Resources.UNLIMITED)) {
            error(
                    path + ".deploy.resources",
                    "the limits of %s stand in the unit's file".formatted(unit.name()),
                    "no resources");
        }
    }

    private void process(String path, ServiceDefinition service, Workload.Process process) {
        if (process.command().getFirst().isBlank()) {
            error(path + ".command", "the command's first word is empty", "the program to run");
        }
        if (process.command().size() > MAX_WORDS) {
            error(
                    path + ".command",
                    "the command has %d words".formatted(process.command().size()),
                    "at most %d".formatted(MAX_WORDS));
        }
        process.command().forEach(word -> text(path + ".command", service, word));
        process.user()
                .filter(user -> !Conversions.USER.matcher(user).matches())
                .ifPresent(user ->
                        error(
                                path + ".user",
                                "found \"" + user + "\"",
                                "a user name or number, optionally with a group: www-data, 1000:1000"));
        process.workingDirectory()
                .filter(directory -> !directory.startsWith("/"))
                .ifPresent(directory ->
                        error(
                                path + ".workingDirectory",
                                "found \"" + directory + "\"",
                                "an absolute path"));
        process.environment()
                .forEach((name, value) ->
                        environment(path + ".environment." + name, name, service, value));
    }

    private void environment(
            String path, String name, ServiceDefinition service, Workload.EnvironmentValue value) {
        if (!Conversions.VARIABLE_NAME.matcher(name).matches()) {
            error(
                    path,
                    "\"" + name + "\" cannot be the name of a variable",
                    "letters, digits and _");
        }
        if (name.startsWith(Interpolation.INSTANCE_PREFIX)) {
            error(
                    path,
                    "\"" + name + "\" is set by Olympus for each instance",
                    "a name that does not begin with OLYMPUS_");
        }
        value(path, service, value);
    }

    private void value(String path, ServiceDefinition service, Workload.EnvironmentValue value) {
        switch (value) {
            case Workload.EnvironmentValue.Literal literal -> text(path, service, literal.value());
            case Workload.EnvironmentValue.Secret secret ->
                    secret(path, definition.name(), secret.ref(), findings);
        }
    }

    static void secret(String path, StackName stack, SecretRef ref, List<Finding> findings) {
        if (!ref.stack().equals(stack)) {
            findings.add(
                    new Finding(
                            true,
                            path,
                            "the secret belongs to the stack " + ref.stack(),
                            "a secret of the stack " + stack,
                            ""));
        }
        if (ref.name().isBlank()
                || ref.name().length() > 400
                || !FINGERPRINT.matcher(ref.fingerprint()).matches()) {
            findings.add(
                    new Finding(
                            true,
                            path,
                            "not a reference to a secret",
                            "a name, and a fingerprint of 16 hex digits or none",
                            ""));
        }
    }

    private void text(String path, ServiceDefinition service, String text) {
        if (text.indexOf('\0') >= 0 || text.length() > MAX_TEXT) {
            error(
                    path,
                    "the text holds a zero byte or is longer than %d characters"
                            .formatted(MAX_TEXT),
                    "");
        }
        var placeholders = PLACEHOLDER.matcher(text);
        while (placeholders.find()) {
            placeholder(path, service, placeholders.group(1));
        }
    }

    private void placeholder(String path, ServiceDefinition service, String name) {
        var known = new TreeSet<>(PLACEHOLDERS);
        if (service.ports().isEmpty()) {
            known.remove("OLYMPUS_PORT");
        }
        service.ports().forEach(port -> known.add(port.variable()));
        if (!known.contains(name)) {
            var why =
                    name.startsWith("OLYMPUS_PORT") && service.ports().isEmpty()
                            ? ": the service publishes no ports"
                            : "";
            findings.add(
                    new Finding(
                            true,
                            path,
                            "${" + name + "} does not exist" + why,
                            "one of " + String.join(", ", known),
                            NearestWord.to(name, known)));
        }
    }

    private void probe(String path, ServiceDefinition service, Probe probe) {
        switch (probe.target()) {
            case Probe.Target.Http(String url) -> {
                if (!url.matches("https?://[^\\s/]+(?:/\\S*)?")) {
                    error(
                            path + ".target",
                            "found \"" + url + "\"",
                            "an address such as http://127.0.0.1:8080/health");
                }
                text(path + ".target", service, url);
            }
            case Probe.Target.Tcp(String address) -> {
                if (!Conversions.TCP_TARGET.matcher(address).matches() || address.startsWith(":")) {
                    error(
                            path + ".target",
                            "found \"" + address + "\"",
                            "an address such as 127.0.0.1:5432");
                }
                text(path + ".target", service, address);
            }
            case Probe.Target.Command(List<String> command) -> {
                if (command.isEmpty() || command.getFirst().isBlank()) {
                    error(path + ".target", "the probe has no command", "the program to run");
                }
                command.forEach(word -> text(path + ".target", service, word));
            }
        }
        positive(path + ".interval", probe.interval());
        positive(path + ".timeout", probe.timeout());
        notNegative(path + ".startPeriod", probe.startPeriod());
        within(path + ".retries", probe.retries(), 1, 1_000);
    }

    private void recovery(String path, RecoveryPolicy recovery) {
        within(path + ".attempts", recovery.attempts(), 0, RecoveryKeys.MAX_ATTEMPTS);
        positive(path + ".within", recovery.within());
        positive(path + ".backoff.initial", recovery.backoff().initial());
        if (recovery.backoff().max().compareTo(recovery.backoff().initial()) < 0) {
            error(
                    path + ".backoff",
                    "max %s is less than initial %s"
                            .formatted(
                                    show(recovery.backoff().max()),
                                    show(recovery.backoff().initial())),
                    "max of at least initial");
        }
    }

    private void deploy(String path, DeployPolicy deploy) {
        within(path + ".replicas", deploy.replicas(), 0, StackLimits.MAX_REPLICAS);
        within(
                path + ".update.parallelism",
                deploy.update().parallelism(),
                0,
                StackLimits.MAX_REPLICAS);
        notNegative(path + ".update.delay", deploy.update().delay());
        notNegative(path + ".update.monitor", deploy.update().monitor());
        deploy.resources()
                .cpus()
                .filter(cpus -> !(cpus > 0))
                .ifPresent(cpus ->
                        error(path + ".resources.cpus", "found " + cpus, "a number above 0"));
        deploy.resources()
                .memoryBytes()
                .filter(bytes -> bytes <= 0)
                .ifPresent(bytes ->
                        error(
                                path + ".resources.memoryBytes",
                                "found " + bytes,
                                "a number above 0"));
        deploy.priority()
                .ifPresent(priority ->
                        within(path + ".priority", priority, 0, DeployPolicy.HIGHEST_PRIORITY));
        deploy.resources()
                .pids()
                .filter(pids -> pids <= 0)
                .ifPresent(pids ->
                        error(path + ".resources.pids", "found " + pids, "a number above 0"));
    }

    private void dependencies() {
        outlined.forEach((name, service) ->
                service.dependsOn().forEach((on, dependency) -> dependency(name, on, dependency)));
    }

    private void dependency(String name, String on, Dependency dependency) {
        var path = "services." + name + ".dependsOn." + on;
        var other = Optional.ofNullable(definition.services().get(on));
        if (other.isEmpty()) {
            if (dependency.required() && !alsoDeclared.contains(on)) {
                var known = new HashSet<>(definition.services().keySet());
                known.addAll(alsoDeclared);
                known.remove(name);
                findings.add(
                        new Finding(
                                true,
                                path,
                                "%s depends on the unknown service \"%s\"".formatted(name, on),
                                "a service of this stack",
                                NearestWord.to(on, new TreeSet<>(known))));
            }
            return;
        }
        var never = other.get().recovery().restart() == RecoveryPolicy.Restart.ALWAYS;
        if (dependency.condition() == Dependency.Condition.COMPLETED_SUCCESSFULLY && never) {
            error(
                    path,
                    "%s waits for %s to complete, but %s is always restarted"
                            .formatted(name, on, on),
                    "restart: on-failure or no at " + on);
        }
        if (dependency.condition() == Dependency.Condition.HEALTHY
                && other.get().probe().isEmpty()
                && !hasOwnCheck(other.get().workload())) {
            findings.add(
                    new Finding(
                            false,
                            path,
                            "%s waits for %s to be healthy, but %s has no probe: it counts as healthy as soon as it runs"
                                    .formatted(name, on, on),
                            "",
                            ""));
        }
    }

    /** A container's healthcheck; when the file has none, the image may have one. */
    private static boolean hasOwnCheck(Workload workload) {
        return workload instanceof Workload.Container container
                && container.healthcheck().map(check -> !check.disabled()).orElse(true);
    }

    private void cycles() {
        var edges = new TreeMap<String, Set<String>>();
        outlined.forEach((name, service) -> edges.put(name, service.dependsOn().keySet()));
        for (var cycle : Cycles.in(edges)) {
            var path = "services." + cycle.getFirst() + ".dependsOn." + cycle.get(1);
            error(
                    path,
                    "dependency cycle: " + String.join(" → ", cycle),
                    "services that do not wait for each other");
        }
    }

    private void within(String path, int value, int min, int max) {
        if (value < min || value > max) {
            error(path, "found " + value, "a whole number from %d to %d".formatted(min, max));
        }
    }

    private void positive(String path, Duration duration) {
        if (!duration.isPositive()) {
            error(path, "found " + show(duration), "a duration longer than 0s");
        }
    }

    private void notNegative(String path, Duration duration) {
        if (duration.isNegative()) {
            error(path, "found " + show(duration), "a duration of 0s or more");
        }
    }

    private static String show(Duration duration) {
        return duration.isNegative()
                ? "-" + DurationText.format(duration.negated())
                : DurationText.format(duration);
    }
}
