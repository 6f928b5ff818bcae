package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.model.NearestWord;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.encrypted.AgeKeys;
import olympus.model.stack.FileSet.SourceFile;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.Checked;
import olympus.model.stack.Settings.SecretSource;

/**
 * Puts the files of one stack together: services by name, secrets, and the rules, whose paths
 * become places.
 */
final class StackReader {

    static final int MAX_SECRET_BYTES = 64 << 10;

    private static final Fields NOTHING = Fields.NONE;

    private final Path folder;
    private final String prefix;
    private final Map<String, String> variables;
    private final List<Located<Path>> composeFiles;
    private final ServiceDefaults defaults;
    private final ProblemLog problems;
    private final Map<String, Located<SecretSource>> secrets = new LinkedHashMap<>();
    private final Map<String, Path> secretFolders = new HashMap<>();
    private final Map<String, Located<Checked<Fields>>> services = new LinkedHashMap<>();
    private final Map<String, Path> serviceFolders = new HashMap<>();
    private final Map<SecretRef, String> clearTexts = new HashMap<>();
    private final Set<String> usedSecrets = new HashSet<>();

    /** Where the values stand that rules speak of, by their path in the definition. */
    private final Map<String, Place> places = new HashMap<>();

    StackReader(
            Path folder,
            String prefix,
            Map<String, String> variables,
            List<Located<Path>> composeFiles,
            ServiceDefaults defaults,
            ProblemLog problems) {
        this.folder = folder;
        this.prefix = prefix;
        this.variables = variables;
        this.composeFiles = composeFiles;
        this.defaults = defaults;
        this.problems = problems;
    }

    StackFolder.Outcome read() {
        var compose =
                composeFiles.isEmpty()
                        ? Optional.<ComposeProject>empty()
                        : ComposeProject.read(folder, prefix, composeFiles, variables, problems);
        var written = Files.exists(folder.resolve(StackFolder.FILE)) || composeFiles.isEmpty();
        var files =
                written
                        ? new FileSet(folder, prefix, variables, problems).read()
                        : List.<SourceFile>of();
        if ((written && files.isEmpty()) || (!composeFiles.isEmpty() && compose.isEmpty())) {
            return invalid();
        }
        files.forEach(this::collect);
        var main = files.stream().findFirst().map(SourceFile::fields).orElse(NOTHING);
        var name = name(main, compose);
        var mode = main.get(StackKeys.MODE).orElse(StackDefinition.Mode.MANAGE);
        var sound = new TreeMap<String, ServiceDefinition>();
        var broken = new TreeMap<String, Optional<ServiceDefinition>>();
        // An unusable name is reported; reading goes on under a stand-in to find the other
        // problems.
        var stack = name.orElse(new StackName("stack"));
        compose.ifPresent(project -> containers(stack, project, sound, broken));
        services.forEach((service, setting) -> {
            if (compose.filter(c -> c.active().containsKey(service)).isEmpty()) {
                service(stack, service, setting, compose, sound, broken);
            }
        });
        warnOfUnusedSecrets();
        var definition = new StackDefinition(stack, mode, folder.toString(), sound);
        if (!files.isEmpty()) {
            places.put("services", main.placeOf(StackKeys.SERVICES));
        }
        applyRules(definition, broken, Place.startOf(prefix + mainFile()));
        if (problems.errorCount() == 0 && name.isPresent()) {
            return loaded(definition);
        }
        var rest =
                name.isPresent() && problems.errorCount() == problems.refusalCount()
                        ? Optional.of(loaded(without(definition, problems.refused())))
                        : Optional.<StackFolder.Outcome.Loaded>empty();
        return StackFolder.Outcome.Invalid.of(problems, rest);
    }

    private String mainFile() {
        return composeFiles.stream()
                .findFirst()
                .map(file -> String.valueOf(file.value().getFileName()))
                .orElse(StackFolder.FILE);
    }

    private StackFolder.Outcome.Loaded loaded(StackDefinition definition) {
        return new StackFolder.Outcome.Loaded(
                definition, new ClearSecrets(used(definition)), problems.warnings());
    }

    /** Nobody waits for what is not there. */
    private static StackDefinition without(StackDefinition definition, Set<String> refused) {
        var services = new TreeMap<String, ServiceDefinition>();
        definition
                .services()
                .forEach((name, s) -> {
                    var dependsOn = new TreeMap<>(s.dependsOn());
                    dependsOn.keySet().removeAll(refused);
                    services.put(
                            name,
                            new ServiceDefinition(
                                    s.name(),
                                    s.workload(),
                                    s.ports(),
                                    dependsOn,
                                    s.probe(),
                                    s.recovery(),
                                    s.deploy(),
                                    s.stop(),
                                    s.about()));
                });
        return new StackDefinition(
                definition.name(), definition.mode(), definition.directory(), services);
    }

