package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code extra_hosts}: a mapping, or a list of {@code name:address} or {@code name=address}.
 */
final class ComposeHosts {

    private static final String WORDS = "name:address, such as nas:192.168.1.5";

    private ComposeHosts() {}

    static Shape<Map<String, Located<List<String>>>> shape() {
        return Shapes.of(
                "a mapping, or a list of " + WORDS,
                Map.of(),
                (value, place, problems) -> {
                    var hosts = new LinkedHashMap<String, Located<List<String>>>();
                    switch (value) {
                        case YamlValue.Sequence list ->
                                list.items().forEach(item -> line(item, hosts, problems));
                        case YamlValue.Mapping mapping ->
                                mapping.entries()
                                        .forEach((name, entry) ->
                                                ComposeShapes.oneOrMore(
                                                                ComposeShapes.text("an address"))
                                                        .read(entry.value(), problems)
                                                        .ifPresent(list ->
                                                                put(
                                                                        name,
                                                                        list,
                                                                        entry.namePlace(),
                                                                        hosts)));
                        case YamlValue.Scalar scalar -> {
                            if (!ComposeMerge.isNothing(scalar)) {
                                problems.error(place, "found " + scalar.found(), WORDS);
                                return Optional.empty();
                            }
                        }
                    }
                    return Optional.of(hosts);
                });
    }

    private static void line(
            YamlValue item, Map<String, Located<List<String>>> hosts, ProblemLog problems) {
        var text = item instanceof YamlValue.Scalar scalar ? scalar.text() : "";
        var equals = text.indexOf('=');
        var at = equals >= 0 ? equals : text.indexOf(':');
        if (at < 1 || at == text.length() - 1) {
            problems.error(item.place(), "found " + item.found(), WORDS);
            return;
        }
        put(text.substring(0, at), List.of(text.substring(at + 1)), item.place(), hosts);
    }

    private static void put(
            String name,
            List<String> addresses,
            Place place,
            Map<String, Located<List<String>>> hosts) {
        var all = new ArrayList<String>();
        Optional.ofNullable(hosts.get(name)).ifPresent(before -> all.addAll(before.value()));
        addresses.forEach(address -> all.add(address.replaceAll("[\\[\\]]", "")));
        hosts.put(name, new Located<>(place, all));
    }

    /** {@code name:address}, as the engine wants them. */
    static List<String> texts(Map<String, Located<List<String>>> hosts) {
        var texts = new ArrayList<String>();
        hosts.forEach((name, addresses) ->
                addresses.value().forEach(address -> texts.add(name + ":" + address)));
        return texts;
    }
}
