package olympus.engine.internal;

import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How a container that is there is set up, as its engine tells. Pure. */
final class ObservedSettings {

    private static final int SHORT_ID = 12;

    private final JsonNode container;

    ObservedSettings(JsonNode container) {
        this.container = container;
    }

    NavigableMap<String, String> texts(String service) {
        var host = container.path("HostConfig");
        var settings = new SettingTexts().config(container.path("Config")).host(host);
        mounts(settings, host);
        var mode = Json.text(host, "NetworkMode");
        if (isMode(mode) && !(mode.equals("bridge") && isOnNamedNetwork())) {
            settings.put("network_mode", mode.equals("default") ? "bridge" : mode);
        } else {
            networks(settings, service);
        }
        return settings.texts();
    }

    /** Whether it is on no network of its own choice. */
    static boolean isMode(String word) {
        return Set.of("host", "none", "bridge", "default", "private", "slirp4netns", "pasta")
                        .contains(word)
                || word.startsWith("container:");
    }

    /** Podman calls it a bridge although it is on networks of its own. */
    private boolean isOnNamedNetwork() {
        return Json.at(container, "NetworkSettings", "Networks").properties().stream()
                .anyMatch(entry -> !isMode(entry.getKey()) && !entry.getKey().equals("podman"));
    }

    private void mounts(SettingTexts settings, JsonNode host) {
        for (var mount : ContainerReader.mounts(container.path("Mounts"))) {
            var text =
                    switch (mount.type()) {
                        case "volume" ->
                                mount.isAnonymousVolume()
                                        ? MountTexts.UNNAMED
                                        : MountTexts.of("volume " + mount.name(), mount.readOnly());
                        case "tmpfs" -> MountTexts.memory("");
                        default -> MountTexts.of(MountTexts.path(mount.source()), mount.readOnly());
                    };
            settings.put("volumes." + MountTexts.path(mount.target()), text);
        }
        Json.map(host.path("Tmpfs"))
                .forEach((target, options) ->
                        settings.put(
                                "volumes." + MountTexts.path(target), MountTexts.memory(options)));
    }

    private void networks(SettingTexts settings, String service) {
        for (var entry : Json.at(container, "NetworkSettings", "Networks").properties()) {
            var path = "networks." + entry.getKey();
            var endpoint = entry.getValue();
            settings.put(path, "attached");
            settings.put(
                    path + ".aliases",
                    Json.texts(endpoint.path("Aliases")).stream()
                            .filter(alias -> !isOwnName(alias, service))
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", ")));
            var addresses = endpoint.path("IPAMConfig");
            settings.put(path + ".ipv4_address", Json.text(addresses, "IPv4Address"));
            settings.put(path + ".ipv6_address", Json.text(addresses, "IPv6Address"));
            settings.put(path + ".mac_address", Json.text(endpoint, "MacAddress"));
            settings.put(
                    path + ".link_local_ips", sorted(Json.texts(addresses.path("LinkLocalIPs"))));
            Json.map(endpoint.path("DriverOpts"))
                    .forEach((name, text) -> settings.put(path + ".driver_opts." + name, text));
            var links = sorted(Json.texts(endpoint.path("Links")));
            settings.put("links", links);
        }
    }

    private static String sorted(List<String> texts) {
        return String.join(", ", texts.stream().sorted().toList());
    }

    /** Every tool gives a container its own, its service's and its id as further names. */
    private boolean isOwnName(String alias, String service) {
        var name = name();
        return alias.equals(name)
                || alias.equals(service)
                || alias.equals(Json.text(container, "Id").substring(0, SHORT_ID))
                || alias.endsWith("_" + name);
    }

    private String name() {
        return Json.text(container, "Name").replaceFirst("^/", "");
    }
}
