package olympus.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import olympus.engine.TestEngine;
import olympus.model.InstanceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Execution;
import olympus.model.stack.container.HealthCheck;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Logging;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Privileges;
import olympus.model.stack.container.Project;
import olympus.model.stack.container.Tuning;
import olympus.model.stack.container.Volume;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/** Specifications of containers for tests, from a usual one to what a test needs. */
public final class Containers {

    private final InstanceId id;
    private String runToken = "run-1";
    private Desired desired = Desired.RUN;
    private String image = TestEngine.IMAGE;
    private Image.PullPolicy pull = Image.PullPolicy.MISSING;
    private final List<String> command;
    private final List<Mount> mounts = new ArrayList<>();
    private Map<String, Workload.EnvironmentValue> environment = Map.of();
    private Optional<HealthCheck> health = Optional.empty();
    private Optional<Probe> probe = Optional.empty();
    private List<PortSpec> ports = List.of();
    private Map<String, Integer> numbers = Map.of();
    private Optional<String> networkMode = Optional.empty();
    private DeployPolicy.Resources resources = DeployPolicy.Resources.UNLIMITED;
    private RecoveryPolicy recovery =
            new RecoveryPolicy(
                    RecoveryPolicy.Restart.ALWAYS,
                    5,
                    Duration.ofSeconds(30),
                    new RecoveryPolicy.Backoff(Duration.ofMillis(10), Duration.ofMillis(100)),
                    RecoveryPolicy.Then.REPORT);

    private Containers(String id, String... command) {
        this.id = InstanceId.parse(id);
        this.command = List.of(command);
    }

    static Containers command(String id, String... words) {
        return new Containers(id, words);
    }

    static Containers shell(String id, String script) {
        return new Containers(id, "/bin/sh", "-c", script);
    }

    /** Ends at once when it is asked to. */
    public static Containers sleeping(String id) {
        return shell(id, "trap 'exit 0' TERM; echo up; while :; do sleep 600 & wait $!; done");
    }

    public Containers token(String token) {
        runToken = token;
        return this;
    }

    public Containers desired(Desired wanted) {
        desired = wanted;
        return this;
    }

    Containers image(String name, Image.PullPolicy policy) {
        image = name;
        pull = policy;
        return this;
    }

    Containers mount(Mount mount) {
        mounts.add(mount);
        return this;
    }

    Containers environment(Map<String, Workload.EnvironmentValue> values) {
        environment = values;
        return this;
    }

    Containers variable(String name, String value) {
        return environment(Map.of(name, new Workload.EnvironmentValue.Literal(value)));
    }

    Containers health(Duration interval, int retries, String test) {
        health =
                Optional.of(
                        new HealthCheck(
                                false,
                                List.of("CMD-SHELL", test),
                                Optional.of(interval),
                                Optional.of(Duration.ofSeconds(5)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(retries)));
        return this;
    }

    Containers probe(Probe.Target target, Duration interval) {
        probe = Optional.of(new Probe(target, interval, Duration.ofSeconds(5), 2, Duration.ZERO));
        return this;
    }

    Containers port(int host, int target) {
        ports =
                List.of(
                        new PortSpec(
                                "1",
                                "0.0.0.0",
                                host,
                                host,
                                PortSpec.Protocol.TCP,
                                Optional.of(target)));
        numbers = Map.of("1", host);
        return this;
    }

    /** {@code none}, {@code service:…}: in place of the network of its own stack. */
    Containers networkMode(String word) {
        networkMode = Optional.of(word);
        return this;
    }

    Containers memory(long bytes) {
        resources =
                new DeployPolicy.Resources(Optional.empty(), Optional.of(bytes), Optional.empty());
        return this;
    }

    Containers recovery(UnaryOperator<RecoveryPolicy> change) {
        recovery = change.apply(recovery);
        return this;
    }

    /** As Compose writes it. */
    Containers restart(String word) {
        var restart =
                switch (word.split(":", 2)[0]) {
                    case "no" -> RecoveryPolicy.Restart.NO;
                    case "on-failure" -> RecoveryPolicy.Restart.ON_FAILURE;
                    default -> RecoveryPolicy.Restart.ALWAYS;
                };
        return restart(restart, 5).recovery(policy -> policy.writtenAs(word));
    }

    public Containers restart(RecoveryPolicy.Restart restart, int attempts) {
        return recovery(before ->
                new RecoveryPolicy(
                        restart, attempts, before.within(), before.backoff(), before.then()));
    }

    static Volume volume(String key) {
        return new Volume(key, "first_" + key, false, Optional.empty(), Map.of(), Map.of());
    }

    String project() {
        return id.service().stack().value();
    }

    String service() {
        return id.service().service();
    }

    /** As Compose would call it. */
    String name() {
        return "%s-%s-%d".formatted(project(), service(), id.ordinal());
    }

    private Workload.Container workload() {
        var network =
                new Network(
                        "default",
                        project() + "_default",
                        false,
                        Optional.empty(),
                        Map.of(),
                        false,
                        false,
                        false,
                        Optional.empty(),
                        Map.of());
        return new Workload.Container(
                new Project(
                        project(),
                        service(),
                        Optional.empty(),
                        "/srv/" + project(),
                        List.of("/srv/" + project() + "/compose.yaml")),
                new Image(image, pull, Optional.empty(), Optional.empty()),
                Execution.of(Optional.of(command)),
                environment,
                Map.of(),
                Networking.of(
                        networkMode,
                        networkMode.isPresent()
                                ? List.of()
                                : List.of(
                                        new Networking.Attachment(
                                                network,
                                                List.of(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                List.of(),
                                                Optional.empty(),
                                                Map.of()))),
                mounts,
                health,
                Privileges.NONE,
                Tuning.NONE,
                Logging.DEFAULT);
    }

    public InstanceSpec build() {
        var definition =
                new ServiceDefinition(
                        service(),
                        workload(),
                        ports,
                        Map.of(),
                        probe,
                        recovery,
                        new DeployPolicy(
                                DeployPolicy.Mode.REPLICATED,
                                1,
                                resources,
                                DeployPolicy.UpdatePolicy.DEFAULT),
                        new StopPolicy("SIGTERM", Duration.ofSeconds(3)),
                        new ServiceDefinition.About(
                                Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        return new InstanceSpec(
                id,
                runToken,
                desired,
                desired == Desired.RUN ? Optional.empty() : Optional.of("for the test"),
                definition,
                Path.of("/").toString(),
                numbers);
    }
}
