package olympus.model.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import olympus.model.json.DurationText;
import olympus.model.json.EnumWords;

/**
 * What differs between two definitions, in the words of the file: paths such as {@code
 * deploy.replicas} with the text before and after. Secrets appear by name and fingerprint only.
 */
public final class DefinitionDiff {

    private DefinitionDiff() {}

    /**
     * A difference.
     *
     * @param before empty when the field was not there
     * @param after empty when the field is no longer there
     */
    public record FieldDiff(String path, String before, String after) {}

    /**
     * The differences of a stack.
     *
     * @param stack of the stack itself: mode and directory
     * @param added services, in name order
     * @param changed services that differ, with what differs
     * @param removed services, in name order
     */
    public record StackDiff(
            List<FieldDiff> stack,
            List<String> added,
            SortedMap<String, List<FieldDiff>> changed,
            List<String> removed) {
        public boolean isEmpty() {
            return stack.isEmpty() && added.isEmpty() && changed.isEmpty() && removed.isEmpty();
        }
    }

    public static StackDiff between(StackDefinition before, StackDefinition after) {
        var stack = new ArrayList<FieldDiff>();
        add(stack, "mode", EnumWords.of(before.mode()), EnumWords.of(after.mode()));
        add(stack, "directory", before.directory(), after.directory());
        var changed = new TreeMap<String, List<FieldDiff>>();
        before.services()
                .forEach((name, old) -> {
                    var now = after.services().get(name);
                    if (now != null && !now.equals(old)) {
                        changed.put(name, between(old, now));
                    }
                });
        return new StackDiff(stack, without(after, before), changed, without(before, after));
    }

    private static List<String> without(StackDefinition in, StackDefinition notIn) {
        return in.services().keySet().stream()
                .filter(name -> !notIn.services().containsKey(name))
                .toList();
    }

    /** Empty exactly when the definitions are equal. In order of paths. */
    public static List<FieldDiff> between(ServiceDefinition before, ServiceDefinition after) {
        var old = fields(before);
        var now = fields(after);
        var paths = new TreeSet<>(old.keySet());
        paths.addAll(now.keySet());
        var diffs = new ArrayList<FieldDiff>();
        paths.forEach(
                path -> add(diffs, path, old.getOrDefault(path, ""), now.getOrDefault(path, "")));
        return List.copyOf(diffs);
    }

    private static void add(List<FieldDiff> diffs, String path, String before, String after) {
        if (!before.equals(after)) {
            diffs.add(new FieldDiff(path, before, after));
        }
    }

    /** Every field of a new or removed service, for a plan that shows what it will be. */
    public static List<FieldDiff> added(ServiceDefinition service) {
        return fields(service).entrySet().stream()
                .map(e -> new FieldDiff(e.getKey(), "", e.getValue()))
                .toList();
    }

    /**
     * Whether running instances must be replaced for the change to take effect. The rest (probe,
     * recovery, replicas, update, stop, dependencies, about) takes effect on the instances that
     * run.
     */
    public static boolean needsReplacement(ServiceDefinition before, ServiceDefinition after) {
        return !before.workload().equals(after.workload())
                || !before.ports().equals(after.ports())
                || !Objects.equals(before.deploy().resources(), after.deploy().resources());
    }

    private static SortedMap<String, String> fields(ServiceDefinition service) {
        var fields = new TreeMap<String, String>();
        fields.put("name", service.name());
        workload(service.workload(), fields);
        if (!service.ports().isEmpty()) {
            fields.put(
                    "ports",
                    service.ports().stream()
                            .map(DefinitionDiff::port)
                            .collect(Collectors.joining(", ")));
        }
        service.dependsOn()
                .forEach((on, d) ->
                        fields.put(
                                "depends_on." + on,
                                EnumWords.of(d.condition())
                                        + (d.required() ? "" : ", not required")));
        service.probe().ifPresent(probe -> probe(probe, fields));
        recovery(service.recovery(), fields);
        deploy(service.deploy(), fields);
        fields.put("stop_signal", service.stop().signal());
        fields.put("stop_grace_period", DurationText.format(service.stop().gracePeriod()));
        service.about()
                .labels()
                .forEach((name, text) -> fields.put("labels." + name, quoted(text)));
        service.about().owner().ifPresent(owner -> fields.put("owner", owner));
        service.about().runbook().ifPresent(runbook -> fields.put("runbook", runbook));
        service.about()
                .description()
                .ifPresent(description -> fields.put("description", description));
        return fields;
    }

