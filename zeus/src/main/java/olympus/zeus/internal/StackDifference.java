package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.Codecs;
import olympus.zeus.StackPlan;

/** Compares two definitions of a stack: which fields differ, and what that means for what runs. */
final class StackDifference {

    private static final int MAX_TEXT = 200;

    /** Record components by the words that users write; the first that fits. */
    private static final Map<String, String> WORDS = words();

    private StackDifference() {}

    static List<StackPlan.ServiceChange> between(
            Optional<StackDefinition> before, StackDefinition after) {
        var changes = new ArrayList<StackPlan.ServiceChange>();
        var old = before.map(StackDefinition::services).orElse(Map.of());
        var names = new TreeSet<>(old.keySet());
        names.addAll(after.services().keySet());
        for (var name : names) {
            var was = Optional.ofNullable(old.get(name));
            var is = Optional.ofNullable(after.services().get(name));
            if (is.isEmpty()) {
                changes.add(
                        new StackPlan.ServiceChange(
                                name,
                                StackPlan.Kind.REMOVE,
                                "stop and remove; its data is kept",
                                List.of()));
            } else if (was.isEmpty()) {
                changes.add(added(is.get()));
            } else {
                var moved = before.filter(b -> !b.directory().equals(after.directory()));
                changed(
                                was.get(),
                                is.get(),
                                moved.map(StackDefinition::directory),
                                after.directory())
                        .ifPresent(changes::add);
            }
        }
        return changes;
    }

    private static StackPlan.ServiceChange added(ServiceDefinition service) {
        return new StackPlan.ServiceChange(
                service.name(), StackPlan.Kind.ADD, "start " + count(service), List.of());
    }

    private static String count(ServiceDefinition service) {
        if (service.deploy().mode() == DeployPolicy.Mode.GLOBAL) {
            return "one instance on every node";
        }
        var n = service.deploy().replicas();
        return n == 1 ? "1 instance" : n + " instances";
    }

    private static Optional<StackPlan.ServiceChange> changed(
            ServiceDefinition was,
            ServiceDefinition is,
            Optional<String> oldDirectory,
            String directory) {
        var fields = new ArrayList<StackPlan.FieldChange>();
        oldDirectory.ifPresent(
                d -> fields.add(new StackPlan.FieldChange("directory", d, directory)));
        var before = flat(was);
        var after = flat(is);
        var wordsBefore = DeclaredWords.of(was);
        var wordsAfter = DeclaredWords.of(is);
        var paths = new TreeSet<>(before.keySet());
        paths.addAll(after.keySet());
        for (var path : paths) {
            var a = before.getOrDefault(path, "");
            var b = after.getOrDefault(path, "");
            if (!a.equals(b)) {
                var from = wordsBefore.getOrDefault(path, a);
                var to = wordsAfter.getOrDefault(path, b);
                // What the short forms have no word for is told whole.
                var masked =
                        from.equals(to)
                                ? MaskedChange.of(was, is, path, a, b)
                                : MaskedChange.of(was, is, path, from, to);
                fields.add(
                        new StackPlan.FieldChange(path, cut(masked.before()), cut(masked.after())));
            }
        }
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        var replaces = needsReplacement(was, is) || oldDirectory.isPresent();
        return Optional.of(
                new StackPlan.ServiceChange(
                        is.name(),
                        StackPlan.Kind.CHANGE,
                        effect(was, is, replaces, fields),
                        fields));
    }

    /** What differs, by the words that users write. */
    static String paths(ServiceDefinition was, ServiceDefinition is) {
        return changed(was, is, Optional.empty(), "").stream()
                .flatMap(change -> change.fields().stream())
                .map(StackPlan.FieldChange::path)
                .collect(Collectors.joining(", "));
    }

    /** Whether running instances must be replaced for the change to take effect. */
    static boolean needsReplacement(ServiceDefinition was, ServiceDefinition is) {
        return !made(was.workload()).equals(made(is.workload()))
                || !was.ports().equals(is.ports())
                || !was.deploy().resources().equals(is.deploy().resources())
                || was.deploy().mode() != is.deploy().mode()
                || isGuardedOtherwise(was, is);
    }

    /** A guardian is given the signal and the grace period when its run begins. */
    private static boolean isGuardedOtherwise(ServiceDefinition was, ServiceDefinition is) {
        var isSingleton = is.deploy().singleton().isPresent();
        return was.deploy().singleton().isPresent() != isSingleton
                || (isSingleton && !was.stop().equals(is.stop()));
    }

