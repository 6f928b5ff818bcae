package olympus.model.stack.container;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a container may do and reach of its machine; each part is what Compose calls by that name.
 *
 * @param devices {@code /dev/x:/dev/y:rwm}
 * @param pid {@code host} or {@code service:<name>}
 */
public record Privileges(
        boolean privileged,
        List<String> capAdd,
        List<String> capDrop,
        boolean readOnly,
        List<String> securityOptions,
        List<String> groups,
        List<String> devices,
        List<String> deviceCgroupRules,
        List<Gpu> gpus,
        Optional<String> userNamespace,
        Optional<String> pid,
        Optional<String> ipc,
        Optional<String> uts,
        Optional<String> cgroup,
        Optional<String> cgroupParent,
        Optional<String> runtime,
        Map<String, String> sysctls,
        Map<String, Ulimit> ulimits) {

    public Privileges {
        capAdd = List.copyOf(capAdd);
        capDrop = List.copyOf(capDrop);
        securityOptions = List.copyOf(securityOptions);
        groups = List.copyOf(groups);
        devices = List.copyOf(devices);
        deviceCgroupRules = List.copyOf(deviceCgroupRules);
        gpus = List.copyOf(gpus);
        sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
        ulimits = Collections.unmodifiableMap(new TreeMap<>(ulimits));
    }

    /** Nothing beyond the engine's defaults. */
    public static final Privileges NONE =
            new Privileges(
                    false,
                    List.of(),
                    List.of(),
                    false,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    Map.of());

    /** Soft and hard limit. */
    public record Ulimit(long soft, long hard) {}

    /**
     * A request for devices of a driver.
     *
     * @param count -1 for all; 0 when {@code ids} names them
     */
    public record Gpu(
            Optional<String> driver,
            int count,
            List<String> ids,
            List<String> capabilities,
            Map<String, String> options) {
        public Gpu {
            ids = List.copyOf(ids);
            capabilities = List.copyOf(capabilities);
            options = Collections.unmodifiableMap(new TreeMap<>(options));
        }
    }
}
