package olympus.engine.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import olympus.model.json.DurationText;
import tools.jackson.databind.JsonNode;

/**
 * Settings of a container by their path in the words of a Compose file, read from the engine's form
 * of them: what is asked for at creation and what is told afterwards have the same. What says
 * nothing (zero, empty, false) is left out.
 */
final class SettingTexts {

    private static final Map<String, String> SIGNALS =
            Map.of(
                    "1",
                    "SIGHUP",
                    "2",
                    "SIGINT",
                    "3",
                    "SIGQUIT",
                    "9",
                    "SIGKILL",
                    "10",
                    "SIGUSR1",
                    "12",
                    "SIGUSR2",
                    "15",
                    "SIGTERM",
                    "28",
                    "SIGWINCH",
                    "37",
                    "SIGRTMIN+3");

    private static final String USUAL_SIGNAL = "SIGTERM";
    private static final long USUAL_GRACE = 10;

    private final NavigableMap<String, String> texts = new TreeMap<>();

    NavigableMap<String, String> texts() {
        return texts;
    }

    /** What lies inside the container: the engine's {@code Config}. */
    SettingTexts config(JsonNode config) {
        put("command", words(config.path("Cmd")));
        put("entrypoint", words(config.path("Entrypoint")));
        put("user", Json.text(config, "User"));
        var folder = Json.text(config, "WorkingDir");
        put("working_dir", folder.equals("/") ? "" : folder);
        put("hostname", Json.text(config, "Hostname"));
        put("domainname", Json.text(config, "Domainname"));
        flag("tty", config.path("Tty"));
        flag("stdin_open", config.path("OpenStdin"));
        var signal = Json.text(config, "StopSignal");
        var name = SIGNALS.getOrDefault(signal, signal);
        put("stop_signal", name.equals(USUAL_SIGNAL) ? "" : name);
        var grace = config.path("StopTimeout").asLong(USUAL_GRACE);
        put("stop_grace_period", grace == USUAL_GRACE ? "" : grace + "s");
        for (var line : Json.texts(config.path("Env"))) {
            var parts = line.split("=", 2);
            texts.put("environment." + parts[0], parts.length > 1 ? parts[1] : "");
        }
        Json.map(config.path("Labels"))
                .forEach((label, text) -> texts.put("labels." + label, text));
        config.path("ExposedPorts")
                .properties()
                .forEach(port -> texts.put("expose." + port.getKey(), "yes"));
        health(config.path("Healthcheck"));
        return this;
    }

    private void health(JsonNode check) {
        put("healthcheck.test", words(check.path("Test")));
        duration("healthcheck.interval", check.path("Interval"));
        duration("healthcheck.timeout", check.path("Timeout"));
        duration("healthcheck.start_period", check.path("StartPeriod"));
        duration("healthcheck.start_interval", check.path("StartInterval"));
        number("healthcheck.retries", check.path("Retries"));
    }

    /**
     * What belongs to the machine: the engine's {@code HostConfig}, without mounts and networks.
     */
    SettingTexts host(JsonNode host) {
        restart(host.path("RestartPolicy"));
        ports(host.path("PortBindings"));
        list("extra_hosts", host.path("ExtraHosts"));
        list("dns", host.path("Dns"));
        list("dns_search", host.path("DnsSearch"));
        list("dns_opt", host.path("DnsOptions"));
        flag("init", host.path("Init"));
        put("logging.driver", Json.text(host, "LogConfig", "Type"));
        Json.map(Json.at(host, "LogConfig", "Config"))
                .forEach((option, text) -> put("logging.options." + option, text));
        privileges(host);
        resources(host);
        flag("auto_remove", host.path("AutoRemove"));
        flag("publish_all", host.path("PublishAllPorts"));
        return this;
    }

    private void restart(JsonNode policy) {
        var word = Json.text(policy, "Name");
        var attempts = Json.number(policy, "MaximumRetryCount");
        put("restart", word.equals("no") ? "" : attempts > 0 ? word + ":" + attempts : word);
    }

    private void ports(JsonNode bindings) {
        for (var entry : bindings.properties()) {
            var published =
                    entry.getValue().values().stream().map(SettingTexts::binding).sorted().toList();
            put("ports." + entry.getKey(), String.join(" ", published));
        }
    }

    private static String binding(JsonNode binding) {
        var address = Json.text(binding, "HostIp");
        var port = Json.text(binding, "HostPort");
        var text = port.isEmpty() || port.equals("0") ? "any port" : port;
        return address.isEmpty() || address.equals("0.0.0.0") ? text : address + ":" + text;
    }

