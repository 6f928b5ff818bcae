package olympus.model.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.Attachment;
import olympus.model.stack.ComposeSettings.External;
import olympus.model.stack.container.Network;

/** The keys of Compose's networks, and of a service's place on one. */
final class ComposeNetworkKeys {

    static final Key<String> SUBNET =
            Key.of(
                    "subnet",
                    ComposeShapes.text("a network such as 172.28.0.0/16"),
                    "The range.",
                    "subnet: 172.28.0.0/16");
    static final Key<String> GATEWAY =
            Key.of(
                    "gateway",
                    ComposeShapes.text("an address"),
                    "The machine's address in it.",
                    "gateway: 172.28.0.1");
    static final Key<String> IP_RANGE =
            Key.of(
                    "ip_range",
                    ComposeShapes.text("a network such as 172.28.5.0/24"),
                    "From which containers get addresses.",
                    "ip_range: 172.28.5.0/24");
    static final Key<Map<String, String>> AUX_ADDRESSES =
            Key.of(
                    "aux_addresses",
                    ComposeShapes.texts("name=address"),
                    "Addresses that are taken already.",
                    "aux_addresses: { router: 172.28.0.5 }");
    static final KeyTable SUBNETS =
            KeyTable.of(
                    "an address range",
                    "networks.*.ipam.config[]",
                    "One range.",
                    SUBNET,
                    GATEWAY,
                    IP_RANGE,
                    AUX_ADDRESSES);

    static final Key<String> IPAM_DRIVER =
            Key.of(
                    "driver",
                    ComposeShapes.text("a driver"),
                    "Who gives addresses.",
                    "driver: default");
    static final Key<List<Network.Subnet>> IPAM_CONFIG =
            Key.of(
                    "config",
                    ComposeShapes.list(
                            Shapes.object(
                                    SUBNETS,
                                    (f, place, problems) -> {
                                        if (!f.has(SUBNET)) {
                                            problems.error(
                                                    place,
                                                    "the address range has no subnet",
                                                    "subnet: 172.28.0.0/16");
                                        }
                                        return f.get(SUBNET)
                                                .map(subnet ->
                                                        new Network.Subnet(
                                                                subnet,
                                                                f.get(GATEWAY),
                                                                f.get(IP_RANGE),
                                                                f.get(AUX_ADDRESSES)
                                                                        .orElse(Map.of())));
                                    })),
                    "Address ranges.",
                    "config: [ { subnet: 172.28.0.0/16 } ]");
    static final KeyTable ADDRESSES =
            KeyTable.of(
                            "ipam",
                            "networks.*.ipam",
                            "The addresses of a network.",
                            IPAM_DRIVER,
                            IPAM_CONFIG)
                    .ignoring(Map.of("options", "the engine's own driver for addresses has none"));

    static final Key<String> NAME =
            Key.of(
                    "name",
                    ComposeShapes.text("a name"),
                    "The name at the engine; else `<project>_<key>`.",
                    "name: proxy");
    static final Key<External> EXTERNAL =
            Key.of(
                    "external",
                    ComposeShapes.external(),
                    "Made by somebody else: never created, changed or removed.",
                    "external: true");
    static final Key<String> DRIVER =
            Key.of(
                    "driver",
                    ComposeShapes.text("a driver"),
                    "The engine's driver; else `bridge`.",
                    "driver: macvlan");
    static final Key<Map<String, String>> DRIVER_OPTS =
            Key.of(
                    "driver_opts",
                    ComposeShapes.texts("name=value"),
                    "Options of the driver.",
                    "driver_opts: { parent: eth0 }");
    static final Key<Boolean> INTERNAL =
            Key.of("internal", ComposeShapes.truth(), "Without a way out.", "internal: true");
    static final Key<Boolean> ATTACHABLE =
            Key.of(
                    "attachable",
                    ComposeShapes.truth(),
                    "Containers of others may join.",
                    "attachable: true");
    static final Key<Boolean> ENABLE_IPV6 =
            Key.of("enable_ipv6", ComposeShapes.truth(), "With IPv6.", "enable_ipv6: true");
    static final Key<Boolean> ENABLE_IPV4 =
            Key.of(
                    "enable_ipv4",
                    Shapes.refine(
                            ComposeShapes.truth(),
                            (on, place, problems) -> {
                                if (!on) {
                                    problems.error(
                                            place,
                                            "a network without IPv4 cannot be made here",
                                            "true");
                                }
                                return Optional.of(on);
                            }),
                    "Only `true`, which is what holds anyway; `false` is an error.",
                    "enable_ipv4: true");
    static final Key<Network.Ipam> IPAM =
            Key.of(
                    "ipam",
                    Shapes.object(
                            ADDRESSES,
                            (f, place, problems) ->
                                    Optional.of(
                                            new Network.Ipam(
                                                    f.get(IPAM_DRIVER),
                                                    f.get(IPAM_CONFIG).orElse(List.of())))),
                    "Its addresses.",
                    "ipam: { config: [ { subnet: 172.28.0.0/16 } ] }");
    static final Key<Map<String, String>> LABELS =
            Key.of("labels", ComposeShapes.texts("name=text"), "Labels.", "labels: { a: b }");

