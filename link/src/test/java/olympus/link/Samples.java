package olympus.link;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;

/** Records with random content. */
final class Samples {

    static final NodeFacts FACTS =
            new NodeFacts(
                    new NodeFacts.Platform("linux", "arm64", "Debian 13", "6.12"),
                    new NodeFacts.Processors(4, "Cortex-A76", Optional.of(41)),
                    8L << 30,
                    List.of(new NodeFacts.Disk("/", "ext4", 100L << 30, 42L << 30)),
                    List.of(new NodeFacts.Network("eth0", List.of("192.0.2.2"))),
                    List.of(new NodeFacts.Device("gpu", "v3d", "", "/dev/dri/renderD128")));

    private static final String[] TEXTS = {
        "", "plain", "with \"quotes\" and \\", "zwei\nZeilen\t", "日本語 🏛", "a".repeat(3_000)
    };

    private final RandomGenerator random;

    Samples(RandomGenerator random) {
        this.random = random;
    }

    Assignment assignment(NodeId node, int instances) {
        return new Assignment(
                node,
                stamp(),
                List.of(new StackName("shop")),
                IntStream.rangeClosed(1, instances).mapToObj(this::spec).toList());
    }

    static Assignment empty(NodeId node, long generation) {
        return new Assignment(node, new Assignment.Stamp(1, 1, generation), List.of(), List.of());
    }

    Assignment.Stamp stamp() {
        return new Assignment.Stamp(
                random.nextLong(1_000), random.nextLong(1L << 40), random.nextLong(1L << 40));
    }

    SecretRef secret() {
        var name = random.nextBoolean() ? "PASSWORD" : "web/A@B/C_" + random.nextInt(100);
        return new SecretRef(new StackName("shop"), name, "%016x".formatted(random.nextLong()));
    }

    Map<SecretRef, String> secrets(int count) {
        var secrets = new java.util.HashMap<SecretRef, String>();
        for (var n = 0; n < count; n++) {
            secrets.put(secret(), text());
        }
        return Map.copyOf(secrets);
    }

    NodeReport report(NodeId node, int instances) {
        return new NodeReport(
                node,
                "mars",
                random.nextLong(1L << 50),
                text(),
                stamp(),
                maybeText(),
                maybeText(),
                IntStream.rangeClosed(1, instances).mapToObj(this::observation).toList(),
                IntStream.rangeClosed(1, Math.min(instances, 2)).mapToObj(this::spec).toList(),
                List.of(text(), text()));
    }

    AgentEvent event(long sequence) {
        var instance =
                random.nextBoolean() ? Optional.of(instance(1)) : Optional.<InstanceId>empty();
        return new AgentEvent(sequence, instant(), instance, text(), text(), text());
    }

    LogLine line(long sequence) {
        return new LogLine(
                instance(1),
                Instant.ofEpochMilli(random.nextLong(1L << 41)),
                random.nextBoolean() ? "stdout" : "stderr",
                text(),
                random.nextLong(1L << 40),
                sequence);
    }

    Pause pause() {
        var stack =
                random.nextBoolean()
                        ? Optional.of(new StackName("shop"))
                        : Optional.<StackName>empty();
        return new Pause(random.nextBoolean(), stack, text());
    }

    String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private Optional<String> maybeText() {
        return random.nextBoolean() ? Optional.of(text()) : Optional.empty();
    }

    private InstanceId instance(int ordinal) {
        return new InstanceId(new ServiceId(new StackName("shop"), "web"), ordinal);
    }

    private Instant instant() {
        return Instant.ofEpochSecond(
                random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000));
    }

    private <E extends Enum<E>> E any(Class<E> type) {
        return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    }

    private InstanceObservation observation(int ordinal) {
        return new InstanceObservation(
                instance(ordinal),
                text(),
                "process",
                any(InstanceObservation.State.class),
                any(InstanceObservation.Health.class),
                random.nextLong(1L << 22),
                random.nextInt(1_000),
                instant(),
                text(),
                random.nextBoolean() ? Optional.of(random.nextInt(256)) : Optional.empty());
    }

    private InstanceSpec spec(int ordinal) {
        return new InstanceSpec(
                instance(ordinal),
                "run-" + random.nextLong(1L << 40),
                any(InstanceSpec.Desired.class),
                maybeText(),
                definition(),
                "/srv/shop",
                new TreeMap<>(Map.of("1", 1 + random.nextInt(65_535))));
    }

    private ServiceDefinition definition() {
        var environment =
                Map.<String, Workload.EnvironmentValue>of(
                        "A", new Workload.EnvironmentValue.Literal(text()),
                        "B", new Workload.EnvironmentValue.Secret(secret()));
        return new ServiceDefinition(
                "web",
                new Workload.Process(
                        List.of("/bin/true", text()),
                        maybeText(),
                        Optional.of("/srv"),
                        environment),
                List.of(
                        PortSpec.bound(
                                "http", "0.0.0.0", 8_000, 8_009, any(PortSpec.Protocol.class))),
                Map.of("db", new Dependency(any(Dependency.Condition.class), random.nextBoolean())),
                Optional.of(
                        new Probe(
                                target(),
                                Duration.ofSeconds(1),
                                Duration.ofMillis(300),
                                2,
                                Duration.ZERO)),
                RecoveryPolicy.DEFAULT,
                new DeployPolicy(
                        any(DeployPolicy.Mode.class),
                        random.nextInt(1, 10),
                        new DeployPolicy.Resources(
                                Optional.of(0.5), Optional.of(1L << 30), Optional.empty()),
                        DeployPolicy.UpdatePolicy.DEFAULT),
                StopPolicy.DEFAULT,
                new ServiceDefinition.About(
                        Map.of("tier", text()), maybeText(), maybeText(), maybeText()));
    }

    private Probe.Target target() {
        return switch (random.nextInt(3)) {
            case 0 -> new Probe.Target.Http("http://127.0.0.1:8080/health");
            case 1 -> new Probe.Target.Tcp("127.0.0.1:5432");
            default -> new Probe.Target.Command(List.of("/bin/true", text()));
        };
    }
}
