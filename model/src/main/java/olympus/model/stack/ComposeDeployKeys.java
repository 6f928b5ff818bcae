package olympus.model.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.Restarts;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.container.Privileges;

/** The keys of Compose's {@code deploy}, and of its requests for devices. */
final class ComposeDeployKeys {

    private static final int MAX_PIDS = 4_000_000;

    static final Key<Double> CPUS =
            Key.of("cpus", processors(), "Processors that an instance may use.", "cpus: \"0.5\"");
    static final Key<Long> MEMORY =
            Key.of(
                    "memory",
                    ComposeShapes.size(),
                    "Memory that an instance may use.",
                    "memory: 512M");
    static final Key<Integer> PIDS =
            Key.of(
                    "pids",
                    ComposeShapes.whole(-1, MAX_PIDS),
                    "Processes and threads that an instance may have.",
                    "pids: 100");
    static final KeyTable LIMITS =
            KeyTable.of(
                    "resource limits",
                    "services.*.deploy.resources.limits",
                    "Limits for each instance.",
                    CPUS,
                    MEMORY,
                    PIDS);

    static final Key<List<String>> CAPABILITIES =
            new Key<>(
                    "capabilities",
                    ComposeShapes.list(ComposeShapes.text("a word")),
                    "",
                    "What the device must be able to do.",
                    "capabilities: [gpu]");
    static final Key<List<String>> GPU_CAPABILITIES =
            Key.of(
                    "capabilities",
                    ComposeShapes.list(ComposeShapes.text("a word")),
                    "What the device must be able to do, besides `gpu`.",
                    "capabilities: [utility]");
    static final Key<Integer> COUNT =
            Key.of(
                    "count",
                    Shapes.of(
                            "a whole number, or all",
                            Map.of(),
                            (value, place, problems) ->
                                    value instanceof YamlValue.Scalar s && s.text().equals("all")
                                            ? Optional.of(-1)
                                            : ComposeShapes.whole(-1, 1_000).read(value, problems)),
                    "How many, or `all`.",
                    "count: 1");
    static final Key<List<String>> DEVICE_IDS =
            Key.of(
                    "device_ids",
                    ComposeShapes.list(ComposeShapes.text("an id")),
                    "Which ones.",
                    "device_ids: [\"0\"]");
    static final Key<String> DEVICE_DRIVER =
            Key.of("driver", ComposeShapes.text("a driver"), "Their driver.", "driver: nvidia");
    static final Key<Map<String, String>> DEVICE_OPTIONS =
            Key.of(
                    "options",
                    ComposeShapes.texts("name=value"),
                    "Options of the driver.",
                    "options: { a: b }");
    static final KeyTable DEVICE =
            KeyTable.of(
                    "a device reservation",
                    "services.*.deploy.resources.reservations.devices[]",
                    "A request for devices, such as GPUs.",
                    CAPABILITIES,
                    COUNT,
                    DEVICE_IDS,
                    DEVICE_DRIVER,
                    DEVICE_OPTIONS);
    static final KeyTable GPU =
            KeyTable.of(
                    "a gpu",
                    "services.*.gpus[]",
                    "A request for GPUs.",
                    GPU_CAPABILITIES,
                    COUNT,
                    DEVICE_IDS,
                    DEVICE_DRIVER,
                    DEVICE_OPTIONS);

    static final Key<Double> RESERVED_CPUS =
            Key.of(
                    "cpus",
                    processors(),
                    "Processors of its node that an instance needs: it is placed only where so many are not reserved yet.",
                    "cpus: \"0.25\"");
    static final Key<Long> RESERVED_MEMORY =
            Key.of(
                    "memory",
                    ComposeShapes.size(),
                    "Memory of its node that an instance needs: it is placed only where so much is not reserved yet, and the engine tries to leave it when memory is short.",
                    "memory: 128M");
    static final Key<List<Privileges.Gpu>> DEVICES =
            Key.of(
                    "devices",
                    ComposeShapes.list(
                            Shapes.object(
                                    DEVICE,
                                    (f, place, problems) ->
                                            gpu(
                                                    f,
                                                    f.get(CAPABILITIES).orElse(List.of()),
                                                    place,
                                                    problems))),
                    "Devices, such as GPUs: an instance is placed only where so many are not reserved yet.",
                    "devices: [ { driver: nvidia, count: 1, capabilities: [gpu] } ]");
    static final KeyTable RESERVATIONS =
            KeyTable.of(
                            "resource reservations",
                            "services.*.deploy.resources.reservations",
                            "What an instance needs.",
                            RESERVED_CPUS,
                            RESERVED_MEMORY,
                            DEVICES)
                    .ignoring(Map.of("generic_resources", "only Swarm looks at it"));

