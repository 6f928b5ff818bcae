package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.stack.DeployPolicy.Approval;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.DeploySetting;
import olympus.model.stack.Settings.ResourcesSetting;

/** The keys of {@code deploy}. What each may be, its default and its meaning. */
final class DeployKeys {

    private static final int MAX_DEVICES = 1_000;
    private static final Pattern COUNTED = Pattern.compile("\\d{1,4}");

    static final Key<Double> CPUS =
            new Key<>(
                    "cpus",
                    Shapes.positive("a number of processors such as 0.5"),
                    "unlimited",
                    "Processors that an instance may use.",
                    "cpus: 0.5");

    static final Key<Long> MEMORY =
            new Key<>(
                    "memory",
                    Shapes.size(),
                    "unlimited",
                    "Memory that an instance may use, in units of 1024.",
                    "memory: 512M");

    static final Key<Integer> PIDS =
            new Key<>(
                    "pids",
                    Shapes.whole(1, 4_000_000),
                    "unlimited",
                    "Processes and threads that an instance may have.",
                    "pids: 100");

    static final KeyTable LIMITS =
            KeyTable.of(
                    "resource limits",
                    "deploy.resources.limits",
                    "Limits for each instance.",
                    CPUS,
                    MEMORY,
                    PIDS);

    static final Key<DeployPolicy.Resources> LIMITS_KEY =
            new Key<>(
                    "limits",
                    Shapes.object(
                            LIMITS,
                            (f, place, problems) ->
                                    Optional.of(
                                            new DeployPolicy.Resources(
                                                    f.get(CPUS), f.get(MEMORY), f.get(PIDS)))),
                    "unlimited",
                    "Limits for each instance.",
                    "limits: { memory: 512M }");

    static final Key<Double> RESERVED_CPUS =
            new Key<>(
                    "cpus",
                    Shapes.positive("a number of processors such as 0.5"),
                    "none",
                    "Processors of the node that an instance needs.",
                    "cpus: 0.5");

    static final Key<Long> RESERVED_MEMORY =
            new Key<>(
                    "memory",
                    Shapes.size(),
                    "none",
                    "Memory of the node that an instance needs, in units of 1024.",
                    "memory: 512M");

    static final Key<List<String>> CAPABILITIES =
            new Key<>(
                    "capabilities",
                    Shapes.list(Shapes.words("gpu"), 1),
                    "",
                    "What the devices must be able to do.",
                    "capabilities: [gpu]");

    static final Key<Integer> COUNT =
            new Key<>(
                    "count",
                    Shapes.scalar(
                            "a whole number from 1 to 1,000, or all",
                            Map.of("type", List.of("integer", "string")),
                            s -> DeployKeys.count(s.text())),
                    "1",
                    "How many, or `all` that the node has.",
                    "count: 1");

    static final KeyTable DEVICE =
            KeyTable.of(
                    "a device reservation",
                    "deploy.resources.reservations.devices[]",
                    "Devices of the node that an instance uses alone. Those of a container stand in its Compose file.",
                    CAPABILITIES,
                    COUNT);

    static final Key<List<DeployPolicy.Devices>> DEVICES =
            new Key<>(
                    "devices",
                    Shapes.list(
                            Shapes.object(
                                    DEVICE,
                                    (f, place, problems) ->
                                            Optional.of(
                                                    new DeployPolicy.Devices(
                                                            f.get(CAPABILITIES)
                                                                    .orElse(List.of("gpu")),
                                                            f.get(COUNT).orElse(1)))),
                            0),
                    "none",
                    "Devices of the node that an instance uses alone. Those of a container stand in its Compose file.",
                    "devices: [ { capabilities: [gpu], count: 1 } ]");

    static final KeyTable RESERVATIONS =
            KeyTable.of(
                            "resource reservations",
                            "deploy.resources.reservations",
                            "What each instance needs of its node.",
                            RESERVED_CPUS,
                            RESERVED_MEMORY,
                            DEVICES)
                    .ignoring(
                            Map.of(
                                    "generic_resources",
                                    "nodes do not tell resources of other kinds; use labels and constraints"));

    static final Key<DeployPolicy.Reservations> RESERVATIONS_KEY =
            new Key<>(
                    "reservations",
                    Shapes.object(
                            RESERVATIONS,
                            (f, place, problems) ->
                                    Optional.of(
                                            new DeployPolicy.Reservations(
                                                    f.get(RESERVED_CPUS),
                                                    f.get(RESERVED_MEMORY),
                                                    f.get(DEVICES).orElse(List.of())))),
                    "nothing",
                    "What each instance needs of its node. It is placed only where so much is not reserved yet, whatever is really used.",
                    "reservations: { cpus: 0.5, memory: 512M }");

