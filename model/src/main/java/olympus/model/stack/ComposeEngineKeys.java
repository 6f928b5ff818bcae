package olympus.model.stack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.stack.container.Privileges;

/** The keys of a Compose service that say what its containers may do, reach and use. */
final class ComposeEngineKeys {

    static final Key<Boolean> PRIVILEGED =
            Key.of("privileged", ComposeShapes.truth(), "All privileges.", "privileged: true");
    static final Key<List<String>> CAP_ADD =
            Key.of("cap_add", words("a capability"), "Capabilities added.", "cap_add: [NET_ADMIN]");
    static final Key<List<String>> CAP_DROP =
            Key.of("cap_drop", words("a capability"), "Capabilities taken.", "cap_drop: [ALL]");
    static final Key<Boolean> READ_ONLY =
            Key.of(
                    "read_only",
                    ComposeShapes.truth(),
                    "The container's own files cannot be changed.",
                    "read_only: true");
    static final Key<List<String>> SECURITY_OPT =
            Key.of(
                    "security_opt",
                    words("an option"),
                    "Options of the engine's security.",
                    "security_opt: [\"no-new-privileges:true\"]");
    static final Key<List<String>> GROUP_ADD =
            Key.of("group_add", words("a group"), "Further groups.", "group_add: [video]");
    static final Key<List<String>> DEVICES =
            Key.of(
                    "devices",
                    devices(),
                    "Devices of the machine, in short or long syntax.",
                    "devices: [\"/dev/ttyUSB0:/dev/ttyUSB0\"]");
    static final Key<List<String>> DEVICE_CGROUP_RULES =
            Key.of(
                    "device_cgroup_rules",
                    words("a rule"),
                    "Kinds of devices that are allowed.",
                    "device_cgroup_rules: [\"c 188:* rmw\"]");
    static final Key<List<Privileges.Gpu>> GPUS =
            Key.of("gpus", ComposeDeployKeys.gpus(), "GPUs: `all`, or a list.", "gpus: all");
    static final Key<String> USERNS_MODE =
            Key.of("userns_mode", text(), "User namespace.", "userns_mode: host");
    static final Key<Located<String>> PID =
            Key.of("pid", located(), "PID namespace: `host` or `service:NAME`.", "pid: host");
    static final Key<Located<String>> IPC =
            Key.of(
                    "ipc",
                    located(),
                    "IPC namespace: `host`, `shareable`, `service:NAME`.",
                    "ipc: host");
    static final Key<String> UTS = Key.of("uts", text(), "UTS namespace.", "uts: host");
    static final Key<String> CGROUP =
            Key.of(
                    "cgroup",
                    Shapes.words("host", "private"),
                    "Cgroup namespace.",
                    "cgroup: private");
    static final Key<String> CGROUP_PARENT =
            Key.of("cgroup_parent", text(), "Parent cgroup.", "cgroup_parent: m-executor");
    static final Key<String> RUNTIME = Key.of("runtime", text(), "OCI runtime.", "runtime: nvidia");
    static final Key<Map<String, String>> SYSCTLS =
            Key.of(
                    "sysctls",
                    ComposeShapes.texts("name=value"),
                    "Kernel parameters.",
                    "sysctls: { net.core.somaxconn: 1024 }");
    static final Key<Map<String, Located<Privileges.Ulimit>>> ULIMITS =
            Key.of(
                    "ulimits",
                    ulimits(),
                    "Limits of processes: a number, or soft and hard.",
                    "ulimits: { nofile: { soft: 20000, hard: 40000 } }");

