package olympus.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.json.EnumWords;
import olympus.model.stack.PortSpec;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.state.NodeAnswer;
import olympus.zeus.ClusterView.InstanceView;
import olympus.zeus.ClusterView.ServiceView;

/**
 * What a service is to the people who use it: name, link, version. Taken from what it says of
 * itself ({@code olympus.*} labels), else from labels that other tools read, else from its ports
 * and image. Pure.
 */
final class Catalogue {

    private static final Pattern TRAEFIK_HOST =
            Pattern.compile("Host\\(\\s*`([^`]+)`[^)]*\\)(?:.*PathPrefix\\(\\s*`([^`]+)`)?");
    private static final Pattern TRAEFIK_RULE =
            Pattern.compile("traefik\\.http\\.routers\\.([^.]+)\\.rule");
    private static final Pattern HTTPS_PORT = Pattern.compile("443|8443|9443");

    private Catalogue() {}

    /**
     * @param images what runs, by container; may lack some
     */
    static Answers.CatalogueEntry entry(
            ServiceView view,
            ServiceDefinition definition,
            Map<String, NodeAnswer.ContainerImage> images) {
        var labels = labels(definition);
        var declared = version(definition);
        var running = running(view, definition, images);
        return new Answers.CatalogueEntry(
                view.service().toString(),
                first(labels, "olympus.name", "homepage.name").orElse(view.service().toString()),
                first(labels, "olympus.description", "homepage.description")
                        .or(() -> definition.about().description())
                        .orElse(""),
                first(labels, "olympus.hidden").map(Boolean::parseBoolean).orElse(false),
                links(view, definition, labels),
                definition.workload().driver(),
                running.orElse(declared),
                running.filter(one -> !isSame(one, declared)).map(_ -> declared),
                digest(view, definition, images),
                view.instances().stream().map(InstanceView::nodeName).distinct().toList(),
                EnumWords.of(view.mode()),
                view.state(),
                view.healthy(),
                view.desired());
    }

    private static Map<String, String> labels(ServiceDefinition definition) {
        return definition.workload() instanceof Workload.Container container
                ? container.labels()
                : definition.about().labels();
    }

    private static Optional<String> first(Map<String, String> labels, String... names) {
        for (var name : names) {
            var value = labels.getOrDefault(name, "");
            if (!value.isBlank()) {
                return Optional.of(value.strip());
            }
        }
        return Optional.empty();
    }

    private static List<String> links(
            ServiceView view, ServiceDefinition definition, Map<String, String> labels) {
        var told = first(labels, "olympus.link", "homepage.href");
        if (told.isPresent()) {
            return List.of(told.get());
        }
        var routed = routed(labels);
        return routed.isEmpty() ? published(view, definition) : routed;
    }

    private static List<String> routed(Map<String, String> labels) {
        var links = new ArrayList<String>();
        labels.forEach((name, rule) -> {
            var router = TRAEFIK_RULE.matcher(name);
            var host = TRAEFIK_HOST.matcher(rule);
            if (router.matches() && host.find()) {
                var prefix = "traefik.http.routers." + router.group(1);
                var tls =
                        labels.keySet().stream().anyMatch(key -> key.startsWith(prefix + ".tls"))
                                || labels.getOrDefault(prefix + ".entrypoints", "")
                                        .contains("secure");
                var path = Optional.ofNullable(host.group(2)).orElse("");
                links.add((tls ? "https://" : "http://") + host.group(1) + path);
            }
        });
        return links;
    }

    /** Ports of the node that can be reached from elsewhere. */
    private static List<String> published(ServiceView view, ServiceDefinition definition) {
        var links = new ArrayList<String>();
        for (var instance : view.instances()) {
            for (var port : instance.ports()) {
                if (definition.ports().stream().anyMatch(spec -> isReachable(spec, port))) {
                    var scheme = HTTPS_PORT.matcher(port.toString()).matches() ? "https" : "http";
                    links.add("%s://%s:%d".formatted(scheme, instance.nodeName(), port));
                }
            }
        }
        return links.stream().distinct().toList();
    }

    private static boolean isReachable(PortSpec spec, int port) {
        return spec.first() <= port
                && port <= spec.last()
                && spec.protocol() == PortSpec.Protocol.TCP
                && !spec.hostAddress().startsWith("127.")
                && !spec.hostAddress().equals("::1");
    }

    private static String version(ServiceDefinition definition) {
        return switch (definition.workload()) {
            case Workload.Container container -> container.image().reference();
            case Workload.Process process -> process.command().getFirst();
            case Workload.Unit unit -> unit.name();
        };
    }

    /** The images that its containers were made from, where their nodes tell. */
    private static Optional<String> running(
            ServiceView view,
            ServiceDefinition definition,
            Map<String, NodeAnswer.ContainerImage> images) {
        return containers(view, definition).stream()
                .flatMap(name -> Optional.ofNullable(images.get(name)).stream())
                .map(NodeAnswer.ContainerImage::image)
                .distinct()
                .reduce((one, other) -> one + ", " + other);
    }

    /** Engines may tell the whole name where the file has a short one. */
    private static boolean isSame(String running, String declared) {
        return whole(running).equals(whole(declared));
    }

    private static String whole(String reference) {
        var name = reference;
        var registry = name.substring(0, Math.max(0, name.indexOf('/')));
        if (!registry.contains(".") && !registry.contains(":") && !registry.equals("localhost")) {
            name = "docker.io/" + (registry.isEmpty() ? "library/" : "") + name;
        }
        var tagged = name.substring(name.lastIndexOf('/') + 1).contains(":");
        return tagged || name.contains("@") ? name : name + ":latest";
    }

    private static Optional<String> digest(
            ServiceView view,
            ServiceDefinition definition,
            Map<String, NodeAnswer.ContainerImage> images) {
        return containers(view, definition).stream()
                .flatMap(name -> Optional.ofNullable(images.get(name)).stream())
                .map(image -> image.digest().orElse(image.id()))
                .distinct()
                .reduce((one, other) -> one + ", " + other);
    }

    /** The names of a service's containers. */
    static List<String> containers(ServiceView view, ServiceDefinition definition) {
        return definition.workload() instanceof Workload.Container container
                ? view.instances().stream()
                        .map(instance ->
                                container.project().container(instance.observed().id().ordinal()))
                        .toList()
                : List.of();
    }
}
