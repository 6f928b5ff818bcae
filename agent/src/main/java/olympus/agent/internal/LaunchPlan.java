package olympus.agent.internal;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.SecretRef;
import olympus.model.stack.Workload;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.model.state.InstanceSpec;

/**
 * Everything needed to start one run, or why it can never start. Made just before each start; knows
 * clear secrets.
 */
sealed interface LaunchPlan {

    /**
     * @param prefix the words in front of any command that switch to the instance's user
     * @param command program and arguments
     * @param environment whole; may hold clear secrets, must not reach a disk
     */
    record Ready(
            List<String> prefix,
            List<String> command,
            Map<String, String> environment,
            Path directory)
            implements LaunchPlan {
        @Override
        public String toString() {
            return "Ready[command=%s, directory=%s]".formatted(command, directory);
        }
    }

    /**
     * @param hopeless whether it would fail alike without a change of the declaration or the
     *     machine by a person
     */
    record Impossible(String reason, boolean hopeless) implements LaunchPlan {}

    /** Checks and prepares. Blocks on files (users, executables): run it outside the loop. */
    static LaunchPlan prepare(
            InstanceSpec spec,
            Map<SecretRef, String> secrets,
            Accounts accounts,
            InstanceFolders folders) {
        if (!(spec.definition().workload() instanceof Workload.Process process)) {
            return new Impossible(
                    "this agent has no driver for " + spec.definition().workload().driver(), true);
        }
        var missing =
                process.environment().values().stream()
                        .filter(value ->
                                value instanceof EnvironmentValue.Secret secret
                                        && !secrets.containsKey(secret.ref()))
                        .map(value -> ((EnvironmentValue.Secret) value).ref().name())
                        .toList();
        if (!missing.isEmpty()) {
            return new Impossible(
                    "its secrets %s are not on this node; waiting for a server to send them"
                            .formatted(missing),
                    false);
        }
        return switch (accounts.resolve(process.user())) {
            case Accounts.Unusable unusable -> new Impossible(unusable.reason(), true);
            case Accounts.Account account -> prepare(spec, process, secrets, account, folders);
        };
    }

    /** What a probe's command is run with; that of a unit runs as the agent's own user. */
    static LaunchPlan ofProbe(
            InstanceSpec spec,
            List<String> command,
            Map<SecretRef, String> secrets,
            Accounts accounts,
            InstanceFolders folders) {
        if (!(spec.definition().workload() instanceof Workload.Unit)) {
            return prepare(spec, secrets, accounts, folders);
        }
        var process = new Workload.Process(command, Optional.empty(), Optional.empty(), Map.of());
        return switch (accounts.resolve(Optional.empty())) {
            case Accounts.Unusable unusable -> new Impossible(unusable.reason(), true);
            case Accounts.Account account -> prepare(spec, process, secrets, account, folders);
        };
    }

    private static LaunchPlan prepare(
            InstanceSpec spec,
            Workload.Process process,
            Map<SecretRef, String> secrets,
            Accounts.Account account,
            InstanceFolders folders) {
        Path directory;
        try {
            directory = directory(spec, process, folders);
        } catch (UncheckedIOException e) {
            return new Impossible(String.valueOf(e.getMessage()), false);
        }
        if (!Files.isDirectory(directory)) {
            return new Impossible(
                    "the working directory %s %s"
                            .formatted(
                                    directory,
                                    Files.exists(directory)
                                            ? "is not a directory"
                                            : "does not exist on this machine"),
                    true);
        }
        var placeholders = placeholders(spec);
        var environment = environment(process, secrets, account, placeholders);
        var unnameable =
                environment.keySet().stream()
                        .filter(name -> !name.matches("[A-Za-z_][A-Za-z0-9_]*"))
                        .toList();
        if (!unnameable.isEmpty()) {
            return new Impossible(
                    "environment variables %s cannot be passed on; names consist of letters, digits and _"
                            .formatted(unnameable),
                    true);
        }
        var command = process.command().stream().map(word -> fill(word, placeholders)).toList();
        var problem =
                unexecutable(command.getFirst(), directory, environment.getOrDefault("PATH", ""));
        if (problem.isPresent()) {
            return new Impossible(problem.get() + whyThere(spec, process), true);
        }
        return new Ready(account.prefix(), command, environment, directory);
    }

