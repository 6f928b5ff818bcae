package olympus.model.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import olympus.model.NearestWord;

/**
 * Reads the files of a Compose project into one tree: variables replaced, {@code extends} followed,
 * {@code include} read, overrides merged. What the keys mean is not looked at.
 *
 * <p>Bounded in files, bytes and depth; never throws for what the files hold.
 */
final class ComposeLoader {

    private final Path folder;
    private final String prefix;
    private final ProblemLog problems;
    private final MergeTags tags = new MergeTags();
    private final ComposeMerge merge;
    private final Map<String, Source> sources = new HashMap<>();
    private final Map<Path, Optional<YamlValue.Mapping>> parsed = new HashMap<>();
    private final Set<Path> read = new LinkedHashSet<>();
    private long totalBytes;

    /** Of services that others begin with, each as often as it is used. */
    private long extendedValues;

    ComposeLoader(Path folder, String prefix, ProblemLog problems) {
        this.folder = folder;
        this.prefix = prefix;
        this.problems = problems;
        this.merge = new ComposeMerge(tags, problems);
    }

    /** From where paths and variables in a file are seen. */
    record Source(Path directory, Map<String, String> variables) {}

    /**
     * A project's files as one.
     *
     * @param sources by the file's name as it stands in places
     * @param files that were read
     */
    record Tree(YamlValue.Mapping root, Map<String, Source> sources, Set<Path> files) {}

    Optional<Tree> load(List<Located<Path>> files, Map<String, String> variables) {
        return project(files, new Source(folder, variables), List.of())
                .map(root -> merge.settled("", root))
                .map(root -> new Tree((YamlValue.Mapping) root, sources, read));
    }

    private Optional<YamlValue.Mapping> project(
            List<Located<Path>> files, Source source, List<Path> including) {
        Optional<YamlValue.Mapping> merged = Optional.empty();
        for (var file : files) {
            var chain = new ArrayList<>(including);
            chain.add(file.value());
            var tree =
                    file(file, source)
                            .map(root -> extended(root, file.value(), source))
                            .map(root -> included(root, source, chain));
            if (tree.isEmpty()) {
                continue;
            }
            var before = merged;
            merged =
                    tree.map(root ->
                            before.map(b -> merge.merge("", b, root))
                                    .filter(YamlValue.Mapping.class::isInstance)
                                    .map(YamlValue.Mapping.class::cast)
                                    .orElse(root));
        }
        return merged;
    }

    private Optional<YamlValue.Mapping> file(Located<Path> file, Source source) {
        var path = file.value().normalize();
        var known = parsed.get(path);
        if (known != null) {
            return known;
        }
        var root = parse(path, file.place(), source);
        parsed.put(path, root);
        return root;
    }

    private Optional<YamlValue.Mapping> parse(Path path, Place at, Source source) {
        if (read.size() >= FileSet.MAX_FILES) {
            problems.error(at, "too many files", "at most %d".formatted(FileSet.MAX_FILES));
            return Optional.empty();
        }
        read.add(path);
        var shown = prefix + FileSet.show(folder, path);
        sources.putIfAbsent(shown, source);
        var interpolation = Interpolation.ofCompose(source.variables(), problems);
        return SourceText.read(path, "file", shown, at, SourceText.MAX_FILE_BYTES, problems)
                .filter(text -> withinTotal(text, at))
                .flatMap(text ->
                        YamlReader.read(
                                shown, text, interpolation::apply, Optional.of(tags), problems))
                .flatMap(this::mapping);
    }

    private boolean withinTotal(String text, Place at) {
        totalBytes += text.length();
        if (totalBytes > FileSet.MAX_TOTAL_BYTES) {
            problems.error(
                    at,
                    "the project's files are too large together",
                    "at most %d bytes".formatted(FileSet.MAX_TOTAL_BYTES));
        }
        return totalBytes <= FileSet.MAX_TOTAL_BYTES;
    }

    private Optional<YamlValue.Mapping> mapping(YamlValue value) {
        if (value instanceof YamlValue.Mapping mapping) {
            return Optional.of(mapping);
        }
        problems.error(value.place(), "found " + value.found(), "a Compose file with services: …");
        return Optional.empty();
    }

