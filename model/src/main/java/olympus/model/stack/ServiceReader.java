package olympus.model.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.DeploySetting;
import olympus.model.stack.Settings.EnvironmentText;
import olympus.model.stack.Settings.FileSetting;
import olympus.model.stack.Settings.RecoverySetting;
import olympus.model.stack.Settings.RestartSetting;

/**
 * Makes a service's definition from its keys. Notes where each part stands, for the rules that
 * follow.
 */
final class ServiceReader {

    static final Workload NOTHING =
            new Workload.Process(List.of("nothing"), Optional.empty(), Optional.empty(), Map.of());

    private static final List<Key<?>> OF_PROCESSES =
            List.of(
                    ServiceKeys.PROCESS_KEY,
                    ServiceKeys.SERVICE_SECRETS,
                    ServiceKeys.STOP_SIGNAL,
                    ServiceKeys.STOP_GRACE_PERIOD,
                    ProcessKeys.COMMAND,
                    ProcessKeys.USER,
                    ProcessKeys.WORKING_DIR,
                    ProcessKeys.ENVIRONMENT,
                    ProcessKeys.ENV_FILE_KEY);

    private final StackName stack;
    private final String name;
    private final Path directory;
    private final Path folder;
    private final String prefix;
    private final Map<String, String> variables;
    private final ServiceDefaults defaults;
    private final SecretLookup secrets;
    private final Map<SecretRef, String> clearTexts;
    private final Map<String, Place> places;
    private final ProblemLog problems;

    /** Finds a declared secret; empty when there is none, which is reported. */
    @FunctionalInterface
    interface SecretLookup {
        Optional<SecretRef> find(StackName stack, String name, Place usedAt);
    }

    ServiceReader(
            StackName stack,
            String name,
            Path directory,
            Path folder,
            String prefix,
            Map<String, String> variables,
            ServiceDefaults defaults,
            SecretLookup secrets,
            Map<SecretRef, String> clearTexts,
            Map<String, Place> places,
            ProblemLog problems) {
        this.stack = stack;
        this.name = name;
        this.directory = directory;
        this.folder = folder;
        this.prefix = prefix;
        this.variables = variables;
        this.defaults = defaults;
        this.secrets = secrets;
        this.clearTexts = clearTexts;
        this.places = places;
        this.problems = problems;
    }

    /**
     * What a service's declaration says.
     *
     * @param complete whether it says what to run; if not, which is reported, the definition holds
     *     a stand-in for it and serves only to find further problems
     */
    record Read(ServiceDefinition definition, boolean complete) {}

    /** What is missing or wrong is reported. */
    Read read(Fields fields) {
        var workload = fields.has(ServiceKeys.UNIT) ? unit(fields) : process(fields);
        note("recovery", fields.placeOf(RecoveryKeys.RECOVERY_KEY));
        note("deploy", fields.placeOf(ServiceKeys.DEPLOY_KEY));
        note("stop", fields.placeOf(ServiceKeys.STOP_GRACE_PERIOD));
        var restart = fields.get(ServiceKeys.RESTART).orElse(RestartSetting.ALWAYS);
        var definition =
                new ServiceDefinition(
                        name,
                        workload.orElse(NOTHING),
                        ports(fields),
                        dependsOn(fields),
                        probe(fields, defaults, this::note),
                        fields.get(RecoveryKeys.RECOVERY_KEY)
                                .orElse(RecoverySetting.NONE)
                                .policy(restart, defaults.recovery()),
                        fields.get(ServiceKeys.DEPLOY_KEY)
                                .orElse(DeploySetting.NONE)
                                .policy(DeploySetting.NONE)
                                .with(singleton(fields, this::note)),
                        stop(fields),
                        about(fields, defaults));
        return new Read(definition, workload.isPresent());
    }

    private void note(String path, Place place) {
        places.put("services." + name + "." + path, place);
    }