    static final KeyTable RESOURCES =
            KeyTable.of(
                    "resources",
                    "deploy.resources",
                    "What instances may use, and what they need.",
                    LIMITS_KEY,
                    RESERVATIONS_KEY);

    static final Key<Integer> PARALLELISM =
            new Key<>(
                    "parallelism",
                    Shapes.whole(0, StackLimits.MAX_REPLICAS),
                    "1",
                    "Instances replaced at a time; 0 for all at once.",
                    "parallelism: 1");

    static final Key<Duration> DELAY =
            new Key<>(
                    "delay",
                    Shapes.duration(),
                    "0s",
                    "Between one batch and the next.",
                    "delay: 10s");

    static final Key<Duration> MONITOR =
            new Key<>(
                    "monitor",
                    Shapes.duration(),
                    "5s",
                    "How long a replaced instance must stay well before it counts as good.",
                    "monitor: 30s");

    static final Key<DeployPolicy.FailureAction> FAILURE_ACTION =
            new Key<>(
                    "failure_action",
                    Shapes.word(DeployPolicy.FailureAction.class),
                    "pause",
                    "What a failed update does: `pause` (keep the state and ask), `continue`, or `rollback` to the revision before.",
                    "failure_action: rollback");

    static final Key<DeployPolicy.Order> ORDER =
            new Key<>(
                    "order",
                    Shapes.word(DeployPolicy.Order.class),
                    "stop-first",
                    "Whether the old instance stops before the new one starts, or after the new one is well.",
                    "order: start-first");

    static final Key<DeployPolicy.Strategy> UPDATE_STRATEGY =
            new Key<>(
                    "strategy",
                    Shapes.word(DeployPolicy.Strategy.class),
                    "rolling",
                    "`rolling`: batch by batch; `canary`: a few instances first, which must be well for `monitor` without a restart, and be approved; `blue-green`: the same with all of them beside the old ones, and requests go to the new ones at once. Neither with `singleton`.",
                    "strategy: canary");

    static final Key<Integer> CANARIES =
            new Key<>(
                    "canaries",
                    Shapes.whole(1, StackLimits.MAX_REPLICAS),
                    "1",
                    "With `canary`: instances of the new version that are tried; beside the old ones with `order: start-first`, else instead of some of them.",
                    "canaries: 1");

    static final Key<DeployPolicy.Approval> APPROVAL =
            new Key<>(
                    "approval",
                    Shapes.word(DeployPolicy.Approval.class),
                    "manual",
                    "With `canary` and `blue-green`: `manual`: a person approves what has proved itself (`olympus rollout approve`); `automatic`: it goes on by itself.",
                    "approval: automatic");

    static final Key<Duration> APPROVAL_DEADLINE =
            new Key<>(
                    "approval_deadline",
                    Shapes.duration(),
                    "24h",
                    "What nobody has approved by then goes back.",
                    "approval_deadline: 8h");

    static final Key<Duration> KEEP =
            new Key<>(
                    "keep",
                    Shapes.duration(),
                    "10m",
                    "With `blue-green`: how long the old instances are kept once the new ones have taken over, to return to them at once.",
                    "keep: 1h");

    static final KeyTable UPDATE =
            KeyTable.of(
                            "an update_config",
                            "deploy.update_config",
                            "How instances are replaced when the declaration changes.",
                            PARALLELISM,
                            DELAY,
                            MONITOR,
                            FAILURE_ACTION,
                            ORDER,
                            UPDATE_STRATEGY,
                            CANARIES,
                            APPROVAL,
                            APPROVAL_DEADLINE,
                            KEEP)
                    .ignoring(Map.of("max_failure_ratio", "one failed instance fails the update"));

    static final Key<DeployPolicy.Mode> DEPLOY_MODE =
            new Key<>(
                    "mode",
                    Shapes.word(DeployPolicy.Mode.class),
                    "replicated",
                    "`replicated`: as many instances as `replicas` says; `global`: one on every node.",
                    "mode: global");

    static final Key<Integer> REPLICAS =
            new Key<>(
                    "replicas",
                    Shapes.whole(0, StackLimits.MAX_REPLICAS),
                    "1",
                    "How many instances.",
                    "replicas: 2");

    static final Key<ResourcesSetting> RESOURCES_KEY =
            new Key<>(
                    "resources",
                    Shapes.object(
                            RESOURCES,
                            (f, place, problems) -> Optional.of(DeployKeys.resources(f))),
                    "unlimited",
                    "What each instance may use, and what it needs.",
                    "resources: { limits: { cpus: 0.5, memory: 512M, pids: 100 } }");

