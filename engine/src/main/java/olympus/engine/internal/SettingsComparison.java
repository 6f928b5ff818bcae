package olympus.engine.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import olympus.engine.Creation;
import olympus.engine.EngineInfo;
import olympus.engine.SettingDifference;
import olympus.foundation.Mask;
import olympus.model.stack.Workload.EnvironmentValue;
import tools.jackson.databind.JsonNode;

/**
 * Compares a container that is there with what would be made: what the engine or the image fills
 * in, and what tools put there for themselves, is no difference. Pure.
 *
 * @param container as the engine describes it
 * @param image as the engine describes the image that it was made from
 * @param declaredImage id of the image that is declared, as far as it is there
 */
record SettingsComparison(
        JsonNode container, JsonNode image, Optional<String> declaredImage, EngineInfo engine) {

    private static final int SHORT_DIGEST = 19;
    private static final String HIDDEN = "(not shown)";
    private static final String OTHERWISE = "(another value, not shown)";

    /** Marks of tools, which say nothing of how a container is set up. */
    private static final List<String> MARKS =
            List.of(
                    "labels.com.docker.compose.",
                    "labels.io.podman.compose.",
                    "labels.desktop.docker.io/");

    /** What engines fill in where nothing is declared. */
    private static final Map<String, Set<String>> FILLED_IN =
            Map.ofEntries(
                    Map.entry("shm_size", Set.of("64m", "65536000b")),
                    Map.entry("ipc", Set.of("private", "shareable")),
                    Map.entry("cgroup", Set.of("private", "host")),
                    Map.entry("uts", Set.of("private")),
                    Map.entry("pid", Set.of("private")),
                    Map.entry("userns_mode", Set.of("private")),
                    Map.entry("runtime", Set.of("runc", "crun", "oci", "io.containerd.runc.v2")),
                    Map.entry("mem_swappiness", Set.of("-1")),
                    Map.entry("healthcheck.interval", Set.of("30s")),
                    Map.entry("healthcheck.timeout", Set.of("30s")),
                    Map.entry("healthcheck.retries", Set.of("3")),
                    Map.entry("memswap_limit", Set.of("-1b")),
                    Map.entry("pids_limit", Set.of("-1", "2048")));

    /** Set by Podman inside each container. */
    private static final Set<String> PODMANS =
            Set.of(
                    "environment.container",
                    "environment.HOME",
                    "environment.HOSTNAME",
                    "environment.TERM",
                    "environment.PATH",
                    "cgroup_parent",
                    "logging.driver",
                    "mem_swappiness",
                    "cpu_quota",
                    "cpu_period",
                    "cpu_shares");

    /** What containers of every Podman have without being given it. */
    private static final Set<String> PODMANS_CAPABILITIES =
            Set.of(
                    "CHOWN",
                    "DAC_OVERRIDE",
                    "FOWNER",
                    "FSETID",
                    "KILL",
                    "NET_BIND_SERVICE",
                    "SETFCAP",
                    "SETGID",
                    "SETPCAP",
                    "SETUID",
                    "SYS_CHROOT");

    List<SettingDifference> with(Creation creation) {
        var differences = new ArrayList<SettingDifference>();
        image(creation).ifPresent(differences::add);
        var declared = new DeclaredSettings(creation, image.path("Config")).texts();
        var observed =
                new ObservedSettings(container).texts(creation.workload().project().service());
        var paths = new TreeSet<>(declared.keySet());
        paths.addAll(observed.keySet());
        for (var path : paths) {
            var is = Optional.ofNullable(observed.get(path));
            var wanted = Optional.ofNullable(declared.get(path));
            if (!is.equals(wanted) && !isExcused(path, wanted, is, declared)) {
                differences.add(shown(creation, path, wanted, is));
            }
        }
        return differences;
    }

    // ---- the image

    private Optional<SettingDifference> image(Creation creation) {
        var reference = creation.workload().image().reference();
        var used = Json.text(container, "Config", "Image");
        var id = Json.text(container, "Image");
        var isSame = declaredImage.filter(declared -> sameId(declared, id)).isPresent();
        if (sameId(used, id) && isSame) {
            return Optional.empty();
        }
        if (!ImageName.sameImage(reference, used)) {
            return Optional.of(new SettingDifference("image", reference, used));
        }
        return declaredImage
                .filter(_ -> !isSame)
                .map(declared ->
                        new SettingDifference(
                                "image", reference + " " + cut(declared), used + " " + cut(id)));
    }

    /** Podman tells ids without the name of their algorithm. */
    private static boolean sameId(String one, String other) {
        return one.replaceFirst("^sha256:", "").equals(other.replaceFirst("^sha256:", ""));
    }

    private static String cut(String id) {
        var full = id.startsWith("sha256:") ? id : "sha256:" + id;
        return full.substring(0, Math.min(SHORT_DIGEST, full.length()));
    }

    // ---- what is no difference

    private boolean isExcused(
            String path,
            Optional<String> wanted,
            Optional<String> is,
            NavigableMap<String, String> declared) {
        if (MARKS.stream().anyMatch(path::startsWith)
                || (path.startsWith("healthcheck.") && isHealthOff(declared))
                || (path.startsWith("expose.") && isPublished(path, declared))
                || (isPodman() && isUntoldByPodman(path))
                || (isPodman() && isEveryCapability(path, wanted, is, declared))) {
            return true;
        }
        if (wanted.isPresent()) {
            return is.filter(text -> isForm(path, wanted.get(), text)).isPresent();
        }
        var text = is.orElse("");
        return FILLED_IN.getOrDefault(path, Set.of()).contains(text)
                || text.equals(MountTexts.UNNAMED)
                || (path.equals("hostname") && isGivenHostname(text, declared))
                || path.endsWith(".mac_address")
                || (path.equals("memswap_limit") && isTwice(text, declared))
                || (path.startsWith("logging.") && isUsualLogging(path, text, declared))
                || (path.equals("security_opt") && isUnconfined(text, declared))
                || (isPodman() && isPodmans(path, declared));
    }

    private boolean isPodman() {
        return engine.product() == EngineInfo.Product.PODMAN;
    }

    /** Nothing else of a health check that is switched off says anything. */
    private boolean isHealthOff(Map<String, String> declared) {
        var test = Json.texts(Json.at(container, "Config", "Healthcheck", "Test"));
        return declared.getOrDefault("healthcheck.test", "").equals("NONE")
                && test.stream().findFirst().equals(Optional.of("NONE"));
    }

    /** What shares the machine's namespaces gets no label of SELinux. */
    private static boolean isUnconfined(String text, Map<String, String> declared) {
        return text.equals("label=disable")
                && (declared.containsKey("privileged")
                        || declared.getOrDefault("pid", "").equals("host")
                        || declared.getOrDefault("ipc", "").equals("host"));
    }

    /** What is published is told as a port. */
    private boolean isPublished(String path, Map<String, String> declared) {
        var port = path.substring("expose.".length());
        return declared.containsKey("ports." + port)
                || Json.at(container, "HostConfig", "PortBindings").has(port);
    }

    private boolean isGivenHostname(String text, Map<String, String> declared) {
        return Json.text(container, "Id").startsWith(text)
                || Set.of("host").contains(declared.getOrDefault("network_mode", ""))
                || declared.getOrDefault("network_mode", "").startsWith("container:")
                || declared.getOrDefault("uts", "").equals("host");
    }

    private boolean isTwice(String text, Map<String, String> declared) {
        var swap = Json.number(container, "HostConfig", "MemorySwap");
        return !text.isEmpty()
                && declared.containsKey("mem_limit")
                && swap == 2 * Json.number(container, "HostConfig", "Memory");
    }

    private boolean isUsualLogging(String path, String text, Map<String, String> declared) {
        return path.equals("logging.driver")
                ? text.equals(engine.loggingDriver())
                : declared.keySet().stream().noneMatch(other -> other.startsWith("logging."));
    }

    private static boolean isPodmans(String path, Map<String, String> declared) {
        return PODMANS.contains(path)
                || path.startsWith("ulimits.")
                || path.startsWith("labels.io.podman")
                || (path.equals("cap_drop") && declared.containsKey("privileged"));
    }

    /** Podman tells instead of ALL what its containers else have, less what is added. */
    private static boolean isEveryCapability(
            String path,
            Optional<String> wanted,
            Optional<String> is,
            Map<String, String> declared) {
        if (!path.equals("cap_drop") || !wanted.equals(Optional.of("ALL"))) {
            return false;
        }
        var dropped = new TreeSet<>(PODMANS_CAPABILITIES);
        dropped.removeAll(List.of(declared.getOrDefault("cap_add", "").split(", ")));
        return List.of(is.orElse("").split(", ")).containsAll(dropped);
    }

    /** Whether the engine tells in other words what was asked for. */
    private static boolean isForm(String path, String wanted, String is) {
        return (path.startsWith("ports.") && wanted.equals("any port"))
                || (wanted.startsWith("tmpfs") && hasOptions(is, wanted));
    }

    /** Engines add options of their own to file systems in memory. */
    private static boolean hasOptions(String is, String wanted) {
        return is.startsWith("tmpfs")
                && List.of(is.substring("tmpfs".length()).strip().split(","))
                        .containsAll(
                                Arrays.stream(wanted.substring("tmpfs".length()).strip().split(","))
                                        .filter(option -> !option.isEmpty())
                                        .toList());
    }

    private static boolean isUntoldByPodman(String path) {
        return path.startsWith("expose.") || path.startsWith("logging.options.");
    }

    // ---- how a difference is shown

    private static SettingDifference shown(
            Creation creation, String path, Optional<String> wanted, Optional<String> is) {
        if (path.startsWith("environment.") && !isShown(creation, path, wanted, is)) {
            return new SettingDifference(
                    path,
                    wanted.map(_ -> HIDDEN).orElse(""),
                    is.map(_ -> wanted.isPresent() ? OTHERWISE : HIDDEN).orElse(""));
        }
        return new SettingDifference(
                path, wanted.map(Mask::of).orElse(""), is.map(Mask::of).orElse(""));
    }

    /**
     * Only what is declared in clear: what somebody else set, or what was a secret once, may be one
     * whatever it is called.
     */
    private static boolean isShown(
            Creation creation, String path, Optional<String> wanted, Optional<String> is) {
        var name = path.substring("environment.".length());
        return creation.workload().environment().get(name) instanceof EnvironmentValue.Literal
                && wanted.filter(text -> Mask.hides(name, text)).isEmpty()
                && is.filter(text -> Mask.hides(name, text)).isEmpty();
    }
}
