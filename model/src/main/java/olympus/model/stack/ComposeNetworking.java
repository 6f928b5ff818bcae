package olympus.model.stack;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.NearestWord;
import olympus.model.stack.ComposeSettings.Attachment;
import olympus.model.stack.ComposeSettings.Port;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.container.Networking;

/** How a Compose service's containers reach others and are reached. */
final class ComposeNetworking {

    private static final Pattern MODE =
            Pattern.compile("host|none|bridge|default|service:.+|container:.+");
    private static final String SERVICE = "service:";
    private static final Pattern PORT_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,30}");

    private final ComposeProject project;
    private final ComposeResources resources;
    private final String projectName;
    private final Fields fields;
    private final ProblemLog problems;

    ComposeNetworking(
            ComposeProject project,
            ComposeResources resources,
            String projectName,
            Fields fields,
            ProblemLog problems) {
        this.project = project;
        this.resources = resources;
        this.projectName = projectName;
        this.fields = fields;
        this.problems = problems;
    }

    /** A port of the machine, and where it was written. */
    record Published(Place place, PortSpec port) {}

    Networking networking() {
        var mode = mode();
        var randomPorts = new ArrayList<Networking.RandomPort>();
        ports().stream()
                .filter(port -> port.published().isEmpty())
                .forEach(port -> {
                    for (var p = port.target().first(); p <= port.target().last(); p++) {
                        randomPorts.add(
                                new Networking.RandomPort(
                                        port.hostAddress(),
                                        p,
                                        port.protocol() == PortSpec.Protocol.UDP));
                    }
                });
        return new Networking(
                mode,
                mode.isPresent() ? List.of() : attachments(),
                ComposeHosts.texts(fields.get(ComposeServiceKeys.EXTRA_HOSTS).orElse(Map.of())),
                links(),
                fields.get(ComposeServiceKeys.DNS).orElse(List.of()),
                fields.get(ComposeServiceKeys.DNS_SEARCH).orElse(List.of()),
                fields.get(ComposeServiceKeys.DNS_OPT).orElse(List.of()),
                randomPorts,
                fields.get(ComposeServiceKeys.EXPOSE).orElse(List.of()));
    }

    private Optional<String> mode() {
        var written = fields.get(ComposeServiceKeys.NETWORK_MODE);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        var place = written.get().place();
        var mode = written.get().value();
        if (!fields.get(ComposeServiceKeys.NETWORKS).orElse(Map.of()).isEmpty()) {
            problems.error(place, "network_mode and networks exclude each other", "one of the two");
        }
        if (!MODE.matcher(mode).matches()) {
            problems.error(
                    place,
                    "found \"%s\"".formatted(mode),
                    "host, none, bridge, service:NAME or container:NAME",
                    NearestWord.to(mode, List.of("host", "none", "bridge")));
        }
        if (mode.contains(":")
                && !fields.get(ComposeServiceKeys.PORTS).orElse(List.of()).isEmpty()) {
            problems.error(
                    fields.placeOf(ComposeServiceKeys.PORTS),
                    "ports cannot be published with network_mode %s".formatted(mode),
                    "them at the service whose network it uses");
        }
        return Optional.of(mode.equals("default") ? "bridge" : mode);
    }

    /** Services whose network or other namespace this one uses, and that it links to. */
    List<Located<String>> uses() {
        var uses = new ArrayList<Located<String>>();
        for (var key :
                List.of(
                        ComposeServiceKeys.NETWORK_MODE,
                        ComposeEngineKeys.PID,
                        ComposeEngineKeys.IPC)) {
            fields.get(key)
                    .filter(mode -> mode.value().startsWith(SERVICE))
                    .ifPresent(mode ->
                            uses.add(
                                    new Located<>(
                                            mode.place(),
                                            mode.value().substring(SERVICE.length()))));
        }
        for (var link : fields.get(ComposeServiceKeys.LINKS).orElse(List.of())) {
            uses.add(new Located<>(link.place(), link.value().split(":", 2)[0]));
        }
        return uses;
    }

    private List<String> links() {
        var links = new ArrayList<String>();
        for (var link : fields.get(ComposeServiceKeys.LINKS).orElse(List.of())) {
            var parts = link.value().split(":", 2);
            links.add(
                    project.containerName(parts[0], projectName)
                            + ":"
                            + (parts.length > 1 ? parts[1] : parts[0]));
        }
        for (var link : fields.get(ComposeServiceKeys.EXTERNAL_LINKS).orElse(List.of())) {
            links.add(link.contains(":") ? link : link + ":" + link);
        }
        return links;
    }

    private List<Networking.Attachment> attachments() {
        var written = fields.get(ComposeServiceKeys.NETWORKS).orElse(Map.of());
        if (written.isEmpty()) {
            var place = fields.place();
            written =
                    Map.of(
                            ComposeResources.DEFAULT_NETWORK,
                            new Located<>(place, Attachment.PLAIN));
        }
        var attachments = new ArrayList<Networking.Attachment>();
        written.entrySet().stream()
                .sorted(
                        Comparator.comparingDouble((Map.Entry<String, Located<Attachment>> entry) ->
                                        -entry.getValue().value().priority())
                                .thenComparing(Map.Entry::getKey))
                .forEach(entry -> attachment(entry.getKey(), entry.getValue(), attachments));
        return attachments;
    }

    private void attachment(
            String key, Located<Attachment> written, List<Networking.Attachment> attachments) {
        var a = written.value();
        var mac =
                a.mac()
                        .or(() ->
                                attachments.isEmpty()
                                        ? fields.get(ComposeServiceKeys.MAC_ADDRESS)
                                        : Optional.empty());
        resources
                .network(new Located<>(written.place(), key))
                .ifPresent(network ->
                        attachments.add(
                                new Networking.Attachment(
                                        network,
                                        a.aliases(),
                                        a.ipv4(),
                                        a.ipv6(),
                                        a.linkLocal(),
                                        mac,
                                        a.driverOptions())));
    }

    /** Of the network of the machine itself nothing is published. */
    private List<Port> ports() {
        var ports = fields.get(ComposeServiceKeys.PORTS).orElse(List.of());
        var ofMachine =
                fields.get(ComposeServiceKeys.NETWORK_MODE)
                        .filter(mode -> mode.value().equals("host"))
                        .isPresent();
        if (ofMachine && !ports.isEmpty()) {
            problems.warning(
                    fields.placeOf(ComposeServiceKeys.PORTS),
                    "with network_mode host the container's ports are the machine's; ports has no effect");
            return List.of();
        }
        return ports;
    }

    /** Ports of the machine that the file chooses: single ones, or a range for one target. */
    List<Published> published() {
        var published = new ArrayList<Published>();
        for (var port : ports()) {
            if (port.published().isEmpty()) {
                continue;
            }
            var outside = port.published().get();
            var inside = port.target();
            if (inside.count() == 1) {
                add(port, outside.first(), outside.last(), inside.first(), published);
                continue;
            }
            for (var i = 0; i < inside.count(); i++) {
                var first = outside.first() + i;
                add(port, first, first, inside.first() + i, published);
            }
        }
        return published;
    }

    private static void add(Port port, int first, int last, int target, List<Published> published) {
        var position = String.valueOf(published.size() + 1);
        var name = port.name().filter(n -> PORT_NAME.matcher(n).matches()).orElse(position);
        var address = port.hostAddress().isEmpty() ? Conversions.ANY_ADDRESS : port.hostAddress();
        published.add(
                new Published(
                        port.place(),
                        new PortSpec(
                                name, address, first, last, port.protocol(), Optional.of(target))));
    }
}