    static final Key<DeployPolicy.UpdatePolicy> UPDATE_KEY =
            new Key<>(
                    "update_config",
                    Shapes.object(UPDATE, DeployKeys::update),
                    "one at a time, watched for 5s, pause on failure",
                    "How instances are replaced when the declaration changes.",
                    "update_config: { parallelism: 1, monitor: 10s, failure_action: rollback }");

    static final Key<List<PlacementPolicy.Constraint>> CONSTRAINTS =
            new Key<>(
                    "constraints",
                    Shapes.list(
                            Shapes.scalar(
                                    PlacementPolicy.Constraint.WORDS,
                                    Map.of("type", "string"),
                                    s -> PlacementPolicy.Constraint.parse(s.text())),
                            0),
                    "none",
                    "What a node must meet, all of it: its labels, name, id, platform, processors and memory. Looked at when an instance is placed; what runs stays.",
                    "constraints: [ \"node.labels.role == web\" ]");

    static final Key<String> SPREAD =
            new Key<>(
                    "spread",
                    Shapes.text(
                            "node.labels.KEY",
                            Pattern.compile("node\\.labels\\.[A-Za-z0-9][A-Za-z0-9._/-]{0,62}")),
                    "",
                    "The label over whose values instances are spread.",
                    "spread: node.labels.rack");

    static final KeyTable PREFERENCE =
            KeyTable.of(
                    "a preference",
                    "deploy.placement.preferences[]",
                    "Where instances had better be.",
                    SPREAD);

    static final Key<List<String>> PREFERENCES =
            new Key<>(
                    "preferences",
                    Shapes.list(
                            Shapes.object(
                                    PREFERENCE,
                                    (f, place, problems) ->
                                            f.get(SPREAD)
                                                    .map(text ->
                                                            text.substring(
                                                                    "node.labels.".length()))),
                            0),
                    "fewest instances first",
                    "Labels over whose values instances are spread, the first before the second.",
                    "preferences: [ { spread: node.labels.rack } ]");

    static final Key<Integer> MAX_PER_NODE =
            new Key<>(
                    "max_replicas_per_node",
                    Shapes.whole(1, StackLimits.MAX_REPLICAS),
                    "unlimited",
                    "Instances on one node at most.",
                    "max_replicas_per_node: 1");

    static final Key<PlacementPolicy.Strategy> STRATEGY =
            new Key<>(
                    "strategy",
                    Shapes.word(PlacementPolicy.Strategy.class),
                    "spread",
                    "Which of several nodes is taken: `spread`: that with the fewest instances; `binpack`: that of which the most is reserved, so that others stay free.",
                    "strategy: binpack");

    static final Key<List<String>> APART_FROM =
            new Key<>(
                    "apart_from",
                    Shapes.list(Shapes.text("the name of a service of this stack"), 0),
                    "none",
                    "Services with none of which it is to be on one node; it holds both ways.",
                    "apart_from: [ replica ]");

    static final KeyTable PLACEMENT =
            KeyTable.of(
                    "placement",
                    "deploy.placement",
                    "Where instances may be, and where they had better be.",
                    CONSTRAINTS,
                    PREFERENCES,
                    MAX_PER_NODE,
                    STRATEGY,
                    APART_FROM);

    static final Key<PlacementPolicy> PLACEMENT_KEY =
            new Key<>(
                    "placement",
                    Shapes.object(
                            PLACEMENT,
                            (f, place, problems) ->
                                    Optional.of(
                                            new PlacementPolicy(
                                                    f.get(CONSTRAINTS).orElse(List.of()),
                                                    f.get(PREFERENCES).orElse(List.of()),
                                                    f.get(MAX_PER_NODE),
                                                    f.get(STRATEGY),
                                                    f.get(APART_FROM).orElse(List.of())))),
                    "anywhere",
                    "Where instances may be, and where they had better be.",
                    "placement: { constraints: [ \"node.labels.role == web\" ] }");

    static final Key<Integer> PRIORITY =
            new Key<>(
                    "priority",
                    Shapes.whole(0, DeployPolicy.HIGHEST_PRIORITY),
                    "50",
                    "Who is placed first when nodes have not room for all: the higher one. What runs already is not ended for it.",
                    "priority: 90");