    private static Optional<YamlValue.Mapping> child(YamlValue.Mapping of, String name) {
        return Optional.ofNullable(of.entries().get(name))
                .map(YamlValue.Mapping.Entry::value)
                .filter(YamlValue.Mapping.class::isInstance)
                .map(YamlValue.Mapping.class::cast);
    }

    private static YamlValue.Mapping with(YamlValue.Mapping root, String name, YamlValue value) {
        var entries = new LinkedHashMap<>(root.entries());
        var before = entries.get(name);
        entries.put(
                name,
                new YamlValue.Mapping.Entry(
                        before == null ? value.place() : before.namePlace(), value));
        return new YamlValue.Mapping(root.place(), entries, root.size() + value.size());
    }

    /** The file with every {@code extends} of its services followed. */
    private YamlValue.Mapping extended(YamlValue.Mapping root, Path file, Source source) {
        var services = child(root, "services");
        if (services.isEmpty()) {
            return root;
        }
        var entries = new LinkedHashMap<String, YamlValue.Mapping.Entry>();
        services.get()
                .entries()
                .forEach((name, entry) ->
                        entries.put(
                                name,
                                new YamlValue.Mapping.Entry(
                                        entry.namePlace(),
                                        service(entry.value(), name, file, source, List.of()))));
        return with(
                root,
                "services",
                new YamlValue.Mapping(services.get().place(), entries, services.get().size()));
    }

    private YamlValue service(
            YamlValue service, String name, Path file, Source source, List<String> chain) {
        if (!(service instanceof YamlValue.Mapping mapping)
                || !mapping.entries().containsKey("extends")) {
            return service;
        }
        var entry = mapping.entries().get("extends");
        var id = FileSet.show(folder, file) + " " + name;
        if (chain.contains(id) || chain.size() >= FileSet.MAX_INCLUDE_DEPTH) {
            problems.error(
                    entry.namePlace(),
                    chain.contains(id)
                            ? "the service \"%s\" extends itself".formatted(name)
                            : "services extend each other too deep",
                    "at most %d levels, without a cycle".formatted(FileSet.MAX_INCLUDE_DEPTH));
            return mapping;
        }
        var deeper = new ArrayList<>(chain);
        deeper.add(id);
        return base(entry.value(), file, source, deeper)
                .map(base -> merge.merge("services.*", base, without(mapping)))
                .orElse(mapping);
    }

    private static YamlValue.Mapping without(YamlValue.Mapping service) {
        var entries = new LinkedHashMap<>(service.entries());
        entries.remove("extends");
        return new YamlValue.Mapping(service.place(), entries, service.size());
    }

    private Optional<YamlValue> base(
            YamlValue written, Path file, Source source, List<String> chain) {
        return ComposeKeys.EXTENDS
                .shape()
                .read(written, problems)
                .flatMap(extension -> {
                    var path =
                            extension.file().isEmpty()
                                    ? Optional.of(file)
                                    : extension
                                            .file()
                                            .flatMap(f ->
                                                    FileSet.resolve(
                                                            source.directory(), f, problems));
                    return path.flatMap(p -> base(extension, p, file, source, chain));
                });
    }

    private Optional<YamlValue> base(
            ComposeSettings.Extension extension,
            Path path,
            Path file,
            Source source,
            List<String> chain) {
        var same = path.equals(file);
        var parent = Optional.ofNullable(path.getParent()).orElse(folder);
        var seen = same ? source : new Source(parent, source.variables());
        var place = extension.file().map(Located::place).orElse(extension.service().place());
        var services =
                file(new Located<>(place, path), seen).flatMap(root -> child(root, "services"));
        if (services.isEmpty()) {
            return Optional.empty();
        }
        var name = extension.service().value();
        var entry = services.get().entries().get(name);
        if (entry == null) {
            problems.error(
                    extension.service().place(),
                    "there is no service \"%s\" in %s".formatted(name, FileSet.show(folder, path)),
                    "a service of that file",
                    NearestWord.to(name, services.get().entries().keySet()));
            return Optional.empty();
        }
        extendedValues += entry.value().size();
        if (extendedValues > YamlReader.MAX_VALUES) {
            problems.error(
                    extension.service().place(),
                    "services extend to too many values",
                    "at most %d".formatted(YamlReader.MAX_VALUES));
            return Optional.empty();
        }
        return Optional.of(service(entry.value(), name, path, seen, chain));
    }

