package olympus.engine.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.engine.Creation;
import olympus.model.stack.Workload;
import olympus.model.stack.container.HealthCheck;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Networking.Attachment;
import olympus.model.stack.container.Privileges;

/** The body of a request that creates a container. */
final class CreateBody {

    private static final String SERVICE = "service:";

    private final Creation creation;
    private final Workload.Container workload;

    CreateBody(Creation creation) {
        this.creation = creation;
        this.workload = creation.workload();
    }

    Map<String, Object> tree() {
        var execution = workload.execution();
        var tree = new LinkedHashMap<String, Object>();
        tree.put("Image", workload.image().reference());
        execution.command().ifPresent(command -> tree.put("Cmd", command));
        execution
                .entrypoint()
                .ifPresent(entry -> tree.put("Entrypoint", entry.isEmpty() ? List.of("") : entry));
        execution.user().ifPresent(user -> tree.put("User", user));
        execution.workingDirectory().ifPresent(folder -> tree.put("WorkingDir", folder));
        execution.hostname().ifPresent(name -> tree.put("Hostname", name));
        execution.domainName().ifPresent(name -> tree.put("Domainname", name));
        tree.put("Tty", execution.terminal());
        tree.put("OpenStdin", execution.stdinOpen());
        tree.put(
                "Env",
                creation.environment().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
        tree.put("Labels", creation.labels());
        workload.healthcheck().ifPresent(check -> tree.put("Healthcheck", health(check)));
        if (!creation.stop().signal().equals("SIGTERM")) {
            tree.put("StopSignal", creation.stop().signal());
        }
        tree.put("StopTimeout", Math.max(1, creation.stop().gracePeriod().toSeconds()));
        var exposed = new TreeMap<String, Object>();
        workload.networking().exposed().forEach(port -> exposed.put(withProtocol(port), Map.of()));
        bindings().keySet().forEach(port -> exposed.put(port, Map.of()));
        tree.put("ExposedPorts", exposed);
        var unnamed = new TreeMap<String, Object>();
        for (var mount : workload.mounts()) {
            if (mount instanceof Mount.Anonymous anonymous
                    && !creation.carried().containsKey(anonymous.target())) {
                unnamed.put(anonymous.target(), Map.of());
            }
        }
        tree.put("Volumes", unnamed);
        tree.put("HostConfig", host());
        firstAttachment()
                .ifPresent(first ->
                        tree.put(
                                "NetworkingConfig",
                                Map.of(
                                        "EndpointsConfig",
                                        Map.of(
                                                first.network().name(),
                                                endpoint(first, aliases(), links())))));
        return tree;
    }

    Optional<Attachment> firstAttachment() {
        return workload.networking().attachments().stream().findFirst();
    }

    /** As Compose gives them: the container's and the service's name. */
    List<String> aliases() {
        return List.of(creation.name(), workload.project().service());
    }

    List<String> links() {
        return workload.networking().links();
    }

    static Map<String, Object> endpoint(
            Attachment attachment, List<String> names, List<String> links) {
        var endpoint = new LinkedHashMap<String, Object>();
        putUnlessEmpty(endpoint, "Links", links);
        var aliases = new ArrayList<>(names);
        aliases.addAll(attachment.aliases());
        endpoint.put("Aliases", aliases.stream().distinct().toList());
        var addresses = new LinkedHashMap<String, Object>();
        attachment.ipv4().ifPresent(address -> addresses.put("IPv4Address", address));
        attachment.ipv6().ifPresent(address -> addresses.put("IPv6Address", address));
        if (!attachment.linkLocal().isEmpty()) {
            addresses.put("LinkLocalIPs", attachment.linkLocal());
        }
        if (!addresses.isEmpty()) {
            endpoint.put("IPAMConfig", addresses);
        }
        attachment.mac().ifPresent(mac -> endpoint.put("MacAddress", mac));
        if (!attachment.driverOptions().isEmpty()) {
            endpoint.put("DriverOpts", attachment.driverOptions());
        }
        return endpoint;
    }

    private static Map<String, Object> health(HealthCheck check) {
        var tree = new LinkedHashMap<String, Object>();
        if (check.disabled()) {
            tree.put("Test", List.of("NONE"));
            return tree;
        }
        if (!check.test().isEmpty()) {
            tree.put("Test", check.test());
        }
        check.interval().map(Duration::toNanos).ifPresent(nanos -> tree.put("Interval", nanos));
        check.timeout().map(Duration::toNanos).ifPresent(nanos -> tree.put("Timeout", nanos));
        check.startPeriod()
                .map(Duration::toNanos)
                .ifPresent(nanos -> tree.put("StartPeriod", nanos));
        check.startInterval()
                .map(Duration::toNanos)
                .ifPresent(nanos -> tree.put("StartInterval", nanos));
        check.retries().ifPresent(retries -> tree.put("Retries", retries));
        return tree;
    }

    // ---- the part that belongs to the machine

    private Map<String, Object> host() {
        var host = new LinkedHashMap<String, Object>();
        var networking = workload.networking();
        host.put("NetworkMode", networkMode());
        host.put("PortBindings", bindings());
        if (!networking.extraHosts().isEmpty()) {
            host.put("ExtraHosts", networking.extraHosts());
        }
        if (!networking.dns().isEmpty()) {
            host.put("Dns", networking.dns());
        }
        if (!networking.dnsSearch().isEmpty()) {
            host.put("DnsSearch", networking.dnsSearch());
        }
        if (!networking.dnsOptions().isEmpty()) {
            host.put("DnsOptions", networking.dnsOptions());
        }
        host.put(
                "RestartPolicy",
                Map.of(
                        "Name",
                        creation.restart().word(),
                        "MaximumRetryCount",
                        creation.restart().maximum()));
        workload.execution().init().ifPresent(init -> host.put("Init", init));
        workload.logging()
                .driver()
                .ifPresentOrElse(
                        driver ->
                                host.put(
                                        "LogConfig",
                                        Map.of(
                                                "Type",
                                                driver,
                                                "Config",
                                                workload.logging().options())),
                        () -> {
                            if (!workload.logging().options().isEmpty()) {
                                host.put(
                                        "LogConfig",
                                        Map.of("Config", workload.logging().options()));
                            }
                        });
        new MountBody(creation).addTo(host);
        privileges(host, workload.privileges());
        resources(host);
        return host;
    }

    private String networkMode() {
        return workload.networking()
                .mode()
                .map(this::peer)
                .or(() -> firstAttachment().map(first -> first.network().name()))
                .orElse("none");
    }

    /** {@code service:db} becomes {@code container:<id>}. */
    private String peer(String mode) {
        if (!mode.startsWith(SERVICE)) {
            return mode;
        }
        return "container:" + creation.peers().getOrDefault(mode, mode.substring(SERVICE.length()));
    }

    private Map<String, List<Map<String, String>>> bindings() {
        var bindings = new TreeMap<String, List<Map<String, String>>>();
        for (var port : creation.ports()) {
            var address = port.hostAddress().equals("0.0.0.0") ? "" : port.hostAddress();
            bindings.computeIfAbsent(
                            port.target() + "/" + port.protocol(), ignored -> new ArrayList<>())
                    .add(Map.of("HostIp", address, "HostPort", Integer.toString(port.hostPort())));
        }
        for (var port : workload.networking().randomPorts()) {
            bindings.computeIfAbsent(
                            port.target() + (port.udp() ? "/udp" : "/tcp"),
                            ignored -> new ArrayList<>())
                    .add(Map.of("HostIp", port.hostAddress(), "HostPort", ""));
        }
        return bindings;
    }

    private static String withProtocol(String port) {
        return port.contains("/") ? port : port + "/tcp";
    }

    private void privileges(Map<String, Object> host, Privileges given) {
        host.put("Privileged", given.privileged());
        host.put("ReadonlyRootfs", given.readOnly());
        putUnlessEmpty(host, "CapAdd", given.capAdd());
        putUnlessEmpty(host, "CapDrop", given.capDrop());
        putUnlessEmpty(host, "SecurityOpt", given.securityOptions());
        putUnlessEmpty(host, "GroupAdd", given.groups());
        putUnlessEmpty(host, "DeviceCgroupRules", given.deviceCgroupRules());
        putUnlessEmpty(host, "Devices", given.devices().stream().map(CreateBody::device).toList());
        putUnlessEmpty(host, "DeviceRequests", given.gpus().stream().map(CreateBody::gpu).toList());
        given.userNamespace().ifPresent(mode -> host.put("UsernsMode", mode));
        given.pid().ifPresent(mode -> host.put("PidMode", peer(mode)));
        given.ipc().ifPresent(mode -> host.put("IpcMode", peer(mode)));
        given.uts().ifPresent(mode -> host.put("UTSMode", mode));
        given.cgroup().ifPresent(mode -> host.put("CgroupnsMode", mode));
        given.cgroupParent().ifPresent(parent -> host.put("CgroupParent", parent));
        given.runtime().ifPresent(runtime -> host.put("Runtime", runtime));
        if (!given.sysctls().isEmpty()) {
            host.put("Sysctls", given.sysctls());
        }
        putUnlessEmpty(
                host,
                "Ulimits",
                given.ulimits().entrySet().stream()
                        .map(limit ->
                                Map.of(
                                        "Name",
                                        limit.getKey(),
                                        "Soft",
                                        limit.getValue().soft(),
                                        "Hard",
                                        limit.getValue().hard()))
                        .toList());
    }

    private static void putUnlessEmpty(Map<String, Object> host, String name, List<?> values) {
        if (!values.isEmpty()) {
            host.put(name, values);
        }
    }

    private static Map<String, Object> device(String text) {
        var parts = text.split(":", 3);
        return Map.of(
                "PathOnHost",
                parts[0],
                "PathInContainer",
                parts.length > 1 ? parts[1] : parts[0],
                "CgroupPermissions",
                parts.length > 2 ? parts[2] : "rwm");
    }

    private static Map<String, Object> gpu(Privileges.Gpu gpu) {
        var tree = new LinkedHashMap<String, Object>();
        gpu.driver().ifPresent(driver -> tree.put("Driver", driver));
        tree.put("Count", gpu.count());
        putUnlessEmpty(tree, "DeviceIDs", gpu.ids());
        tree.put(
                "Capabilities",
                List.of(gpu.capabilities().isEmpty() ? List.of("gpu") : gpu.capabilities()));
        tree.put("Options", gpu.options());
        return tree;
    }

    private void resources(Map<String, Object> host) {
        var limits = creation.resources();
        limits.cpus().ifPresent(cpus -> host.put("NanoCpus", Math.round(cpus * 1e9)));
        limits.memoryBytes().ifPresent(bytes -> host.put("Memory", bytes));
        limits.pids().ifPresent(pids -> host.put("PidsLimit", pids));
        var tuning = workload.tuning();
        tuning.memoryReservation().ifPresent(bytes -> host.put("MemoryReservation", bytes));
        tuning.swapBytes().ifPresent(bytes -> host.put("MemorySwap", bytes));
        tuning.swappiness().ifPresent(value -> host.put("MemorySwappiness", value));
        tuning.cpuShares().ifPresent(value -> host.put("CpuShares", value));
        tuning.cpuset().ifPresent(value -> host.put("CpusetCpus", value));
        tuning.cpuQuota().ifPresent(value -> host.put("CpuQuota", value));
        tuning.cpuPeriod().ifPresent(value -> host.put("CpuPeriod", value));
        tuning.blkioWeight().ifPresent(value -> host.put("BlkioWeight", value));
        tuning.shmBytes().ifPresent(value -> host.put("ShmSize", value));
        tuning.oomScoreAdjust().ifPresent(value -> host.put("OomScoreAdj", value));
        if (!tuning.storageOptions().isEmpty()) {
            host.put("StorageOpt", tuning.storageOptions());
        }
        if (tuning.oomKillDisabled()) {
            host.put("OomKillDisable", true);
        }
    }
}
