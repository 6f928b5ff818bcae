package olympus.engine.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.engine.Creation;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Networking.Attachment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a container would be if it were made as declared from a given image: what is not declared
 * comes from the image. Pure.
 */
final class DeclaredSettings {

    private final Creation creation;
    private final ObjectNode config;
    private final JsonNode image;

    /**
     * @param image the {@code Config} of the image that fills in what is not declared
     */
    DeclaredSettings(Creation creation, JsonNode image) {
        this.creation = creation;
        this.config = Json.MAPPER.valueToTree(new CreateBody(creation).tree());
        this.image = image;
    }

    NavigableMap<String, String> texts() {
        fillIn();
        var settings = new SettingTexts().config(config).host(config.path("HostConfig"));
        mounts(settings);
        networks(settings);
        return settings.texts();
    }

    // ---- what the image says

    private void fillIn() {
        if (!config.has("Entrypoint")) {
            if (!config.has("Cmd")) {
                fill("Cmd");
            }
            fill("Entrypoint");
        }
        for (var name : List.of("User", "WorkingDir", "StopSignal")) {
            if (Json.text(config, name).isEmpty()) {
                fill(name);
            }
        }
        if (!config.has("Healthcheck")) {
            fill("Healthcheck");
        } else {
            fillHealthCheck((ObjectNode) config.path("Healthcheck"));
        }
        fillEnvironment();
        for (var name : List.of("Labels", "ExposedPorts")) {
            var own = (ObjectNode) config.path(name);
            image.path(name)
                    .properties()
                    .forEach(entry -> {
                        if (!own.has(entry.getKey())) {
                            own.set(entry.getKey(), entry.getValue());
                        }
                    });
        }
    }

    private void fill(String name) {
        var value = image.path(name);
        if (!value.isMissingNode() && !value.isNull()) {
            config.set(name, value);
        }
    }

    /** Zero stands for the image's too. */
    private void fillHealthCheck(ObjectNode own) {
        for (var entry : image.path("Healthcheck").properties()) {
            var value = own.path(entry.getKey());
            if (value.isMissingNode() || (value.isNumber() && value.asLong() == 0)) {
                own.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private void fillEnvironment() {
        var environment = (tools.jackson.databind.node.ArrayNode) config.path("Env");
        for (var line : Json.texts(image.path("Env"))) {
            if (!creation.environment().containsKey(line.split("=", 2)[0])) {
                environment.add(line);
            }
        }
    }

    // ---- mounts and networks: told otherwise than they are asked for

    private void mounts(SettingTexts settings) {
        var targets = new TreeSet<String>();
        for (var mount : creation.workload().mounts()) {
            var target = MountTexts.path(mount.target());
            targets.add(target);
            settings.put("volumes." + target, text(mount));
        }
        var unnamed = new TreeMap<String, String>();
        image.path("Volumes")
                .properties()
                .forEach(entry -> unnamed.put(MountTexts.path(entry.getKey()), ""));
        unnamed.keySet().stream()
                .filter(target -> !targets.contains(target))
                .forEach(target -> settings.put("volumes." + target, MountTexts.UNNAMED));
    }

    private static String text(Mount mount) {
        return switch (mount) {
            case Mount.Named named ->
                    MountTexts.of("volume " + named.volume().name(), named.readOnly());
            case Mount.Anonymous ignored -> MountTexts.UNNAMED;
            case Mount.Bind bind -> MountTexts.of(MountTexts.path(bind.source()), bind.readOnly());
            case Mount.Tmpfs tmpfs -> MountTexts.memory(MountBody.options(tmpfs));
            case Mount.Content content ->
                    content.source() instanceof Mount.Source.File file
                            ? MountTexts.of(MountTexts.path(file.path()), true)
                            : "";
        };
    }

    private void networks(SettingTexts settings) {
        var networking = creation.workload().networking();
        if (networking.mode().isPresent()) {
            settings.put("network_mode", Json.text(config, "HostConfig", "NetworkMode"));
            return;
        }
        networking.attachments().forEach(attachment -> network(settings, attachment));
        settings.put("links", String.join(", ", networking.links().stream().sorted().toList()));
    }

    private static void network(SettingTexts settings, Attachment attachment) {
        var path = "networks." + attachment.network().name();
        settings.put(path, "attached");
        settings.put(path + ".aliases", sorted(attachment.aliases()));
        attachment.ipv4().ifPresent(address -> settings.put(path + ".ipv4_address", address));
        attachment.ipv6().ifPresent(address -> settings.put(path + ".ipv6_address", address));
        attachment.mac().ifPresent(mac -> settings.put(path + ".mac_address", mac));
        settings.put(path + ".link_local_ips", sorted(attachment.linkLocal()));
        attachment
                .driverOptions()
                .forEach((name, text) -> settings.put(path + ".driver_opts." + name, text));
    }

    private static String sorted(List<String> texts) {
        var copy = new ArrayList<>(texts);
        copy.sort(null);
        return String.join(", ", copy.stream().distinct().toList());
    }
}