    private static void workload(Workload workload, Map<String, String> fields) {
        fields.put("driver", workload.driver());
        switch (workload) {
            case Workload.Process process -> {
                fields.put("process.command", words(process.command()));
                process.user().ifPresent(user -> fields.put("process.user", user));
                process.workingDirectory()
                        .ifPresent(directory -> fields.put("process.working_dir", directory));
                process.environment()
                        .forEach((name, value) ->
                                fields.put("process.environment." + name, environment(value)));
            }
        }
    }

    private static String environment(Workload.EnvironmentValue value) {
        return switch (value) {
            case Workload.EnvironmentValue.Literal literal -> quoted(literal.value());
            case Workload.EnvironmentValue.Secret secret ->
                    "secret %s (%s)".formatted(secret.ref().name(), secret.ref().fingerprint());
        };
    }

    private static void probe(Probe probe, Map<String, String> fields) {
        switch (probe.target()) {
            case Probe.Target.Http http -> fields.put("probe.http", http.url());
            case Probe.Target.Tcp tcp -> fields.put("probe.tcp", tcp.address());
            case Probe.Target.Command command ->
                    fields.put("probe.command", words(command.command()));
        }
        fields.put("probe.interval", DurationText.format(probe.interval()));
        fields.put("probe.timeout", DurationText.format(probe.timeout()));
        fields.put("probe.retries", String.valueOf(probe.retries()));
        fields.put("probe.start_period", DurationText.format(probe.startPeriod()));
    }

    private static void recovery(RecoveryPolicy recovery, Map<String, String> fields) {
        fields.put("restart", EnumWords.of(recovery.restart()));
        fields.put("recovery.attempts", String.valueOf(recovery.attempts()));
        fields.put("recovery.within", DurationText.format(recovery.within()));
        fields.put("recovery.backoff.initial", DurationText.format(recovery.backoff().initial()));
        fields.put("recovery.backoff.max", DurationText.format(recovery.backoff().max()));
        fields.put("recovery.then", EnumWords.of(recovery.then()));
    }

    private static void deploy(DeployPolicy deploy, Map<String, String> fields) {
        fields.put("deploy.mode", EnumWords.of(deploy.mode()));
        fields.put("deploy.replicas", String.valueOf(deploy.replicas()));
        var limits = "deploy.resources.limits.";
        deploy.resources()
                .cpus()
                .ifPresent(cpus -> fields.put(limits + "cpus", String.valueOf(cpus)));
        deploy.resources()
                .memoryBytes()
                .ifPresent(bytes -> fields.put(limits + "memory", bytes + " bytes"));
        deploy.resources()
                .pids()
                .ifPresent(pids -> fields.put(limits + "pids", String.valueOf(pids)));
        var update = deploy.update();
        fields.put("deploy.update_config.parallelism", String.valueOf(update.parallelism()));
        fields.put("deploy.update_config.delay", DurationText.format(update.delay()));
        fields.put("deploy.update_config.monitor", DurationText.format(update.monitor()));
        fields.put("deploy.update_config.failure_action", EnumWords.of(update.failureAction()));
        fields.put("deploy.update_config.order", EnumWords.of(update.order()));
    }

    private static String port(PortSpec port) {
        var range =
                port.count() == 1 ? String.valueOf(port.first()) : port.first() + "-" + port.last();
        return "%s=%s:%s/%s"
                .formatted(port.name(), port.hostAddress(), range, EnumWords.of(port.protocol()));
    }

    private static String words(List<String> words) {
        return words.stream()
                .map(DefinitionDiff::quoted)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
