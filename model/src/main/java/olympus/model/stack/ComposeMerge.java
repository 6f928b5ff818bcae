package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Puts one Compose file's values over another's, by the rules of the Compose specification for
 * merging: mappings by key, lists one after the other, commands as a whole, and lists whose entries
 * have an identity (a port, a mount's target) by that.
 *
 * <p>Every value keeps the place where it was written.
 */
final class ComposeMerge {

    /** How the values of a key are put together. */
    private enum Rule {
        /** The later one counts. */
        REPLACE,
        /** {@code NAME=value}, as a list or a mapping. */
        ASSIGNMENTS,
        /** {@code name:address}, as a list or a mapping; a name may have several. */
        HOSTS,
        /** A list of names stands for a mapping without values. */
        NAMES,
        /** A single text, or a list. */
        WORDS,
        /** A text stands for {@code context}. */
        BUILD,
        /** Options of another driver are dropped. */
        LOGGING
    }

    private static final Map<String, Rule> RULES =
            Map.ofEntries(
                    Map.entry("services.*.command", Rule.REPLACE),
                    Map.entry("services.*.entrypoint", Rule.REPLACE),
                    Map.entry("services.*.healthcheck.test", Rule.REPLACE),
                    Map.entry("services.*.ulimits.*", Rule.REPLACE),
                    Map.entry("services.*.extends", Rule.REPLACE),
                    Map.entry("services.*.environment", Rule.ASSIGNMENTS),
                    Map.entry("services.*.labels", Rule.ASSIGNMENTS),
                    Map.entry("services.*.annotations", Rule.ASSIGNMENTS),
                    Map.entry("services.*.sysctls", Rule.ASSIGNMENTS),
                    Map.entry("services.*.deploy.labels", Rule.ASSIGNMENTS),
                    Map.entry("services.*.build.args", Rule.ASSIGNMENTS),
                    Map.entry("services.*.build.labels", Rule.ASSIGNMENTS),
                    Map.entry("services.*.build.additional_contexts", Rule.ASSIGNMENTS),
                    Map.entry("networks.*.labels", Rule.ASSIGNMENTS),
                    Map.entry("volumes.*.labels", Rule.ASSIGNMENTS),
                    Map.entry("secrets.*.labels", Rule.ASSIGNMENTS),
                    Map.entry("configs.*.labels", Rule.ASSIGNMENTS),
                    Map.entry("services.*.extra_hosts", Rule.HOSTS),
                    Map.entry("services.*.build.extra_hosts", Rule.HOSTS),
                    Map.entry("services.*.networks", Rule.NAMES),
                    Map.entry("services.*.depends_on", Rule.NAMES),
                    Map.entry("services.*.models", Rule.NAMES),
                    Map.entry("services.*.dns", Rule.WORDS),
                    Map.entry("services.*.dns_search", Rule.WORDS),
                    Map.entry("services.*.env_file", Rule.WORDS),
                    Map.entry("services.*.label_file", Rule.WORDS),
                    Map.entry("services.*.tmpfs", Rule.WORDS),
                    Map.entry("services.*.build", Rule.BUILD),
                    Map.entry("services.*.logging", Rule.LOGGING));

    /** What makes an entry of a list the same as another one, which then counts alone. */
    private static final Map<String, Function<YamlValue, String>> IDENTITIES =
            Map.of(
                    "services.*.ports",
                    ComposeIdentities::port,
                    "services.*.volumes",
                    ComposeIdentities::mount,
                    "services.*.devices",
                    ComposeIdentities::mount,
                    "services.*.secrets",
                    entry -> ComposeIdentities.grant(entry, "/run/secrets/"),
                    "services.*.configs",
                    entry -> ComposeIdentities.grant(entry, "/"),
                    "services.*.env_file",
                    entry -> ComposeIdentities.field(entry, "path"));

    /** Mappings whose names the user chooses. */
    private static final Set<String> NAMED =
            Set.of(
                    "services",
                    "networks",
                    "volumes",
                    "secrets",
                    "configs",
                    "models",
                    "services.*.networks",
                    "services.*.depends_on",
                    "services.*.models",
                    "services.*.ulimits");

    private final MergeTags tags;
    private final ProblemLog problems;

    ComposeMerge(MergeTags tags, ProblemLog problems) {
        this.tags = tags;
        this.problems = problems;
    }

    /** The keys that merging treats in a way of their own; a test compares them with the tables. */
    static Set<String> paths() {
        var paths = new LinkedHashSet<>(RULES.keySet());
        paths.addAll(IDENTITIES.keySet());
        paths.addAll(NAMED);
        return paths;
    }

    /**
     * @param path of both values, e.g. {@code services.*.ports}; empty for whole files
     */
    YamlValue merge(String path, YamlValue base, YamlValue over) {
        var rule = RULES.get(path);
        if (tags.replaces(over) || tags.resets(base) || isNothing(base) || rule == Rule.REPLACE) {
            return over;
        }
        if (isNothing(over)) {
            return base;
        }
        if (rule == null) {
            return plain(path, base, over);
        }
        return switch (rule) {
            case REPLACE -> over;
            case ASSIGNMENTS -> plain(path, assignments(base), assignments(over));
            case HOSTS -> plain(path, lines(base), lines(over));
            case NAMES -> plain(path, names(base), names(over));
            case WORDS -> plain(path, list(base), list(over));
            case BUILD -> plain(path, build(base), build(over));
            case LOGGING -> otherDriver(base, over) ? over : plain(path, base, over);
        };
    }

    private YamlValue plain(String path, YamlValue base, YamlValue over) {
        if (base instanceof YamlValue.Mapping a && over instanceof YamlValue.Mapping b) {
            return mappings(path, a, b);
        }
        if (base instanceof YamlValue.Sequence a && over instanceof YamlValue.Sequence b) {
            var items = new ArrayList<>(a.items());
            items.addAll(b.items());
            return unique(path, new YamlValue.Sequence(b.place(), items, a.size() + b.size()));
        }
        if (!(base instanceof YamlValue.Scalar && over instanceof YamlValue.Scalar)) {
            problems.error(
                    over.place(),
                    "found %s, but %s is %s".formatted(over.found(), base.place(), base.found()),
                    "the same kind of value in both, or the tag !override");
        }
        return over;
    }

    private YamlValue mappings(String path, YamlValue.Mapping base, YamlValue.Mapping over) {
        var entries = new LinkedHashMap<>(base.entries());
        over.entries()
                .forEach((name, entry) -> {
                    var before = entries.get(name);
                    entries.put(
                            name,
                            before == null
                                    ? entry
                                    : new YamlValue.Mapping.Entry(
                                            entry.namePlace(),
                                            merge(
                                                    child(path, name),
                                                    before.value(),
                                                    entry.value())));
                });
        return new YamlValue.Mapping(base.place(), entries, base.size() + over.size());
    }

    static String child(String path, String name) {
        if (path.isEmpty()) {
            return name;
        }
        return path + (NAMED.contains(path) ? ".*" : "." + name);
    }

    /** Of entries with the same identity the last one remains, at the place of the first. */
    private static YamlValue unique(String path, YamlValue.Sequence list) {
        var identity = IDENTITIES.get(path);
        var byIdentity = new LinkedHashMap<String, YamlValue>();
        for (var item : list.items()) {
            var key =
                    identity != null
                            ? identity.apply(item)
                            : item instanceof YamlValue.Scalar scalar ? scalar.text() : "";
            byIdentity.put(key.isEmpty() ? "#" + byIdentity.size() : " " + key, item);
        }
        return new YamlValue.Sequence(list.place(), List.copyOf(byIdentity.values()), list.size());
    }

    /** Without what is reset, and with entries of lists that have an identity once. */
    YamlValue settled(String path, YamlValue value) {
        return switch (value) {
            case YamlValue.Scalar scalar -> scalar;
            case YamlValue.Sequence list ->
                    IDENTITIES.containsKey(path) ? unique(path, list) : list;
            case YamlValue.Mapping mapping -> {
                var entries = new LinkedHashMap<String, YamlValue.Mapping.Entry>();
                mapping.entries()
                        .forEach((name, entry) -> {
                            if (!tags.resets(entry.value())) {
                                entries.put(
                                        name,
                                        new YamlValue.Mapping.Entry(
                                                entry.namePlace(),
                                                settled(child(path, name), entry.value())));
                            }
                        });
                yield new YamlValue.Mapping(mapping.place(), entries, mapping.size());
            }
        };
    }

    static boolean isNothing(YamlValue value) {
        return value instanceof YamlValue.Scalar scalar
                && scalar.kind() == YamlValue.ScalarKind.NOTHING;
    }

    private static YamlValue assignments(YamlValue value) {
        return mapping(value, true);
    }

    private static YamlValue names(YamlValue value) {
        return mapping(value, false);
    }

    /** A list of {@code name=value} or of names as a mapping. */
    private static YamlValue mapping(YamlValue value, boolean assigned) {
        if (!(value instanceof YamlValue.Sequence list)) {
            return value;
        }
        var entries = new LinkedHashMap<String, YamlValue.Mapping.Entry>();
        for (var item : list.items()) {
            if (!(item instanceof YamlValue.Scalar scalar)) {
                return value;
            }
            var at = assigned ? scalar.text().indexOf('=') : -1;
            var name = at < 0 ? scalar.text() : scalar.text().substring(0, at);
            entries.put(
                    name,
                    new YamlValue.Mapping.Entry(
                            scalar.place(),
                            new YamlValue.Scalar(
                                    scalar.place(),
                                    at < 0 ? "" : scalar.text().substring(at + 1),
                                    at < 0,
                                    scalar.variables())));
        }
        return new YamlValue.Mapping(list.place(), entries, list.size());
    }

    /** A mapping from names to addresses as a list. */
    private static YamlValue lines(YamlValue value) {
        if (!(value instanceof YamlValue.Mapping mapping)) {
            return value;
        }
        var items = new ArrayList<YamlValue>();
        mapping.entries()
                .forEach((name, entry) -> {
                    var addresses =
                            entry.value() instanceof YamlValue.Sequence list
                                    ? list.items()
                                    : List.of(entry.value());
                    for (var address : addresses) {
                        items.add(
                                address instanceof YamlValue.Scalar scalar
                                        ? new YamlValue.Scalar(
                                                scalar.place(), name + "=" + scalar.text(), false)
                                        : address);
                    }
                });
        return new YamlValue.Sequence(mapping.place(), items, mapping.size());
    }

    private static YamlValue list(YamlValue value) {
        return value instanceof YamlValue.Scalar scalar
                ? new YamlValue.Sequence(scalar.place(), List.of(scalar), 2)
                : value;
    }

    private static YamlValue build(YamlValue value) {
        return value instanceof YamlValue.Scalar scalar
                ? new YamlValue.Mapping(
                        scalar.place(),
                        Map.of("context", new YamlValue.Mapping.Entry(scalar.place(), scalar)),
                        2)
                : value;
    }

    private static boolean otherDriver(YamlValue base, YamlValue over) {
        var before = ComposeIdentities.field(base, "driver");
        var after = ComposeIdentities.field(over, "driver");
        return !after.isEmpty() && !before.isEmpty() && !after.equals(before);
    }
}