    static final Key<Fields> LIMITS_KEY =
            Key.of(
                    "limits",
                    Shapes.fields(LIMITS),
                    "Limits for each instance.",
                    "limits: { memory: 512M }");
    static final Key<Fields> RESERVATIONS_KEY =
            Key.of(
                    "reservations",
                    Shapes.fields(RESERVATIONS),
                    "What each instance needs.",
                    "reservations: { memory: 128M }");
    static final KeyTable RESOURCES =
            KeyTable.of(
                    "resources",
                    "services.*.deploy.resources",
                    "What instances may use and need.",
                    LIMITS_KEY,
                    RESERVATIONS_KEY);

    static final Key<Integer> PARALLELISM =
            Key.of(
                    "parallelism",
                    ComposeShapes.whole(0, StackLimits.MAX_REPLICAS),
                    "Instances replaced at a time; 0 for all at once.",
                    "parallelism: 1");
    static final Key<Duration> DELAY =
            Key.of(
                    "delay",
                    ComposeShapes.duration(),
                    "Between one batch and the next.",
                    "delay: 10s");
    static final Key<Duration> MONITOR =
            Key.of(
                    "monitor",
                    ComposeShapes.duration(),
                    "How long a replaced instance must stay well.",
                    "monitor: 30s");
    static final Key<DeployPolicy.FailureAction> FAILURE_ACTION =
            Key.of(
                    "failure_action",
                    Shapes.word(DeployPolicy.FailureAction.class),
                    "What a failed update does.",
                    "failure_action: rollback");
    static final Key<DeployPolicy.Order> ORDER =
            Key.of(
                    "order",
                    Shapes.word(DeployPolicy.Order.class),
                    "Whether the old instance stops before the new one starts.",
                    "order: start-first");
    static final KeyTable UPDATE =
            KeyTable.of(
                            "an update_config",
                            "services.*.deploy.update_config",
                            "How instances are replaced.",
                            PARALLELISM,
                            DELAY,
                            MONITOR,
                            FAILURE_ACTION,
                            ORDER)
                    .ignoring(Map.of("max_failure_ratio", "one failed instance fails the update"));

    static final Key<RecoveryPolicy.Restart> CONDITION =
            Key.of(
                    "condition",
                    conditions(),
                    "`none`, `on-failure` or `any`; wins over `restart`.",
                    "condition: on-failure");
    static final Key<Duration> RESTART_DELAY =
            Key.of(
                    "delay",
                    ComposeShapes.duration(),
                    "Before the first restart; it doubles with each further one (`recovery.backoff`).",
                    "delay: 5s");
    static final Key<Integer> MAX_ATTEMPTS =
            Key.of(
                    "max_attempts",
                    ComposeShapes.whole(0, RecoveryKeys.MAX_ATTEMPTS),
                    "Restarts before giving up (`recovery.attempts`).",
                    "max_attempts: 3");
    static final Key<Duration> WINDOW =
            Key.of(
                    "window",
                    ComposeShapes.duration(),
                    "In which they are counted (`recovery.within`).",
                    "window: 2m");
    static final KeyTable RESTART =
            KeyTable.of(
                    "a restart_policy",
                    "services.*.deploy.restart_policy",
                    "Whether instances are started again.",
                    CONDITION,
                    RESTART_DELAY,
                    MAX_ATTEMPTS,
                    WINDOW);