    static Optional<Singleton> singleton(Fields fields, BiConsumer<String, Place> note) {
        note.accept("deploy.singleton", fields.placeOf(ServiceKeys.SINGLETON));
        return fields.get(ServiceKeys.SINGLETON).flatMap(setting -> setting);
    }

    private StopPolicy stop(Fields fields) {
        return new StopPolicy(
                fields.get(ServiceKeys.STOP_SIGNAL).orElse(StopPolicy.DEFAULT.signal()),
                fields.get(ServiceKeys.STOP_GRACE_PERIOD)
                        .or(defaults::stopGracePeriod)
                        .orElse(StopPolicy.DEFAULT.gracePeriod()));
    }

    static Optional<Probe> probe(
            Fields fields, ServiceDefaults defaults, BiConsumer<String, Place> note) {
        note.accept("probe", fields.placeOf(ServiceKeys.PROBE_KEY));
        return fields.get(ServiceKeys.PROBE_KEY)
                .map(p -> {
                    note.accept("probe.target", p.targets().getFirst().place());
                    return p.timings().probe(p.targets().getFirst().value(), defaults.probe());
                });
    }

    /** A unit is somebody else's: how it is run is not said here. */
    private Optional<Workload> unit(Fields fields) {
        note("workload", fields.placeOf(ServiceKeys.UNIT));
        for (var key : OF_PROCESSES) {
            if (fields.has(key)) {
                problems.error(
                        fields.placeOf(key),
                        "\"%s\" is a unit of systemd: \"%s\" stands in the unit's file"
                                .formatted(name, key.name()),
                        "either unit or " + key.name());
            }
        }
        return fields.get(ServiceKeys.UNIT).map(Workload.Unit::new);
    }

    static ServiceDefinition.About about(Fields fields, ServiceDefaults defaults) {
        return new ServiceDefinition.About(
                fields.get(ServiceKeys.LABELS).orElse(Map.of()),
                fields.get(ServiceKeys.OWNER).or(defaults::owner),
                fields.get(ServiceKeys.RUNBOOK),
                fields.get(ServiceKeys.DESCRIPTION));
    }

    private Optional<Workload> process(Fields fields) {
        var process = fields.get(ServiceKeys.PROCESS_KEY);
        if (fields.has(ServiceKeys.PROCESS_KEY) && process.isEmpty()) {
            return Optional.empty();
        }
        var command = one(ProcessKeys.COMMAND, fields, process);
        var user = one(ProcessKeys.USER, fields, process);
        var workingDirectory =
                one(ProcessKeys.WORKING_DIR, fields, process)
                        .flatMap(path -> workingDirectory(path, fields, process));
        var environment = environment(fields, process);
        note("workload", process.map(Fields::place).orElse(fields.place()));
        note("workload.command", placeOf(ProcessKeys.COMMAND, fields, process));
        note("workload.user", placeOf(ProcessKeys.USER, fields, process));
        note("workload.workingDirectory", placeOf(ProcessKeys.WORKING_DIR, fields, process));
        var written =
                fields.has(ProcessKeys.COMMAND)
                        || process.filter(p -> p.has(ProcessKeys.COMMAND)).isPresent();
        if (!written && !misspelt(fields, process)) {
            problems.error(
                    process.map(Fields::place).orElse(fields.place()),
                    "the service \"%s\" has no command".formatted(name),
                    "process: { command: … } or command: …");
        }
        return command.map(
                words -> new Workload.Process(words, user, workingDirectory, environment));
    }

    /** Whether an unknown key, which is reported already, may be the command that is missing. */
    private static boolean misspelt(Fields fields, Optional<Fields> process) {
        return process.filter(p -> !p.unknown().isEmpty()).isPresent()
                || fields.unknown().containsValue(ServiceKeys.PROCESS_KEY.name())
                || fields.unknown().containsValue(ProcessKeys.COMMAND.name());
    }