    private void privileges(JsonNode host) {
        flag("privileged", host.path("Privileged"));
        flag("read_only", host.path("ReadonlyRootfs"));
        list("cap_add", host.path("CapAdd"), SettingTexts::capability);
        list("cap_drop", host.path("CapDrop"), SettingTexts::capability);
        list("security_opt", host.path("SecurityOpt"), SettingTexts::securityOption);
        list("group_add", host.path("GroupAdd"));
        list("device_cgroup_rules", host.path("DeviceCgroupRules"));
        put(
                "devices",
                sorted(host.path("Devices").values().stream().map(SettingTexts::device).toList()));
        put(
                "gpus",
                sorted(
                        host.path("DeviceRequests").values().stream()
                                .map(SettingTexts::gpu)
                                .toList()));
        put("userns_mode", Json.text(host, "UsernsMode"));
        put("pid", Json.text(host, "PidMode"));
        put("ipc", Json.text(host, "IpcMode"));
        put("uts", Json.text(host, "UTSMode"));
        put("cgroup", Json.text(host, "CgroupnsMode"));
        put("cgroup_parent", Json.text(host, "CgroupParent"));
        put("runtime", Json.text(host, "Runtime"));
        Json.map(host.path("Sysctls")).forEach((name, text) -> put("sysctls." + name, text));
        for (var limit : host.path("Ulimits").values()) {
            put(
                    "ulimits." + limitName(Json.text(limit, "Name")),
                    Json.number(limit, "Soft") + ":" + Json.number(limit, "Hard"));
        }
    }

    private static String limitName(String name) {
        return name.replace("RLIMIT_", "").toLowerCase(Locale.ROOT);
    }

    private static String capability(String name) {
        var upper = name.toUpperCase(Locale.ROOT);
        return upper.startsWith("CAP_") ? upper.substring("CAP_".length()) : upper;
    }

    private static String securityOption(String option) {
        var text = option.replaceFirst(":", "=");
        return text.equals("no-new-privileges=true") ? "no-new-privileges" : text;
    }

    private static String device(JsonNode device) {
        return String.join(
                ":",
                Json.text(device, "PathOnHost"),
                Json.text(device, "PathInContainer"),
                Json.text(device, "CgroupPermissions"));
    }

    private static String gpu(JsonNode request) {
        var which = Json.texts(request.path("DeviceIDs"));
        return "%s %s %s"
                .formatted(
                        Json.text(request, "Driver"),
                        which.isEmpty() ? Json.number(request, "Count") : which,
                        request.path("Capabilities"))
                .strip();
    }

    private void resources(JsonNode host) {
        var cpus = Json.number(host, "NanoCpus");
        put("cpus", cpus == 0 ? "" : trimmed(cpus / 1e9));
        bytes("mem_limit", host.path("Memory"));
        bytes("mem_reservation", host.path("MemoryReservation"));
        bytes("memswap_limit", host.path("MemorySwap"));
        number("pids_limit", host.path("PidsLimit"));
        var swappiness = host.path("MemorySwappiness");
        put("mem_swappiness", swappiness.isNumber() ? swappiness.asString() : "");
        number("cpu_shares", host.path("CpuShares"));
        put("cpuset", Json.text(host, "CpusetCpus"));
        number("cpu_quota", host.path("CpuQuota"));
        number("cpu_period", host.path("CpuPeriod"));
        number("blkio_config.weight", host.path("BlkioWeight"));
        bytes("shm_size", host.path("ShmSize"));
        number("oom_score_adj", host.path("OomScoreAdj"));
        flag("oom_kill_disable", host.path("OomKillDisable"));
        Json.map(host.path("StorageOpt")).forEach((name, text) -> put("storage_opt." + name, text));
    }

    private static String trimmed(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    // ---- the forms that settings have

    void put(String path, String text) {
        if (!text.isEmpty()) {
            texts.put(path, text);
        }
    }

    private void flag(String path, JsonNode value) {
        put(path, value.asBoolean(false) ? "true" : "");
    }

    private void number(String path, JsonNode value) {
        var number = value.asLong(0);
        put(path, number == 0 ? "" : Long.toString(number));
    }

    private void bytes(String path, JsonNode value) {
        var number = value.asLong(0);
        put(path, number == 0 ? "" : size(number));
    }

    private static String size(long bytes) {
        if (bytes > 0 && bytes % (1 << 30) == 0) {
            return bytes / (1 << 30) + "g";
        }
        return bytes > 0 && bytes % (1 << 20) == 0 ? bytes / (1 << 20) + "m" : bytes + "b";
    }

    private void duration(String path, JsonNode nanos) {
        var number = nanos.asLong(0);
        put(path, number == 0 ? "" : DurationText.format(Duration.ofNanos(number)));
    }

    private void list(String path, JsonNode values) {
        list(path, values, UnaryOperator.identity());
    }

    private void list(String path, JsonNode values, UnaryOperator<String> form) {
        put(path, sorted(Json.texts(values).stream().map(form).toList()));
    }

    private static String sorted(List<String> parts) {
        return String.join(", ", parts.stream().sorted().toList());
    }

    /** As a shell would be given them. */
    private static String words(JsonNode values) {
        var words = new ArrayList<String>();
        for (var word : Json.texts(values)) {
            words.add(
                    word.matches("[\\w@%+=:,./-]+")
                            ? word
                            : "'" + word.replace("'", "'\\''") + "'");
        }
        return words.equals(List.of("''")) ? "" : String.join(" ", words);
    }
}