    /** The file with the resources of what it includes. */
    private YamlValue.Mapping included(
            YamlValue.Mapping root, Source source, List<Path> including) {
        var written = root.entries().get("include");
        if (written == null) {
            return root;
        }
        var result = root;
        for (var inclusion :
                ComposeKeys.INCLUDE.shape().read(written.value(), problems).orElse(List.of())) {
            var project = inclusion(inclusion, source, including);
            if (project.isPresent()) {
                result = imported(result, project.get());
            }
        }
        return result;
    }

    private Optional<YamlValue.Mapping> inclusion(
            ComposeSettings.Inclusion inclusion, Source source, List<Path> including) {
        var files = new ArrayList<Located<Path>>();
        for (var path : inclusion.paths()) {
            var resolved = FileSet.resolve(source.directory(), path, problems);
            if (resolved.filter(including::contains).isPresent()) {
                problems.error(
                        path.place(),
                        "include cycle: %s includes itself".formatted(path.value()),
                        "files that do not include each other");
                return Optional.empty();
            }
            resolved.ifPresent(file -> files.add(new Located<>(path.place(), file)));
        }
        if (files.isEmpty()) {
            return Optional.empty();
        }
        if (including.size() > FileSet.MAX_INCLUDE_DEPTH) {
            problems.error(
                    files.getFirst().place(),
                    "too many includes",
                    "at most %d levels".formatted(FileSet.MAX_INCLUDE_DEPTH));
            return Optional.empty();
        }
        var parent = Optional.ofNullable(files.getFirst().value().getParent()).orElse(folder);
        var directory =
                inclusion
                        .directory()
                        .flatMap(d -> FileSet.resolve(source.directory(), d, problems))
                        .orElse(parent);
        return project(
                files, new Source(directory, variables(inclusion, directory, source)), including);
    }

    /** Of the included files' own environment files, under those of who includes them. */
    private Map<String, String> variables(
            ComposeSettings.Inclusion inclusion, Path directory, Source source) {
        var variables = new HashMap<String, String>();
        if (inclusion.environmentFiles().isEmpty()) {
            var file = directory.resolve(".env");
            if (Files.isRegularFile(file)) {
                variables.putAll(environment(file, source));
            }
        }
        for (var file : inclusion.environmentFiles()) {
            if (file.value().equals("/dev/null")) {
                continue;
            }
            FileSet.resolve(source.directory(), file, problems)
                    .ifPresent(path -> variables.putAll(environment(path, source)));
        }
        variables.putAll(source.variables());
        return variables;
    }

    private Map<String, String> environment(Path file, Source source) {
        return FileSet.ofFile(
                file, prefix + FileSet.show(folder, file), source.variables(), problems);
    }

    private YamlValue.Mapping imported(YamlValue.Mapping root, YamlValue.Mapping from) {
        var result = root;
        for (var kind :
                List.of("services", "networks", "volumes", "secrets", "configs", "models")) {
            var resources = child(from, kind);
            if (resources.isPresent()) {
                result = with(result, kind, imported(kind, child(result, kind), resources.get()));
            }
        }
        return result;
    }

    private YamlValue.Mapping imported(
            String kind, Optional<YamlValue.Mapping> own, YamlValue.Mapping from) {
        var entries = new LinkedHashMap<String, YamlValue.Mapping.Entry>();
        own.ifPresent(mapping -> entries.putAll(mapping.entries()));
        from.entries()
                .forEach((name, entry) -> {
                    var before = entries.putIfAbsent(name, entry);
                    if (before != null && !before.namePlace().equals(entry.namePlace())) {
                        entries.put(
                                name,
                                new YamlValue.Mapping.Entry(
                                        before.namePlace(),
                                        merge.merge(kind + ".*", entry.value(), before.value())));
                        problems.warning(
                                before.namePlace(),
                                "\"%s\" of %s is also declared in the included file at %s; it is merged over that one"
                                        .formatted(name, kind, entry.namePlace()));
                    }
                });
        return new YamlValue.Mapping(
                own.map(YamlValue.Mapping::place).orElse(from.place()),
                entries,
                entries.values().stream().mapToLong(e -> e.value().size()).sum() + 1);
    }
}