    /**
     * The declared one; else the stack's folder, which only the machine where the stack was applied
     * is sure to have, and where it is missing an empty one of the instance's own.
     */
    private static Path directory(
            InstanceSpec spec, Workload.Process process, InstanceFolders folders) {
        return process.workingDirectory()
                .map(Path::of)
                .orElseGet(() -> {
                    var folder = Path.of(spec.directory());
                    return Files.isDirectory(folder) ? folder : folders.empty(spec.id());
                });
    }

    /** Said where it may be why something is missing. */
    private static String whyThere(InstanceSpec spec, Workload.Process process) {
        return process.workingDirectory().isPresent()
                        || Files.isDirectory(Path.of(spec.directory()))
                ? ""
                : "; the stack's folder %s is not on this machine, so that it was to start in an empty one"
                        .formatted(spec.directory());
    }

    private static Map<String, String> environment(
            Workload.Process process,
            Map<SecretRef, String> secrets,
            Accounts.Account account,
            Map<String, String> placeholders) {
        var environment = new LinkedHashMap<String, String>();
        for (var name : List.of("PATH", "LANG", "LC_ALL", "TZ")) {
            Optional.ofNullable(System.getenv(name))
                    .ifPresent(value -> environment.put(name, value));
        }
        environment.putIfAbsent(
                "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("HOME", account.home());
        environment.put("USER", account.name());
        environment.put("LOGNAME", account.name());
        environment.put("SHELL", account.shell());
        environment.putAll(placeholders);
        process.environment()
                .forEach((name, value) ->
                        environment.put(
                                name,
                                switch (value) {
                                    case EnvironmentValue.Literal literal ->
                                            fill(literal.value(), placeholders);
                                    case EnvironmentValue.Secret secret ->
                                            secrets.getOrDefault(secret.ref(), "");
                                }));
        return environment;
    }

    /**
     * The variables every instance gets; also what {@code ${…}} in commands, literals and probes
     * stands for.
     */
    static Map<String, String> placeholders(InstanceSpec spec) {
        var values = new LinkedHashMap<String, String>();
        values.put("OLYMPUS_INSTANCE", spec.id().toString());
        values.put("OLYMPUS_STACK", spec.id().service().stack().value());
        values.put("OLYMPUS_SERVICE", spec.id().service().service());
        values.put("OLYMPUS_ORDINAL", Integer.toString(spec.id().ordinal()));
        for (var port : spec.definition().ports()) {
            var number =
                    Optional.ofNullable(spec.ports().get(port.name()))
                            .map(String::valueOf)
                            .orElse("");
            values.putIfAbsent("OLYMPUS_PORT", number);
            values.put(
                    "OLYMPUS_PORT_"
                            + port.name()
                                    .toUpperCase(java.util.Locale.ROOT)
                                    .replaceAll("[^A-Z0-9_]", "_"),
                    number);
        }
        return values;
    }

    /** Replaces {@code ${NAME}} for the names given; everything else stays as it is. */
    static String fill(String text, Map<String, String> placeholders) {
        if (!text.contains("${OLYMPUS_")) {
            return text;
        }
        var filled = text;
        for (var placeholder : placeholders.entrySet()) {
            filled = filled.replace("${" + placeholder.getKey() + "}", placeholder.getValue());
        }
        return filled;
    }

    /** Why this word cannot be run, if so. */
    private static Optional<String> unexecutable(String word, Path directory, String path) {
        if (word.contains("/")) {
            var file = directory.resolve(word);
            if (!Files.exists(file)) {
                return Optional.of("the executable %s does not exist".formatted(file));
            }
            return Files.isDirectory(file)
                    ? Optional.of(file + " is a directory, not an executable")
                    : Files.isExecutable(file)
                            ? Optional.empty()
                            : Optional.of(file + " is not executable");
        }
        for (var folder : path.split(":")) {
            var file = directory.resolve(folder).resolve(word);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return Optional.empty();
            }
        }
        return Optional.of("the executable \"%s\" was not found in PATH=%s".formatted(word, path));
    }
}