    static final Key<DeployPolicy.Mode> MODE =
            Key.of(
                    "mode",
                    Shapes.word(DeployPolicy.Mode.class),
                    "`replicated`, or `global`: one on every node.",
                    "mode: global");
    static final Key<Integer> REPLICAS =
            Key.of(
                    "replicas",
                    ComposeShapes.whole(0, StackLimits.MAX_REPLICAS),
                    "How many instances.",
                    "replicas: 2");
    static final Key<Fields> RESOURCES_KEY =
            Key.of(
                    "resources",
                    Shapes.fields(RESOURCES),
                    "What each instance may use.",
                    "resources: { limits: { cpus: \"0.5\", memory: 512M } }");
    static final Key<DeployPolicy.UpdatePolicy> UPDATE_KEY =
            Key.of(
                    "update_config",
                    Shapes.object(UPDATE, ComposeDeployKeys::update),
                    "How instances are replaced.",
                    "update_config: { order: start-first }");
    static final Key<Restarts> RESTART_POLICY =
            Key.of(
                    "restart_policy",
                    Shapes.object(
                            RESTART,
                            (f, place, problems) ->
                                    Optional.of(
                                            new Restarts(
                                                    f.get(CONDITION),
                                                    f.get(RESTART_DELAY),
                                                    f.get(MAX_ATTEMPTS),
                                                    f.get(WINDOW)))),
                    "Whether instances are started again.",
                    "restart_policy: { condition: on-failure, max_attempts: 3 }");
    static final KeyTable DEPLOY =
            KeyTable.of(
                            "deploy",
                            "services.*.deploy",
                            "How many instances, with which limits, and how they are replaced.",
                            MODE,
                            REPLICAS,
                            RESOURCES_KEY,
                            UPDATE_KEY,
                            RESTART_POLICY)
                    .ignoring(
                            Map.of(
                                    "labels",
                                    "they are labels of a Swarm service; use labels",
                                    "endpoint_mode",
                                    "services have no virtual address",
                                    "placement",
                                    "without Swarm, Compose does not follow it either",
                                    "rollback_config",
                                    "a rollback goes like an update"));

    private ComposeDeployKeys() {}

    private static Shape<RecoveryPolicy.Restart> conditions() {
        var words = new LinkedHashMap<String, RecoveryPolicy.Restart>();
        words.put("none", RecoveryPolicy.Restart.NO);
        words.put("on-failure", RecoveryPolicy.Restart.ON_FAILURE);
        words.put("any", RecoveryPolicy.Restart.ALWAYS);
        return Shapes.word(words);
    }

    /** Zero means no limit. */
    static Shape<Double> processors() {
        return Shapes.scalar(
                "a number of processors such as 0.5",
                Map.of(),
                s ->
                        switch (YamlValue.ScalarKind.ofPlain(s.text())) {
                            case WHOLE, DECIMAL ->
                                    Optional.of(Double.parseDouble(s.text()))
                                            .filter(n -> n >= 0 && n < 1e6);
                            case TEXT, TRUTH, NOTHING -> Optional.empty();
                        });
    }

    private static Optional<DeployPolicy.UpdatePolicy> update(
            Fields f, Place place, ProblemLog problems) {
        var standard = DeployPolicy.UpdatePolicy.DEFAULT;
        return Optional.of(
                new DeployPolicy.UpdatePolicy(
                        f.get(PARALLELISM).orElse(standard.parallelism()),
                        f.get(DELAY).orElse(standard.delay()),
                        f.get(MONITOR).filter(Duration::isPositive).orElse(standard.monitor()),
                        f.get(FAILURE_ACTION).orElse(standard.failureAction()),
                        f.get(ORDER).orElse(standard.order())));
    }

    private static Optional<Privileges.Gpu> gpu(
            Fields f, List<String> capabilities, Place place, ProblemLog problems) {
        var ids = f.get(DEVICE_IDS).orElse(List.of());
        if (!ids.isEmpty() && f.has(COUNT)) {
            problems.error(place, "count and device_ids exclude each other", "one of the two");
        }
        return Optional.of(
                new Privileges.Gpu(
                        f.get(DEVICE_DRIVER),
                        ids.isEmpty() ? f.get(COUNT).orElse(-1) : 0,
                        ids,
                        capabilities,
                        f.get(DEVICE_OPTIONS).orElse(Map.of())));
    }

    /** {@code all}, or a list. */
    static Shape<List<Privileges.Gpu>> gpus() {
        var every = new Privileges.Gpu(Optional.empty(), -1, List.of(), List.of("gpu"), Map.of());
        Shape<List<Privileges.Gpu>> all =
                Shapes.word("all, or a list", Map.of("all", List.of(every)));
        var list =
                Shapes.list(
                        Shapes.object(
                                GPU,
                                (f, place, problems) -> {
                                    var capabilities =
                                            new ArrayList<>(
                                                    f.get(GPU_CAPABILITIES).orElse(List.of()));
                                    if (!capabilities.contains("gpu")) {
                                        capabilities.addFirst("gpu");
                                    }
                                    return gpu(f, capabilities, place, problems);
                                }),
                        0);
        return Shapes.either(Optional.of(all), Optional.of(list), Optional.empty());
    }
}
