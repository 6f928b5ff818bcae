package olympus.model.stack;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.model.NearestWord;
import olympus.model.stack.ComposeLoader.Source;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.Checked;

/**
 * A folder's Compose project: its files as one, its name, what it declares besides services, and
 * the services that the active profiles leave in.
 */
final class ComposeProject {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*");
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^a-z0-9_-]");
    private static final String EVERY_PROFILE = "*";

    private final Path folder;
    private final Map<String, String> variables;
    private final ProblemLog problems;
    private final ComposeLoader.Tree tree;
    private final List<String> configFiles;
    private final Fields fields;
    private final Optional<String> name;
    private final Map<String, YamlValue.Mapping.Entry> services = new LinkedHashMap<>();
    private final Set<String> inactive = new LinkedHashSet<>();

    private ComposeProject(
            Path folder,
            Map<String, String> variables,
            ComposeLoader.Tree tree,
            List<String> configFiles,
            Fields fields,
            ProblemLog problems) {
        this.folder = folder;
        this.variables = variables;
        this.problems = problems;
        this.tree = tree;
        this.configFiles = configFiles;
        this.fields = fields;
        this.name = projectName();
        services();
    }

    /** Empty when the files cannot be read, which is reported. */
    static Optional<ComposeProject> read(
            Path folder,
            String prefix,
            List<Located<Path>> files,
            Map<String, String> variables,
            ProblemLog problems) {
        var names = files.stream().map(file -> file.value().normalize().toString()).toList();
        return new ComposeLoader(folder, prefix, problems)
                .load(files, variables)
                .flatMap(tree -> {
                    SecretsInClear.check(tree.root(), variables, problems);
                    return ComposeKeys.PROJECT
                            .read(tree.root(), problems)
                            .map(fields ->
                                    new ComposeProject(
                                            folder, variables, tree, names, fields, problems));
                });
    }

    /** Where the project's name stands, else the file's beginning. */
    Place namePlace() {
        return fields.placeOf(ComposeKeys.NAME);
    }

    /** Empty when it is not usable, which is reported. */
    Optional<String> name() {
        return name;
    }

    private Optional<String> projectName() {
        var given = variables.getOrDefault("COMPOSE_PROJECT_NAME", "");
        if (!given.isEmpty()) {
            return checked(given, Place.startOf("COMPOSE_PROJECT_NAME"));
        }
        if (fields.has(ComposeKeys.NAME)) {
            return fields.get(ComposeKeys.NAME)
                    .flatMap(written -> checked(written, fields.placeOf(ComposeKeys.NAME)));
        }
        var last = folder.getFileName();
        var made =
                NOT_IN_NAMES
                        .matcher((last == null ? "" : last.toString()).toLowerCase(Locale.ROOT))
                        .replaceAll("")
                        .replaceFirst("^[_-]+", "");
        return made.isEmpty() ? checked(made, namePlace()) : Optional.of(made);
    }

    private Optional<String> checked(String written, Place place) {
        if (NAME.matcher(written).matches()) {
            return Optional.of(written);
        }
        problems.error(
                place,
                "\"%s\" cannot be the project's name".formatted(written),
                "a-z, 0-9, - and _, beginning with a letter or digit");
        return Optional.empty();
    }

    private void services() {
        var entry = tree.root().entries().get("services");
        if (entry == null || ComposeMerge.isNothing(entry.value())) {
            return;
        }
        if (!(entry.value() instanceof YamlValue.Mapping mapping)) {
            problems.error(
                    entry.value().place(), "found " + entry.value().found(), "services by name");
            return;
        }
        var active = profiles();
        mapping.entries()
                .forEach((service, declared) -> {
                    if (service.startsWith(KeyTable.EXTENSION_PREFIX)
                            && !(declared.value() instanceof YamlValue.Mapping)) {
                        return;
                    }
                    if (isActive(declared.value(), active)) {
                        services.put(service, declared);
                    } else {
                        inactive.add(service);
                    }
                });
    }

    private Set<String> profiles() {
        var active = new TreeSet<String>();
        for (var profile : variables.getOrDefault("COMPOSE_PROFILES", "").split(",", -1)) {
            active.add(profile.strip());
        }
        active.remove("");
        return active;
    }

    private static boolean isActive(YamlValue service, Set<String> active) {
        if (!(service instanceof YamlValue.Mapping mapping)
                || !mapping.entries().containsKey("profiles")
                || active.contains(EVERY_PROFILE)) {
            return true;
        }
        if (!(mapping.entries().get("profiles").value() instanceof YamlValue.Sequence list)) {
            return true;
        }
        return list.items().isEmpty()
                || list.items().stream()
                        .anyMatch(item ->
                                item instanceof YamlValue.Scalar scalar
                                        && active.contains(scalar.text()));
    }

    /** By name, in the order of the files; without those of inactive profiles. */
    Map<String, YamlValue.Mapping.Entry> active() {
        return services;
    }

    /** What the first container of a service is called. */
    String containerName(String service, String projectName) {
        var entry = services.get(service);
        var written = entry == null ? "" : ComposeIdentities.field(entry.value(), "container_name");
        return written.isEmpty() ? "%s-%s-1".formatted(projectName, service) : written;
    }

    Set<String> inactive() {
        return inactive;
    }

    Path folder() {
        return folder;
    }

    List<String> configFiles() {
        return configFiles;
    }

    /** From where what is written at a place is seen. */
    Source sourceOf(Place place) {
        return tree.sources().getOrDefault(place.file(), new Source(folder, variables));
    }

    /** An absolute path; {@code ~} is the user's home. Empty when it is none, which is reported. */
    Optional<Path> path(Located<String> written) {
        var text = written.value();
        if (text.equals("~") || text.startsWith("~/")) {
            var home = variables.getOrDefault("HOME", "");
            if (home.isEmpty()) {
                problems.error(
                        written.place(),
                        "\"%s\" needs the variable HOME, which is not set".formatted(text),
                        "an absolute path");
                return Optional.empty();
            }
            text = home + text.substring(1);
        }
        return FileSet.resolve(
                sourceOf(written.place()).directory(),
                new Located<>(written.place(), text),
                problems);
    }

    /** What stands under a name in networks, volumes, configs or secrets. */
    Optional<Located<Checked<Fields>>> resource(
            Key<Map<String, Located<Checked<Fields>>>> kind, String key) {
        return fields.get(kind).map(declared -> declared.get(key));
    }

    /** Reports a name that is not declared. */
    void undeclared(
            Key<Map<String, Located<Checked<Fields>>>> kind, String what, Located<String> used) {
        var known = fields.get(kind).map(Map::keySet).orElse(Set.of());
        problems.error(
                used.place(),
                "the %s \"%s\" is not declared".formatted(what, used.value()),
                "a name under %s:".formatted(kind.name())
                        + (used.value().contains("/") ? ", or ./ before a path" : ""),
                NearestWord.to(used.value(), new TreeSet<>(known)));
    }

    /** Reports a service that is none of this project, or one of an inactive profile. */
    boolean isKnown(Located<String> service, String why) {
        if (services.containsKey(service.value())) {
            return true;
        }
        var isInactive = inactive.contains(service.value());
        problems.error(
                service.place(),
                isInactive
                        ? "%s the service \"%s\", whose profile is not active"
                                .formatted(why, service.value())
                        : "%s the unknown service \"%s\"".formatted(why, service.value()),
                isInactive ? "its profile in COMPOSE_PROFILES" : "a service of this project",
                NearestWord.to(service.value(), new TreeSet<>(services.keySet())));
        return false;
    }
}
