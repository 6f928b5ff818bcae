package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Mount;

/** Ports and volumes of a service as the short forms of Compose write them. */
final class DeclaredWords {

    private static final String EVERYWHERE = "0.0.0.0";

    private DeclaredWords() {}

    /** By the path of the field. */
    static Map<String, String> of(ServiceDefinition service) {
        var mounts =
                switch (service.workload()) {
                    case Workload.Container container -> container.mounts();
                    case Workload.Process _, Workload.Unit _ -> List.<Mount>of();
                };
        var where = service.deploy().where();
        return Map.of(
                "ports", joined(service.ports().stream().map(DeclaredWords::port)),
                "volumes", joined(mounts.stream().map(DeclaredWords::mount)),
                "deploy.placement.constraints",
                        where.constraints().stream()
                                .map(PlacementPolicy.Constraint::text)
                                .collect(Collectors.joining(", ")));
    }

    private static String joined(Stream<String> words) {
        return words.collect(Collectors.joining(" "));
    }

    private static String port(PortSpec port) {
        var address = port.hostAddress();
        var host = address.contains(":") ? "[" + address + "]:" : address + ":";
        var range = port.first() == port.last() ? "" : "-" + port.last();
        var target = port.target().map(to -> ":" + to).orElse("");
        var protocol = port.protocol() == PortSpec.Protocol.TCP ? "" : "/udp";
        return (address.equals(EVERYWHERE) ? "" : host) + port.first() + range + target + protocol;
    }

    private static String mount(Mount mount) {
        return switch (mount) {
            case Mount.Named named -> named.volume().name() + ":" + named.target() + options(named);
            case Mount.Anonymous(var target) -> target;
            case Mount.Bind bind -> bind.source() + ":" + bind.target() + options(bind);
            case Mount.Tmpfs tmpfs -> "tmpfs:" + tmpfs.target() + options(tmpfs);
            case Mount.Content content ->
                    "%s:%s".formatted(source(content.source()), content.target());
        };
    }

    private static String options(Mount.Named named) {
        var words = new ArrayList<String>();
        if (named.readOnly()) {
            words.add("ro");
        }
        if (named.noCopy()) {
            words.add("nocopy");
        }
        named.subpath().ifPresent(path -> words.add("subpath=" + path));
        return behind(words);
    }

    private static String options(Mount.Bind bind) {
        var words = new ArrayList<String>();
        if (bind.readOnly()) {
            words.add("ro");
        }
        bind.propagation().ifPresent(words::add);
        bind.relabel().ifPresent(words::add);
        return behind(words);
    }

    private static String options(Mount.Tmpfs tmpfs) {
        var words = new ArrayList<>(tmpfs.options());
        tmpfs.sizeBytes().ifPresent(size -> words.add("size=" + size));
        tmpfs.mode().ifPresent(mode -> words.add("mode=" + Integer.toOctalString(mode)));
        return behind(words);
    }

    private static String behind(List<String> options) {
        return options.isEmpty() ? "" : ":" + String.join(",", options);
    }

    /** Nothing of a text that is written in the file: it may hold what nobody should read. */
    private static String source(Mount.Source source) {
        return switch (source) {
            case Mount.Source.File(var path) -> path;
            case Mount.Source.Inline(var text) ->
                    "a text of %d characters".formatted(text.length());
            case Mount.Source.Secret(var ref) ->
                    "secret %s@%s".formatted(ref.name(), ref.fingerprint());
        };
    }
}