    static final KeyTable DEPLOY =
            KeyTable.of(
                            "deploy",
                            "deploy",
                            "How many instances, with which limits, and how they are replaced.",
                            DEPLOY_MODE,
                            REPLICAS,
                            RESOURCES_KEY,
                            UPDATE_KEY,
                            PLACEMENT_KEY,
                            PRIORITY)
                    .ignoring(
                            Map.of(
                                    "labels",
                                    "they are Compose's labels of a Swarm service; use labels",
                                    "endpoint_mode",
                                    "a host process has no virtual address",
                                    "rollback_config",
                                    "a rollback goes like an update",
                                    "restart_policy",
                                    "use restart and recovery"));

    private DeployKeys() {}

    private static Optional<DeployPolicy.UpdatePolicy> update(
            Fields fields, Place place, ProblemLog problems) {
        var standard = DeployPolicy.UpdatePolicy.DEFAULT;
        return Optional.of(
                new DeployPolicy.UpdatePolicy(
                        fields.get(PARALLELISM).orElse(standard.parallelism()),
                        fields.get(DELAY).orElse(standard.delay()),
                        fields.get(MONITOR).orElse(standard.monitor()),
                        fields.get(FAILURE_ACTION).orElse(standard.failureAction()),
                        fields.get(ORDER).orElse(standard.order()),
                        trial(fields, problems)));
    }

    private static Optional<DeployPolicy.Trial> trial(Fields fields, ProblemLog problems) {
        var strategy = fields.get(UPDATE_STRATEGY);
        if (fields.has(UPDATE_STRATEGY) && strategy.isEmpty()) {
            return Optional.empty();
        }
        return switch (strategy.orElse(DeployPolicy.Strategy.ROLLING)) {
            case ROLLING -> {
                var tried = "strategy: canary or blue-green";
                senseless(CANARIES, fields, "strategy: canary", problems);
                senseless(APPROVAL, fields, tried, problems);
                senseless(APPROVAL_DEADLINE, fields, tried, problems);
                senseless(KEEP, fields, "strategy: blue-green", problems);
                yield Optional.empty();
            }
            case CANARY -> {
                senseless(KEEP, fields, "strategy: blue-green", problems);
                yield Optional.of(
                        new DeployPolicy.Trial.Canary(
                                fields.get(CANARIES).orElse(1), approvalWithin(fields, problems)));
            }
            case BLUE_GREEN -> {
                senseless(CANARIES, fields, "strategy: canary", problems);
                yield Optional.of(
                        new DeployPolicy.Trial.BlueGreen(
                                fields.get(KEEP).orElse(RolloutRules.KEEP),
                                approvalWithin(fields, problems)));
            }
        };
    }

    private static Optional<Duration> approvalWithin(Fields fields, ProblemLog problems) {
        return switch (fields.get(APPROVAL).orElse(Approval.MANUAL)) {
            case MANUAL ->
                    Optional.of(
                            fields.get(APPROVAL_DEADLINE).orElse(RolloutRules.APPROVAL_DEADLINE));
            case AUTOMATIC -> {
                senseless(APPROVAL_DEADLINE, fields, "approval: manual", problems);
                yield Optional.empty();
            }
        };
    }

    private static void senseless(Key<?> key, Fields fields, String with, ProblemLog problems) {
        if (fields.has(key)) {
            problems.error(
                    fields.placeOf(key),
                    "%s says something only with %s".formatted(key.name(), with),
                    with + ", or no " + key.name());
        }
    }

    static Optional<DeploySetting> deploy(Fields fields, Place place, ProblemLog problems) {
        return Optional.of(
                new DeploySetting(
                        fields.get(DEPLOY_MODE),
                        fields.get(REPLICAS),
                        fields.get(RESOURCES_KEY).orElse(ResourcesSetting.NONE),
                        fields.get(UPDATE_KEY),
                        fields.get(PLACEMENT_KEY),
                        fields.get(PRIORITY)));
    }

    /** Empty resources are unlimited ones, also where a Compose file says otherwise. */
    private static ResourcesSetting resources(Fields fields) {
        var reservations = fields.get(RESERVATIONS_KEY);
        var limits =
                fields.get(LIMITS_KEY)
                        .or(() ->
                                reservations.isPresent()
                                        ? Optional.empty()
                                        : Optional.of(DeployPolicy.Resources.UNLIMITED));
        return new ResourcesSetting(limits, reservations);
    }

    private static Optional<Integer> count(String text) {
        if (text.equals("all")) {
            return Optional.of(DeployPolicy.Devices.ALL);
        }
        return COUNTED.matcher(text).matches()
                ? Optional.of(Integer.parseInt(text)).filter(n -> n >= 1 && n <= MAX_DEVICES)
                : Optional.empty();
    }
}