    static final KeyTable NETWORK =
            KeyTable.of(
                    "a network",
                    "networks.*",
                    "A network of the engine. `default` is the one of services that name none.",
                    NAME,
                    EXTERNAL,
                    DRIVER,
                    DRIVER_OPTS,
                    INTERNAL,
                    ATTACHABLE,
                    ENABLE_IPV4,
                    ENABLE_IPV6,
                    IPAM,
                    LABELS);

    static final Key<List<String>> ALIASES =
            Key.of(
                    "aliases",
                    ComposeShapes.list(ComposeShapes.text("a name")),
                    "Further names on this network.",
                    "aliases: [database]");
    static final Key<String> IPV4 =
            Key.of(
                    "ipv4_address",
                    ComposeShapes.text("an address"),
                    "A fixed address.",
                    "ipv4_address: 172.28.0.10");
    static final Key<String> IPV6 =
            Key.of(
                    "ipv6_address",
                    ComposeShapes.text("an address"),
                    "A fixed address.",
                    "ipv6_address: 2001:db8::10");
    static final Key<List<String>> LINK_LOCAL =
            Key.of(
                    "link_local_ips",
                    ComposeShapes.list(ComposeShapes.text("an address")),
                    "Link-local addresses.",
                    "link_local_ips: [169.254.8.8]");
    static final Key<String> MAC =
            Key.of(
                    "mac_address",
                    ComposeShapes.text("a MAC address"),
                    "A fixed MAC address.",
                    "mac_address: 02:42:ac:11:65:43");
    static final Key<Map<String, String>> ATTACHMENT_OPTS =
            Key.of(
                    "driver_opts",
                    ComposeShapes.texts("name=value"),
                    "Options of the driver for this container.",
                    "driver_opts: { a: b }");
    static final Key<Double> PRIORITY =
            Key.of(
                    "priority",
                    Shapes.scalar(
                            "a number",
                            Map.of(),
                            s ->
                                    switch (YamlValue.ScalarKind.ofPlain(s.text())) {
                                        case WHOLE, DECIMAL ->
                                                Optional.of(Double.parseDouble(s.text()));
                                        case TEXT, TRUTH, NOTHING -> Optional.empty();
                                    }),
                    "Networks are attached in this order, the highest first.",
                    "priority: 1000");

    static final KeyTable ATTACHMENT =
            KeyTable.of(
                            "a network of a service",
                            "services.*.networks.*",
                            "A service's place on a network.",
                            ALIASES,
                            IPV4,
                            IPV6,
                            LINK_LOCAL,
                            MAC,
                            ATTACHMENT_OPTS,
                            PRIORITY)
                    .refusing(
                            Map.of(
                                    "gw_priority",
                                    "which network leads out could not be chosen; traffic might leave another way",
                                    "interface_name",
                                    "interfaces inside the container could not be named"));

    private ComposeNetworkKeys() {}

    static Shape<Map<String, Located<Attachment>>> attachments() {
        Shape<Map<String, Located<Attachment>>> names =
                Shapes.refine(
                        Shapes.list(ComposeShapes.place("the name of a network"), 0),
                        (list, place, problems) -> {
                            Map<String, Located<Attachment>> read = new LinkedHashMap<>();
                            list.forEach(name ->
                                    read.put(
                                            name.value(),
                                            new Located<>(name.place(), Attachment.PLAIN)));
                            return Optional.of(read);
                        });
        var one =
                Shapes.object(
                        ATTACHMENT,
                        (f, place, problems) ->
                                Optional.of(
                                        new Attachment(
                                                f.get(ALIASES).orElse(List.of()),
                                                f.get(IPV4),
                                                f.get(IPV6),
                                                f.get(LINK_LOCAL).orElse(List.of()),
                                                f.get(MAC),
                                                f.get(ATTACHMENT_OPTS).orElse(Map.of()),
                                                f.get(PRIORITY).orElse(0.0))));
        return ComposeShapes.orNothing(
                Shapes.either(
                        Optional.empty(),
                        Optional.of(names),
                        Optional.of(
                                Shapes.named(
                                        "network names",
                                        ComposeShapes.RESOURCE_NAME_WORDS,
                                        ComposeShapes.RESOURCE_NAME,
                                        ComposeShapes.orNothing(one, Attachment.PLAIN)))),
                Map.of());
    }
}