    static final Key<Long> MEM_LIMIT =
            Key.of(
                    "mem_limit",
                    ComposeShapes.size(),
                    "As `deploy.resources.limits.memory`.",
                    "mem_limit: 512m");
    static final Key<Long> MEM_RESERVATION =
            Key.of(
                    "mem_reservation",
                    ComposeShapes.size(),
                    "As `deploy.resources.reservations.memory`.",
                    "mem_reservation: 128m");
    static final Key<Long> MEMSWAP_LIMIT =
            Key.of(
                    "memswap_limit",
                    ComposeShapes.size(),
                    "Memory and swap together; -1 for no limit.",
                    "memswap_limit: 1g");
    static final Key<Integer> MEM_SWAPPINESS =
            Key.of(
                    "mem_swappiness",
                    ComposeShapes.whole(0, 100),
                    "How readily memory is swapped out.",
                    "mem_swappiness: 10");
    static final Key<Double> CPUS =
            Key.of(
                    "cpus",
                    ComposeDeployKeys.processors(),
                    "As `deploy.resources.limits.cpus`.",
                    "cpus: 0.5");
    static final Key<Integer> CPU_SHARES =
            Key.of(
                    "cpu_shares",
                    ComposeShapes.whole(0, 1 << 20),
                    "Relative weight.",
                    "cpu_shares: 512");
    static final Key<Long> CPU_QUOTA =
            Key.of("cpu_quota", micros(), "CFS quota in microseconds.", "cpu_quota: 50000");
    static final Key<Long> CPU_PERIOD =
            Key.of("cpu_period", micros(), "CFS period in microseconds.", "cpu_period: 100000");
    static final Key<String> CPUSET =
            Key.of("cpuset", text(), "Processors that may be used.", "cpuset: 0-1");
    static final Key<Integer> PIDS_LIMIT =
            Key.of(
                    "pids_limit",
                    ComposeShapes.whole(-1, 4_000_000),
                    "As `deploy.resources.limits.pids`.",
                    "pids_limit: 100");
    static final Key<Long> SHM_SIZE =
            Key.of("shm_size", ComposeShapes.size(), "Size of /dev/shm.", "shm_size: 128m");
    static final Key<Integer> OOM_SCORE_ADJ =
            Key.of(
                    "oom_score_adj",
                    ComposeShapes.whole(-1000, 1000),
                    "Who is killed first when memory is short.",
                    "oom_score_adj: -500");
    static final Key<Boolean> OOM_KILL_DISABLE =
            Key.of(
                    "oom_kill_disable",
                    ComposeShapes.truth(),
                    "Not killed when memory is short.",
                    "oom_kill_disable: true");
    static final Key<Map<String, String>> STORAGE_OPT =
            Key.of(
                    "storage_opt",
                    ComposeShapes.texts("name=value"),
                    "Options of the storage driver.",
                    "storage_opt: { size: 10G }");

    static final Key<Integer> BLKIO_WEIGHT =
            Key.of(
                    "weight",
                    ComposeShapes.whole(0, 1000),
                    "Relative weight of block I/O.",
                    "weight: 300");
    static final KeyTable BLKIO =
            KeyTable.of("a blkio_config", "services.*.blkio_config", "Block I/O.", BLKIO_WEIGHT)
                    .ignoring(rates());
    static final Key<Optional<Integer>> BLKIO_CONFIG =
            Key.of(
                    "blkio_config",
                    Shapes.object(
                            BLKIO,
                            (f, place, problems) ->
                                    Optional.of(f.get(BLKIO_WEIGHT).filter(w -> w > 0))),
                    "Block I/O; only its weight.",
                    "blkio_config: { weight: 300 }");

    static final Key<String> DEVICE_SOURCE =
            new Key<>("source", text(), "", "On the machine.", "source: /dev/ttyUSB0");
    static final Key<String> DEVICE_TARGET =
            Key.of("target", text(), "In the container; else the same.", "target: /dev/ttyS0");
    static final Key<String> DEVICE_PERMISSIONS =
            Key.of("permissions", text(), "Of `r`, `w` and `m`.", "permissions: rw");
    static final KeyTable DEVICE =
            KeyTable.of(
                    "a device",
                    "services.*.devices[]",
                    "A device of the machine.",
                    DEVICE_SOURCE,
                    DEVICE_TARGET,
                    DEVICE_PERMISSIONS);

    static final Key<Long> SOFT =
            new Key<>("soft", ulimit(), "", "What is enforced.", "soft: 20000");
    static final Key<Long> HARD =
            new Key<>("hard", ulimit(), "", "To what it may be raised.", "hard: 40000");
    static final KeyTable ULIMIT =
            KeyTable.of("an ulimit", "services.*.ulimits.*", "Soft and hard limit.", SOFT, HARD);

    private ComposeEngineKeys() {}