    /**
     * The key's value, which may stand at the service or within {@code process}, but not at both.
     */
    private <T> Optional<T> one(Key<T> key, Fields fields, Optional<Fields> process) {
        if (fields.has(key) && process.filter(p -> p.has(key)).isPresent()) {
            problems.error(
                    fields.placeOf(key),
                    "\"%s\" is given at the service and within process".formatted(key.name()),
                    "it in one of the two places");
        }
        return process.flatMap(p -> p.get(key)).or(() -> fields.get(key));
    }

    private static Place placeOf(Key<?> key, Fields fields, Optional<Fields> process) {
        return process.filter(p -> p.has(key)).orElse(fields).placeOf(key);
    }

    private Optional<String> workingDirectory(
            String path, Fields fields, Optional<Fields> process) {
        var place = placeOf(ProcessKeys.WORKING_DIR, fields, process);
        return FileSet.resolve(directory, new Located<>(place, path), problems).map(Path::toString);
    }

    private Map<String, Workload.EnvironmentValue> environment(
            Fields fields, Optional<Fields> process) {
        var values = new LinkedHashMap<String, Workload.EnvironmentValue>();
        one(ProcessKeys.ENV_FILE_KEY, fields, process)
                .orElse(List.of())
                .forEach(file -> environmentFile(file, values));
        fields.get(ServiceKeys.SERVICE_SECRETS)
                .orElse(List.of())
                .forEach(secret -> {
                    var variable =
                            secret.value().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
                    put(
                            variable,
                            new EnvironmentText.FromSecret(secret.value(), secret.place()),
                            secret.place(),
                            values);
                });
        one(ProcessKeys.ENVIRONMENT, fields, process)
                .orElse(List.of())
                .forEach(setting -> put(setting.name(), setting.value(), setting.place(), values));
        return values;
    }

    private void put(
            String variable,
            EnvironmentText text,
            Place place,
            Map<String, Workload.EnvironmentValue> values) {
        note("workload.environment." + variable, place);
        switch (text) {
            case EnvironmentText.Plain plain ->
                    values.put(variable, new Workload.EnvironmentValue.Literal(plain.text()));
            case EnvironmentText.FromSecret secret ->
                    secrets.find(stack, secret.secret(), secret.place())
                            .ifPresent(ref ->
                                    values.put(
                                            variable, new Workload.EnvironmentValue.Secret(ref)));
            case EnvironmentText.PassedOn passedOn -> {
                var value = variables.get(variable);
                if (value == null) {
                    problems.warning(
                            place,
                            "the variable "
                                    + variable
                                    + " is not set; the instance does not get it");
                } else {
                    values.put(variable, new Workload.EnvironmentValue.Literal(value));
                }
            }
        }
    }

    private void environmentFile(FileSetting file, Map<String, Workload.EnvironmentValue> values) {
        var path = FileSet.resolve(directory, new Located<>(file.place(), file.path()), problems);
        var read =
                new EnvironmentSecrets(stack, name, folder, prefix, clearTexts, problems)
                        .read(file, path, variables);
        read.keySet().forEach(variable -> note("workload.environment." + variable, file.place()));
        values.putAll(read);
    }

    private List<PortSpec> ports(Fields fields) {
        note("ports", fields.placeOf(ServiceKeys.PORTS));
        var settings = fields.get(ServiceKeys.PORTS).orElse(List.of());
        var ports = new ArrayList<PortSpec>();
        for (var i = 0; i < settings.size(); i++) {
            var setting = settings.get(i);
            note("ports[" + i + "]", setting.place());
            var portName = setting.name().orElse(String.valueOf(i + 1));
            ports.add(
                    PortSpec.bound(
                            portName,
                            setting.hostAddress(),
                            setting.first(),
                            setting.last(),
                            setting.protocol()));
        }
        return ports;
    }

    private Map<String, Dependency> dependsOn(Fields fields) {
        var dependencies = new LinkedHashMap<String, Dependency>();
        fields.get(ServiceKeys.DEPENDS_ON)
                .orElse(Map.of())
                .forEach((on, dependency) -> {
                    note("dependsOn." + on, dependency.place());
                    dependencies.put(on, dependency.value());
                });
        return dependencies;
    }
}
