package olympus.server.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import olympus.model.stack.PortSpec;
import olympus.zeus.Directory;

/**
 * The directory as a dynamic configuration for Traefik's HTTP provider: a load balancer for each
 * service with a port that can be chosen, named {@code stack-service} (hyphens within either are
 * doubled), with a server for each instance that is ready; routers only where labels declare them,
 * in the way of Traefik's own providers ({@code traefik.http.routers.NAME.rule} and so on).
 *
 * <p>Empty objects and nulls are left out: Traefik refuses the whole configuration for one. A
 * service that has no instance that is ready and a router has an empty list of servers, for which
 * Traefik answers 503.
 *
 * @see <a href="https://doc.traefik.io/traefik/providers/http/">Traefik HTTP provider</a>
 */
public final class TraefikConfiguration {

    private static final String PREFIX = "traefik.";
    private static final String ROUTERS = "traefik.http.routers.";
    private static final String BALANCERS = "traefik.http.services.";

    private final NodeAddresses addresses;
    private final Map<String, Object> routers = new TreeMap<>();
    private final Map<String, Object> services = new TreeMap<>();

    private TraefikConfiguration(NodeAddresses addresses) {
        this.addresses = addresses;
    }

    /** As JSON would be: maps, lists, texts, numbers, truth values. */
    public static Map<String, Object> of(Directory directory, NodeAddresses addresses) {
        var made = new TraefikConfiguration(addresses);
        directory.services().forEach(made::add);
        var http = new TreeMap<String, Object>();
        if (!made.routers.isEmpty()) {
            http.put("routers", made.routers);
        }
        if (!made.services.isEmpty()) {
            http.put("services", made.services);
        }
        return http.isEmpty() ? Map.of() : Map.of("http", http);
    }

    private void add(Directory.Service service) {
        var labels = new TreeMap<String, String>();
        service.labels()
                .forEach((key, value) -> {
                    var lower = key.toLowerCase(Locale.ROOT);
                    if (lower.startsWith(PREFIX)) {
                        labels.put(lower, value.strip());
                    }
                });
        if (labels.getOrDefault("traefik.enable", "true").equalsIgnoreCase("false")) {
            return;
        }
        var balancer = Balancer.of(service, labels);
        var declared = routers(service, balancer.name(), labels);
        var servers = servers(service, balancer);
        if (!servers.isEmpty() || !declared.isEmpty()) {
            services.putIfAbsent(
                    balancer.name(), Map.of("loadBalancer", Map.of("servers", servers)));
        }
        declared.forEach(routers::putIfAbsent);
    }

    /**
     * What labels say of the load balancer.
     *
     * @param port number or name of the port, on the node or inside the container
     */
    private record Balancer(String name, Optional<String> port, String scheme) {

        static Balancer of(Directory.Service service, Map<String, String> labels) {
            var stack = service.id().stack().value();
            var name = named(stack, service.id().service());
            Optional<String> port = Optional.empty();
            var scheme = "http";
            for (var label : labels.entrySet()) {
                var path = path(BALANCERS, label.getKey());
                if (path.size() > 1) {
                    name = named(stack, path.getFirst());
                    var option = String.join(".", path.subList(1, path.size()));
                    if (option.equals("loadbalancer.server.port")) {
                        port = Optional.of(label.getValue());
                    } else if (option.equals("loadbalancer.server.scheme")) {
                        scheme = label.getValue();
                    }
                }
            }
            return new Balancer(name, port, scheme);
        }

        /** The port of an instance that is meant, if that is clear. */
        Optional<Directory.Port> choose(List<Directory.Port> all) {
            var tcp = all.stream().filter(one -> one.protocol() == PortSpec.Protocol.TCP).toList();
            if (port.isPresent()) {
                return tcp.stream().filter(one -> isMeant(one, port.get())).findFirst();
            }
            return tcp.size() == 1
                    ? Optional.of(tcp.getFirst())
                    : tcp.stream().filter(one -> one.name().equals("http")).findFirst();
        }

        private static boolean isMeant(Directory.Port one, String text) {
            return one.name().equals(text)
                    || Integer.toString(one.number()).equals(text)
                    || one.target().map(Object::toString).equals(Optional.of(text));
        }
    }

    private List<Map<String, String>> servers(Directory.Service service, Balancer balancer) {
        var servers = new ArrayList<Map<String, String>>();
        for (var instance : service.instances()) {
            if (instance.ready()) {
                balancer.choose(instance.ports())
                        .flatMap(port ->
                                addresses
                                        .of(instance, port)
                                        .map(address ->
                                                NodeAddresses.endpoint(address, port.number())))
                        .ifPresent(
                                at -> servers.add(Map.of("url", balancer.scheme() + "://" + at)));
            }
        }
        return servers;
    }

    private static Map<String, Map<String, Object>> routers(
            Directory.Service service, String balancer, Map<String, String> labels) {
        var stack = service.id().stack().value();
        var all = new TreeMap<String, Map<String, Object>>();
        for (var label : labels.entrySet()) {
            var path = path(ROUTERS, label.getKey());
            if (path.size() > 1) {
                var router =
                        all.computeIfAbsent(named(stack, path.getFirst()), _ -> new TreeMap<>());
                option(router, String.join(".", path.subList(1, path.size())), label.getValue());
            }
        }
        all.values().removeIf(router -> !router.containsKey("rule"));
        all.values()
                .forEach(router ->
                        router.merge(
                                "service",
                                balancer,
                                (given, _) ->
                                        given.toString().contains("@")
                                                ? given
                                                : named(stack, given.toString())));
        return all;
    }

    private static void option(Map<String, Object> router, String option, String value) {
        switch (option) {
            case "rule", "service" -> router.put(option, value);
            case "rulesyntax" -> router.put("ruleSyntax", value);
            case "entrypoints" -> list(router, "entryPoints", value);
            case "middlewares" -> list(router, "middlewares", value);
            case "priority" -> number(value).ifPresent(n -> router.put("priority", n));
            case "tls" -> {
                if (value.equalsIgnoreCase("true")) {
                    router.putIfAbsent("tls", new TreeMap<String, Object>());
                }
            }
            case "tls.certresolver" -> tls(router).put("certResolver", value);
            case "tls.options" -> tls(router).put("options", value);
            default -> {
                // What is not known here is not for this provider.
            }
        }
    }

    private static void list(Map<String, Object> router, String name, String value) {
        var words =
                Stream.of(value.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList();
        if (!words.isEmpty()) {
            router.put(name, words);
        }
    }

    @SuppressWarnings("unchecked") // it is put there in this class alone
    private static Map<String, Object> tls(Map<String, Object> router) {
        return (Map<String, Object>)
                router.computeIfAbsent("tls", _ -> new TreeMap<String, Object>());
    }

    private static Optional<Integer> number(String value) {
        try {
            return Optional.of(Integer.valueOf(value));
        } catch (NumberFormatException none) {
            return Optional.empty();
        }
    }

    /**
     * What is called {@code name} in a stack, as no other is: a hyphen in either name is doubled,
     * and neither begins with one.
     */
    private static String named(String stack, String name) {
        return stack.replace("-", "--") + "-" + name.replace("-", "--");
    }

    /** The parts of a label's key after the prefix; empty where it has another. */
    private static List<String> path(String prefix, String key) {
        return key.startsWith(prefix)
                ? List.of(key.substring(prefix.length()).split("\\."))
                : List.of();
    }
}
