package olympus.model.stack;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.PortSetting;

/** The keys of the long form of a port. What each may be, its default and its meaning. */
final class PortKeys {

    static final Key<String> PORT_PUBLISHED =
            new Key<>(
                    "published",
                    Shapes.text(
                            "a port or a range of ports such as 8081-8083", Conversions.PUBLISHED),
                    "",
                    "The port on the host, or a range of which each replica gets one.",
                    "published: 8081-8083");

    static final Key<String> PORT_TARGET =
            new Key<>(
                    "target",
                    Shapes.text("the same as published", Conversions.PUBLISHED),
                    "as published",
                    "Compose's port of the container. A host process has none: it must equal `published`.",
                    "target: 8080");

    static final Key<String> PORT_NAME =
            new Key<>(
                    "name",
                    Shapes.text("a name of a-z, 0-9, - and _", Conversions.PORT_NAME),
                    "its position: 1, 2, …",
                    "Names the port: its number is given to the instance as `OLYMPUS_PORT_<NAME>`.",
                    "name: http");

    static final Key<String> PORT_HOST =
            new Key<>(
                    "host_ip",
                    Shapes.text(
                            "an address such as 127.0.0.1", Pattern.compile("[0-9a-fA-F:.]{2,45}")),
                    "0.0.0.0",
                    "The address that the process binds. Only told, to find ports used twice; the process binds it itself.",
                    "host_ip: 127.0.0.1");

    static final Key<PortSpec.Protocol> PORT_PROTOCOL =
            new Key<>(
                    "protocol",
                    Shapes.word(PortSpec.Protocol.class),
                    "tcp",
                    "`tcp` or `udp`.",
                    "protocol: udp");

    static final KeyTable PORT =
            KeyTable.of(
                            "a port",
                            "ports[]",
                            "The long form of a published port. Replica n gets the nth port of a range.",
                            PORT_PUBLISHED,
                            PORT_TARGET,
                            PORT_NAME,
                            PORT_HOST,
                            PORT_PROTOCOL)
                    .ignoring(
                            Map.of(
                                    "mode",
                                    "every port is a port of the host",
                                    "app_protocol",
                                    "nothing here uses it"));

    private PortKeys() {}

    static Optional<PortSetting> port(Fields fields, Place place, ProblemLog problems) {
        var published = fields.get(PORT_PUBLISHED);
        var target = fields.get(PORT_TARGET);
        if (published.isPresent() && target.isPresent() && !target.equals(published)) {
            problems.error(
                    fields.placeOf(PORT_TARGET),
                    "the port is mapped to another, which a host process cannot do",
                    "the same as published: " + published.get());
        }
        var protocol =
                fields.get(PORT_PROTOCOL).orElse(PortSpec.Protocol.TCP) == PortSpec.Protocol.UDP
                        ? "udp"
                        : "tcp";
        return published.flatMap(range ->
                Conversions.port(
                        place,
                        fields.get(PORT_NAME),
                        fields.get(PORT_HOST),
                        range,
                        protocol,
                        problems));
    }
}