    /** Those of the service itself. */
    static List<Key<?>> keys() {
        return List.of(
                PRIVILEGED,
                CAP_ADD,
                CAP_DROP,
                READ_ONLY,
                SECURITY_OPT,
                GROUP_ADD,
                DEVICES,
                DEVICE_CGROUP_RULES,
                GPUS,
                USERNS_MODE,
                PID,
                IPC,
                UTS,
                CGROUP,
                CGROUP_PARENT,
                RUNTIME,
                SYSCTLS,
                ULIMITS,
                MEM_LIMIT,
                MEM_RESERVATION,
                MEMSWAP_LIMIT,
                MEM_SWAPPINESS,
                CPUS,
                CPU_SHARES,
                CPU_QUOTA,
                CPU_PERIOD,
                CPUSET,
                PIDS_LIMIT,
                SHM_SIZE,
                OOM_SCORE_ADJ,
                OOM_KILL_DISABLE,
                STORAGE_OPT,
                BLKIO_CONFIG);
    }

    private static Shape<String> text() {
        return ComposeShapes.text("a text");
    }

    private static Shape<Located<String>> located() {
        return ComposeShapes.place("a text");
    }

    private static Shape<Long> micros() {
        return ComposeShapes.number(0, 1_000_000_000_000L);
    }

    private static Shape<Long> ulimit() {
        return ComposeShapes.number(-1, Long.MAX_VALUE);
    }

    private static Shape<List<String>> words(String words) {
        return ComposeShapes.list(ComposeShapes.text(words));
    }

    private static Map<String, String> rates() {
        var ignored = new LinkedHashMap<String, String>();
        List.of(
                        "device_read_bps",
                        "device_read_iops",
                        "device_write_bps",
                        "device_write_iops",
                        "weight_device")
                .forEach(word -> ignored.put(word, "block I/O is not limited by device"));
        return ignored;
    }

    private static Shape<List<String>> devices() {
        var mapping =
                Shapes.of(
                        "a mapping with source, target, permissions",
                        Map.of(),
                        (YamlValue value, Place place, ProblemLog problems) ->
                                DEVICE.read(value, problems)
                                        .flatMap(f ->
                                                f.get(DEVICE_SOURCE)
                                                        .map(source ->
                                                                device(
                                                                        source,
                                                                        f.get(DEVICE_TARGET),
                                                                        f.get(
                                                                                DEVICE_PERMISSIONS)))));
        return ComposeShapes.list(
                ComposeShapes.textOr(
                        (text, place, problems) -> Optional.of(device(text)),
                        "/dev/x[:/dev/y[:rwm]]",
                        mapping));
    }

    private static String device(String text) {
        var parts = text.split(":", -1);
        if (!parts[0].startsWith("/")) {
            return text;
        }
        var rightsOnly = parts.length == 2 && parts[1].matches("[rwm]+");
        return device(
                parts[0],
                parts.length > 1 && !rightsOnly ? Optional.of(parts[1]) : Optional.empty(),
                parts.length > 2
                        ? Optional.of(parts[2])
                        : rightsOnly ? Optional.of(parts[1]) : Optional.empty());
    }

    private static String device(
            String source, Optional<String> target, Optional<String> permissions) {
        return "%s:%s:%s".formatted(source, target.orElse(source), permissions.orElse("rwm"));
    }

    private static Shape<Map<String, Located<Privileges.Ulimit>>> ulimits() {
        Shape<Privileges.Ulimit> one =
                Shapes.refine(
                        ulimit(), (n, place, problems) -> Optional.of(new Privileges.Ulimit(n, n)));
        Shape<Privileges.Ulimit> both =
                Shapes.of(
                        "a mapping with soft, hard",
                        Map.of(),
                        (value, place, problems) ->
                                ULIMIT.read(value, problems)
                                        .filter(f ->
                                                f.get(SOFT).isPresent() && f.get(HARD).isPresent())
                                        .map(f ->
                                                new Privileges.Ulimit(
                                                        f.get(SOFT).orElse(0L),
                                                        f.get(HARD).orElse(0L))));
        return Shapes.named(
                "limits",
                "the name of a limit, such as nofile",
                Pattern.compile("[a-z]{1,20}"),
                Shapes.either(Optional.of(one), Optional.empty(), Optional.of(both)));
    }
}
