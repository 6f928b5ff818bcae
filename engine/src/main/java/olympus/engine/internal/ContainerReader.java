package olympus.engine.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.engine.ContainerDetails;
import olympus.engine.ContainerDetails.Health;
import olympus.engine.ContainerSummary;
import olympus.engine.ContainerSummary.PublishedPort;
import olympus.engine.MountPoint;
import olympus.engine.Usage;
import tools.jackson.databind.JsonNode;

/** The engine's descriptions of containers as records. */
final class ContainerReader {

    private ContainerReader() {}

    static ContainerSummary summary(JsonNode node) {
        var networks = new ArrayList<String>();
        Json.at(node, "NetworkSettings", "Networks")
                .properties()
                .forEach(entry -> networks.add(entry.getKey()));
        return new ContainerSummary(
                Json.text(node, "Id"),
                name(Json.texts(node.path("Names")).stream().findFirst().orElse("")),
                Json.text(node, "Image"),
                Json.text(node, "ImageID"),
                Json.text(node, "State").toLowerCase(Locale.ROOT),
                Json.text(node, "Status"),
                Instant.ofEpochSecond(Json.number(node, "Created")),
                Json.map(node.path("Labels")),
                node.path("Ports").values().stream().map(ContainerReader::listedPort).toList(),
                networks,
                mounts(node.path("Mounts")));
    }

    private static PublishedPort listedPort(JsonNode port) {
        return new PublishedPort(
                Json.text(port, "IP"),
                (int) Json.number(port, "PublicPort"),
                (int) Json.number(port, "PrivatePort"),
                Json.text(port, "Type"));
    }

    private static String name(String slashed) {
        return slashed.startsWith("/") ? slashed.substring(1) : slashed;
    }

    static List<MountPoint> mounts(JsonNode mounts) {
        return mounts.values().stream()
                .map(mount ->
                        new MountPoint(
                                Json.text(mount, "Type"),
                                Json.text(mount, "Name"),
                                Json.text(mount, "Source"),
                                Json.text(mount, "Destination"),
                                !mount.path("RW").asBoolean(true)))
                .toList();
    }

    static ContainerDetails details(JsonNode node) {
        var host = node.path("HostConfig");
        var config = node.path("Config");
        var rule = Json.text(host, "RestartPolicy", "Name");
        return new ContainerDetails(
                Json.text(node, "Id"),
                name(Json.text(node, "Name")),
                Json.text(config, "Image"),
                Json.text(node, "Image"),
                state(node.path("State")),
                rule.isEmpty() ? "no" : rule,
                (int) Json.number(host, "RestartPolicy", "MaximumRetryCount"),
                (int) Json.number(node, "RestartCount"),
                Json.flag(config, "Tty"),
                Json.flag(host, "AutoRemove"),
                Json.text(host, "LogConfig", "Type"),
                Json.text(host, "NetworkMode"),
                Json.map(config.path("Labels")),
                mounts(node.path("Mounts")),
                networks(Json.at(node, "NetworkSettings", "Networks")),
                ports(Json.at(host, "PortBindings")));
    }

    private static ContainerDetails.State state(JsonNode state) {
        var word = Json.text(state, "Status").toLowerCase(Locale.ROOT);
        return new ContainerDetails.State(
                word,
                Json.flag(state, "Running"),
                Json.flag(state, "Paused"),
                Json.flag(state, "Restarting"),
                Json.flag(state, "OOMKilled"),
                Json.number(state, "Pid"),
                (int) Json.number(state, "ExitCode"),
                Json.text(state, "Error"),
                Json.time(Json.text(state, "StartedAt")),
                Json.time(Json.text(state, "FinishedAt")),
                health(state.has("Health") ? state.path("Health") : state.path("Healthcheck")));
    }

    private static Optional<Health> health(JsonNode health) {
        var status =
                switch (Json.text(health, "Status")) {
                    case "starting" -> Optional.of(Health.Status.STARTING);
                    case "healthy" -> Optional.of(Health.Status.HEALTHY);
                    case "unhealthy" -> Optional.of(Health.Status.UNHEALTHY);
                    default -> Optional.<Health.Status>empty();
                };
        var output = "";
        var log = new ArrayList<Health.Check>();
        for (var check : health.path("Log").values()) {
            output = Json.text(check, "Output").strip();
            log.add(
                    new Health.Check(
                            Json.time(Json.text(check, "Start")),
                            Json.time(Json.text(check, "End")),
                            (int) Json.number(check, "ExitCode")));
        }
        var last = output;
        return status.map(
                known -> new Health(known, (int) Json.number(health, "FailingStreak"), last, log));
    }

    private static Map<String, ContainerDetails.Endpoint> networks(JsonNode networks) {
        var found = new TreeMap<String, ContainerDetails.Endpoint>();
        networks.properties()
                .forEach(entry ->
                        found.put(
                                entry.getKey(),
                                new ContainerDetails.Endpoint(
                                        Json.text(entry.getValue(), "IPAddress"),
                                        Json.text(entry.getValue(), "MacAddress"),
                                        Json.texts(entry.getValue().path("Aliases")))));
        return found;
    }

    private static List<PublishedPort> ports(JsonNode bindings) {
        var ports = new ArrayList<PublishedPort>();
        bindings.properties()
                .forEach(entry -> {
                    var target = entry.getKey().split("/", 2);
                    for (var binding : entry.getValue().values()) {
                        ports.add(
                                new PublishedPort(
                                        Json.text(binding, "HostIp"),
                                        number(Json.text(binding, "HostPort")),
                                        number(target[0]),
                                        target.length > 1 ? target[1] : "tcp"));
                    }
                });
        return ports;
    }

    private static int number(String text) {
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    static Usage usage(JsonNode stats) {
        var received = 0L;
        var sent = 0L;
        for (var network : stats.path("networks").properties()) {
            received += Json.number(network.getValue(), "rx_bytes");
            sent += Json.number(network.getValue(), "tx_bytes");
        }
        var memory = stats.path("memory_stats");
        var cache =
                Math.max(
                        Json.number(memory, "stats", "inactive_file"),
                        Json.number(memory, "stats", "total_inactive_file"));
        return new Usage(
                Json.time(Json.text(stats, "read")),
                Json.number(stats, "cpu_stats", "cpu_usage", "total_usage"),
                Math.max(0, Json.number(memory, "usage") - cache),
                Json.number(memory, "limit"),
                Json.number(stats, "pids_stats", "current"),
                new Usage.Flow(received, sent),
                new Usage.Flow(disk(stats, "read"), disk(stats, "write")));
    }

    private static long disk(JsonNode stats, String direction) {
        var bytes = 0L;
        for (var device : stats.path("blkio_stats").path("io_service_bytes_recursive").values()) {
            if (Json.text(device, "op").equalsIgnoreCase(direction)) {
                bytes += Json.number(device, "value");
            }
        }
        return bytes;
    }
}