    private static Workload made(Workload workload) {
        return switch (workload) {
            case Workload.Container container -> container.asMade();
            case Workload.Process process -> process;
            case Workload.Unit unit -> unit;
        };
    }

    private static String effect(
            ServiceDefinition was,
            ServiceDefinition is,
            boolean replaces,
            List<StackPlan.FieldChange> fields) {
        var parts = new ArrayList<String>();
        var difference = is.deploy().replicas() - was.deploy().replicas();
        if (replaces) {
            parts.add("replace %s, %s".formatted(count(was), batches(is)));
        }
        if (difference > 0) {
            parts.add("start %d more".formatted(difference));
        } else if (difference < 0) {
            parts.add("stop %d".formatted(-difference));
        }
        if (parts.isEmpty()) {
            var heads = new TreeSet<String>();
            fields.forEach(f -> heads.add(f.path().split("[.\\[]")[0]));
            parts.add("change %s without a restart".formatted(String.join(", ", heads)));
        }
        return String.join("; ", parts);
    }

    private static String batches(ServiceDefinition is) {
        var tried = Trials.size(is);
        var parallelism = is.deploy().update().parallelism();
        if (is.deploy().isBlueGreen()) {
            return "all at once, beside the old ones";
        }
        return (parallelism == 0 ? "all at once" : parallelism + " at a time")
                + (tried == 0 ? "" : ", after a trial by " + tried);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    private static Map<String, String> flat(ServiceDefinition service) {
        var flat = new TreeMap<String, String>();
        flatten("", Codecs.SERVICE_DEFINITION.fields(service), flat);
        return flat;
    }

    private static void flatten(String path, Object value, Map<String, String> into) {
        switch (value) {
            case Map<?, ?> map -> {
                if (map.containsKey("ref") && map.get("ref") instanceof Map<?, ?> ref) {
                    into.put(
                            path,
                            "secret %s@%s".formatted(ref.get("name"), ref.get("fingerprint")));
                } else if (map.containsKey("kind") && map.containsKey("value")) {
                    into.put(path, String.valueOf(map.get("value")));
                } else {
                    map.forEach(
                            (k, v) -> flatten(path.isEmpty() ? "" + k : path + "." + k, v, into));
                }
            }
            case List<?> list -> put(path, joined(list), into);
            default -> put(path, String.valueOf(value), into);
        }
    }

    private static String joined(List<?> list) {
        var parts = new ArrayList<String>();
        for (var element : list) {
            var flat = new TreeMap<String, String>();
            flatten("", element, flat);
            parts.add(flat.size() == 1 ? flat.firstEntry().getValue() : flat.toString());
        }
        return String.join(" ", parts);
    }

    private static void put(String path, String text, Map<String, String> into) {
        var name = path;
        for (var word : WORDS.entrySet()) {
            if (name.startsWith(word.getKey())) {
                name = word.getValue() + name.substring(word.getKey().length());
                break;
            }
        }
        // The kind of a trial is a strategy to users, and spelled as such.
        into.put(name, path.equals("deploy.update.trial.kind") ? text.replace('_', '-') : text);
    }

    private static Map<String, String> words() {
        var words = new LinkedHashMap<String, String>();
        words.put("workload.workingDirectory", "working_dir");
        words.put("workload.image.reference", "image");
        words.put("workload.image.", "image.");
        words.put("workload.execution.", "");
        words.put("workload.networking.", "networking.");
        words.put("workload.mounts", "volumes");
        words.put("workload.healthcheck", "healthcheck");
        words.put("workload.", "process.");
        words.put("dependsOn", "depends_on");
        words.put("deploy.update.failureAction", "deploy.update_config.failure_action");
        words.put("deploy.update.trial.kind", "deploy.update_config.strategy");
        words.put("deploy.update.trial.approvalWithin", "deploy.update_config.approval_deadline");
        words.put("deploy.update.trial.", "deploy.update_config.");
        words.put("deploy.update.", "deploy.update_config.");
        words.put("deploy.resources.memoryBytes", "deploy.resources.limits.memory");
        words.put("deploy.resources.", "deploy.resources.limits.");
        words.put("deploy.placement.spread", "deploy.placement.preferences");
        words.put("deploy.placement.maxPerNode", "deploy.placement.max_replicas_per_node");
        words.put("probe.startPeriod", "probe.start_period");
        words.put("stop.gracePeriod", "stop_grace_period");
        words.put("stop.signal", "stop_signal");
        words.put("about.", "");
        return words;
    }
}
