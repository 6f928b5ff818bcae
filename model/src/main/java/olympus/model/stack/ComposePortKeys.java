package olympus.model.stack;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.stack.ComposeSettings.Port;
import olympus.model.stack.ComposeSettings.Range;
import olympus.model.stack.KeyTable.Fields;

/** The keys of Compose's ports, and their short syntax. */
final class ComposePortKeys {

    private static final String WORDS =
            "[[address:]port:]port[/protocol], such as 8080:80, 127.0.0.1:8001:80 or 53:53/udp";
    private static final String RANGE = "([0-9]{1,5}(?:-[0-9]{1,5})?)";
    private static final Pattern ADDRESS =
            Pattern.compile(
                    "[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:%[a-z0-9]+)?");
    private static final Pattern RANGE_TEXT = Pattern.compile(RANGE);

    static final Key<String> PUBLISHED =
            Key.of(
                    "published",
                    ComposeShapes.text("a port or a range of ports"),
                    "The port of the machine; of a range each replica gets one. Without it, any free port.",
                    "published: \"8080\"");
    static final Key<String> TARGET =
            new Key<>(
                    "target",
                    ComposeShapes.text("a port"),
                    "",
                    "The port in the container.",
                    "target: 80");
    static final Key<String> HOST_IP =
            Key.of(
                    "host_ip",
                    ComposeShapes.text("an address"),
                    "The address of the machine; else all of them.",
                    "host_ip: 127.0.0.1");
    static final Key<String> PROTOCOL =
            Key.of(
                    "protocol",
                    ComposeShapes.text("tcp or udp"),
                    "`tcp` or `udp`; `sctp` is refused.",
                    "protocol: udp");
    static final Key<String> NAME =
            Key.of(
                    "name",
                    ComposeShapes.text("a name"),
                    "What the port is called in Olympus.",
                    "name: web");
    static final KeyTable PORT =
            KeyTable.of(
                            "a port",
                            "services.*.ports[]",
                            "The long syntax of a published port.",
                            TARGET,
                            PUBLISHED,
                            HOST_IP,
                            PROTOCOL,
                            NAME)
                    .ignoring(
                            Map.of(
                                    "mode",
                                    "every port is a port of the machine",
                                    "app_protocol",
                                    "nothing here uses it"));

    private ComposePortKeys() {}

    static Shape<List<Port>> ports() {
        return ComposeShapes.list(
                Shapes.either(
                        Optional.of(
                                Shapes.refine(
                                        ComposeShapes.text(WORDS), ComposePortKeys::shortSyntax)),
                        Optional.empty(),
                        Optional.of(Shapes.object(PORT, ComposePortKeys::longSyntax))));
    }

    private static Optional<Port> shortSyntax(String text, Place place, ProblemLog problems) {
        var parts = PortText.of(text);
        var address = parts.address().replaceAll("^\\[|]$", "");
        if (!RANGE_TEXT.matcher(parts.target()).matches()
                || (!parts.published().isEmpty()
                        && !RANGE_TEXT.matcher(parts.published()).matches())
                || (!address.isEmpty() && !ADDRESS.matcher(address).matches())) {
            problems.error(place, "found \"%s\"".formatted(text), WORDS);
            return Optional.empty();
        }
        return port(
                Optional.empty(),
                Optional.of(address),
                Optional.of(parts.published()).filter(p -> !p.isEmpty() && !p.equals("0")),
                parts.target(),
                parts.protocol().isEmpty() ? "tcp" : parts.protocol(),
                place,
                problems);
    }

    /** The parts of the short syntax, empty where there is none. */
    record PortText(String address, String published, String target, String protocol) {
        static PortText of(String text) {
            var slash = text.indexOf('/');
            var ports = slash < 0 ? text : text.substring(0, slash);
            var target = ports.substring(ports.lastIndexOf(':') + 1);
            var rest = before(ports, target);
            var published = rest.substring(rest.lastIndexOf(':') + 1);
            return new PortText(
                    before(rest, published),
                    published,
                    target,
                    slash < 0 ? "" : text.substring(slash + 1));
        }

        private static String before(String text, String last) {
            return text.length() == last.length()
                    ? ""
                    : text.substring(0, text.length() - last.length() - 1);
        }
    }

    private static Optional<Port> longSyntax(Fields f, Place place, ProblemLog problems) {
        return f.get(TARGET)
                .flatMap(target ->
                        port(
                                f.get(NAME),
                                f.get(HOST_IP),
                                f.get(PUBLISHED).filter(p -> !p.isEmpty() && !p.equals("0")),
                                target,
                                f.get(PROTOCOL).orElse("tcp"),
                                place,
                                problems));
    }

    private static Optional<Port> port(
            Optional<String> name,
            Optional<String> address,
            Optional<String> published,
            String target,
            String protocol,
            Place place,
            ProblemLog problems) {
        var type = protocol(protocol, place, problems);
        var inside = range(target, place, problems);
        var outside = published.flatMap(p -> range(p, place, problems));
        if (type.isEmpty() || inside.isEmpty() || (published.isPresent() && outside.isEmpty())) {
            return Optional.empty();
        }
        var few = inside.get().count();
        if (few > 1 && outside.isPresent() && outside.get().count() != few) {
            problems.error(
                    place,
                    "%s has %d ports, %s has %d"
                            .formatted(published.orElse(""), outside.get().count(), target, few),
                    "ranges of the same length");
            return Optional.empty();
        }
        return Optional.of(
                new Port(place, name, address.orElse(""), outside, inside.get(), type.get()));
    }

    private static Optional<PortSpec.Protocol> protocol(
            String protocol, Place place, ProblemLog problems) {
        switch (protocol.toLowerCase(Locale.ROOT)) {
            case "tcp" -> {
                return Optional.of(PortSpec.Protocol.TCP);
            }
            case "udp" -> {
                return Optional.of(PortSpec.Protocol.UDP);
            }
            case "sctp" ->
                    problems.refuse(place, "ports of sctp cannot be published", "tcp or udp");
            default -> problems.error(place, "found \"%s\"".formatted(protocol), "tcp or udp");
        }
        return Optional.empty();
    }

    static Optional<Range> range(String text, Place place, ProblemLog problems) {
        if (RANGE_TEXT.matcher(text).matches()) {
            var dash = text.indexOf('-');
            var first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            var last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
            if (first >= 1 && last >= first && last <= 65_535) {
                return Optional.of(new Range(first, last));
            }
        }
        problems.error(
                place,
                "found \"%s\"".formatted(text),
                "ports from 1 to 65535, the lower one first");
        return Optional.empty();
    }
}