    private void containers(
            StackName stack,
            ComposeProject project,
            Map<String, ServiceDefinition> sound,
            Map<String, Optional<ServiceDefinition>> broken) {
        var projectName = project.name().orElse(stack.value());
        var resources = new ComposeResources(project, projectName, problems);
        var grants = new ComposeGrants(project, stack, clearTexts, problems);
        project.active()
                .forEach((name, entry) -> {
                    var added = Optional.ofNullable(services.get(name)).map(Located::value);
                    var before = problems.errorCount();
                    places.put("services." + name, entry.namePlace());
                    problems.reading(name);
                    var files =
                            new EnvironmentSecrets(
                                    stack, name, folder, prefix, clearTexts, problems);
                    var read =
                            ComposeServiceKeys.SERVICE
                                    .read(entry.value(), problems)
                                    .map(fields ->
                                            new ComposeServiceReader(
                                                            name,
                                                            project,
                                                            projectName,
                                                            resources,
                                                            grants,
                                                            files,
                                                            defaults,
                                                            places,
                                                            problems)
                                                    .read(fields, added.flatMap(Checked::value)));
                    problems.reading("");
                    if (problems.errorCount() == before
                            && added.map(Checked::sound).orElse(true)
                            && read.filter(ServiceReader.Read::complete).isPresent()) {
                        sound.put(name, read.get().definition());
                    } else {
                        broken.put(name, read.map(ServiceReader.Read::definition));
                    }
                });
        grants.declaredSecrets()
                .forEach((name, place) -> twice("secret", name, secrets.get(name), place));
    }

    /** Of an env_file, a value may be overridden: its clear text is then not needed. */
    private Map<SecretRef, String> used(StackDefinition definition) {
        var used = new HashMap<>(clearTexts);
        used.keySet().retainAll(SecretRefs.in(definition));
        return used;
    }

    private StackFolder.Outcome invalid() {
        return StackFolder.Outcome.Invalid.of(problems);
    }

    private void collect(SourceFile file) {
        file.fields()
                .get(StackKeys.SECRETS)
                .ifPresent(named ->
                        named.forEach((name, source) -> {
                            var first = secrets.putIfAbsent(name, source);
                            secretFolders.putIfAbsent(name, file.directory());
                            twice("secret", name, first, source.place());
                        }));
        file.fields()
                .get(StackKeys.SERVICES)
                .ifPresent(named ->
                        named.forEach((name, service) -> {
                            var first = services.putIfAbsent(name, service);
                            serviceFolders.putIfAbsent(name, file.directory());
                            twice("service", name, first, service.place());
                        }));
    }

    private void twice(
            String what,
            String name,
            @org.jspecify.annotations.Nullable Located<?> first,
            Place place) {
        if (first != null) {
            problems.error(
                    place,
                    "the %s \"%s\" is declared twice, first at %s"
                            .formatted(what, name, first.place()),
                    "a name of its own");
        }
    }

    /** What olympus.yaml says, else the name of the Compose project, else the folder's. */
    private Optional<StackName> name(Fields main, Optional<ComposeProject> compose) {
        if (!main.has(StackKeys.NAME) && compose.isPresent()) {
            return compose.get().name().flatMap(name -> projectName(name, compose.get()));
        }
        var last = folder.getFileName();
        var written = main.get(StackKeys.NAME).orElse(last == null ? "" : last.toString());
        if (main.has(StackKeys.NAME) && main.get(StackKeys.NAME).isEmpty()) {
            return Optional.empty();
        }
        if (!StackName.PATTERN.matcher(written).matches()) {
            problems.error(
                    main.placeOf(StackKeys.NAME),
                    "the folder's name \"%s\" cannot be the stack's name".formatted(written),
                    "a key \"name\" with 1 to 63 of a-z, 0-9, - and _");
            return Optional.empty();
        }
        return Optional.of(new StackName(written));
    }

    private Optional<StackName> projectName(String name, ComposeProject project) {
        if (StackName.PATTERN.matcher(name).matches()) {
            return Optional.of(new StackName(name));
        }
        problems.error(
                project.namePlace(),
                "the project's name \"%s\" cannot be the stack's name".formatted(name),
                "1 to 63 of a-z, 0-9, - and _");
        return Optional.empty();
    }

    private void service(
            StackName stack,
            String name,
            Located<Checked<Fields>> setting,
            Optional<ComposeProject> compose,
            Map<String, ServiceDefinition> sound,
            Map<String, Optional<ServiceDefinition>> broken) {
        if (compose.filter(c -> c.inactive().contains(name)).isPresent()) {
            problems.warning(
                    setting.place(),
                    "the profile of \"%s\" is not active: the service is left out".formatted(name));
            return;
        }
        if (compose.isPresent() && isAddition(setting)) {
            problems.error(
                    setting.place(),
                    "there is no service \"%s\" in the Compose file, and nothing here says what to run"
                            .formatted(name),
                    "the name of a service there, or process, command or unit",
                    NearestWord.to(name, compose.get().active().keySet()));
            broken.put(name, Optional.empty());
            return;
        }
        var before = problems.errorCount();
        var directory = Optional.ofNullable(serviceFolders.get(name)).orElse(folder);
        places.put("services." + name, setting.place());
        var reader =
                new ServiceReader(
                        stack,
                        name,
                        directory,
                        folder,
                        prefix,
                        variables,
                        defaults,
                        this::secret,
                        clearTexts,
                        places,
                        problems);
        var read = setting.value().value().map(reader::read);
        if (setting.value().sound()
                && problems.errorCount() == before
                && read.filter(ServiceReader.Read::complete).isPresent()) {
            sound.put(name, read.get().definition());
        } else {
            broken.put(name, read.map(ServiceReader.Read::definition));
        }
    }

    /** Whether it says of a service everything but what it runs. */
    private static boolean isAddition(Located<Checked<Fields>> setting) {
        return setting.value()
                .value()
                .filter(f ->
                        f.unknown().isEmpty()
                                && !f.has(ServiceKeys.PROCESS_KEY)
                                && !f.has(ProcessKeys.COMMAND)
                                && !f.has(ServiceKeys.UNIT))
                .isPresent();
    }

    /**
     * The reference to a declared secret, whose clear text is read at its first use; empty when
     * that fails, which is reported.
     */
    private Optional<SecretRef> secret(StackName stack, String name, Place usedAt) {
        var source = secrets.get(name);
        if (source == null) {
            problems.error(
                    usedAt,
                    "the secret \"%s\" is not declared".formatted(name),
                    "a name under secrets:",
                    NearestWord.to(name, new TreeSet<>(secrets.keySet())));
            return Optional.empty();
        }
        var ref = new SecretRef(stack, name, "");
        if (usedSecrets.add(name)) {
            clearText(name, source).ifPresent(text -> clearTexts.put(ref, text));
        }
        return Optional.of(ref);
    }

    private Optional<String> clearText(String name, Located<SecretSource> source) {
        var file = source.value().file();
        if (file.isPresent()) {
            var directory = Optional.ofNullable(secretFolders.get(name)).orElse(folder);
            return FileSet.resolve(directory, file.get(), problems)
                    .flatMap(path ->
                            new SecretFile(
                                            path,
                                            "secret file",
                                            file.get().value(),
                                            file.get().place(),
                                            problems)
                                    .text(source.value().key(), new AgeKeys(variables)))
                    .map(text ->
                            text.endsWith("\n")
                                    ? text.substring(
                                            0, text.length() - (text.endsWith("\r\n") ? 2 : 1))
                                    : text);
        }
        return source.value()
                .environment()
                .flatMap(variable -> {
                    var value = Optional.ofNullable(variables.get(variable.value()));
                    if (value.isEmpty()) {
                        problems.error(
                                variable.place(),
                                "the variable %s of the secret \"%s\" is not set"
                                        .formatted(variable.value(), name),
                                "it in the environment or in .env");
                    }
                    return value;
                });
    }

    private void warnOfUnusedSecrets() {
        secrets.forEach((name, source) -> {
            if (!usedSecrets.contains(name)) {
                problems.warning(source.place(), "the secret \"%s\" is not used".formatted(name));
            }
        });
    }

    private void applyRules(
            StackDefinition definition,
            Map<String, Optional<ServiceDefinition>> broken,
            Place otherwise) {
        for (var finding : DefinitionRules.check(definition, broken)) {
            var place = placeOf(finding.path(), otherwise);
            if (finding.error()) {
                problems.error(place, finding.message(), finding.expected(), finding.suggestion());
            } else {
                problems.warning(place, finding.message());
            }
        }
    }

    /** The place of the value itself, else of the nearest value around it. */
    private Place placeOf(String path, Place otherwise) {
        for (var part = path;
                !part.isEmpty();
                part =
                        part.substring(
                                0,
                                Math.max(
                                        part.lastIndexOf('.'),
                                        Math.max(part.lastIndexOf('['), 0)))) {
            var place = places.get(part);
            if (place != null) {
                return place;
            }
        }
        return otherwise;
    }
}
