package olympus.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import olympus.model.InstanceId;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.DeployPolicy.Resources;
import olympus.model.stack.DeployPolicy.UpdatePolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/** Instance specifications for tests, from a usual one to what a test needs. */
public record Specs(
        String id,
        String runToken,
        Desired desired,
        Workload.Process process,
        Map<String, Integer> ports,
        Map<String, Dependency> dependsOn,
        Optional<Probe> probe,
        RecoveryPolicy recovery,
        Resources resources,
        StopPolicy stop) {

    /** Restarts at once and is stopped fast. */
    public static Specs of(Path directory, String id, String... command) {
        return new Specs(
                id,
                "run-1",
                Desired.RUN,
                new Workload.Process(
                        List.of(command),
                        Optional.empty(),
                        Optional.of(directory.toString()),
                        Map.of()),
                Map.of(),
                Map.of(),
                Optional.empty(),
                new RecoveryPolicy(
                        RecoveryPolicy.Restart.ALWAYS,
                        5,
                        Duration.ofSeconds(30),
                        new RecoveryPolicy.Backoff(Duration.ofMillis(10), Duration.ofMillis(100)),
                        RecoveryPolicy.Then.REPORT),
                Resources.UNLIMITED,
                new StopPolicy("SIGTERM", Duration.ofSeconds(2)));
    }

    public static Specs shell(Path directory, String id, String script) {
        return of(directory, id, "/bin/sh", "-c", script);
    }

    public Specs token(String token) {
        return new Specs(
                id, token, desired, process, ports, dependsOn, probe, recovery, resources, stop);
    }

    public Specs desired(Desired wanted) {
        return new Specs(
                id, runToken, wanted, process, ports, dependsOn, probe, recovery, resources, stop);
    }

    public Specs user(String user) {
        return process(
                new Workload.Process(
                        process.command(),
                        Optional.of(user),
                        process.workingDirectory(),
                        process.environment()));
    }

    public Specs environment(Map<String, Workload.EnvironmentValue> environment) {
        return process(
                new Workload.Process(
                        process.command(),
                        process.user(),
                        process.workingDirectory(),
                        environment));
    }

    public Specs process(Workload.Process other) {
        return new Specs(
                id, runToken, desired, other, ports, dependsOn, probe, recovery, resources, stop);
    }

    public Specs port(int number) {
        return new Specs(
                id,
                runToken,
                desired,
                process,
                Map.of("1", number),
                dependsOn,
                probe,
                recovery,
                resources,
                stop);
    }

    public Specs dependsOn(String service, Dependency.Condition condition) {
        var all = new TreeMap<>(dependsOn);
        all.put(service, new Dependency(condition, true));
        return new Specs(
                id, runToken, desired, process, ports, all, probe, recovery, resources, stop);
    }

    public Specs probe(Probe.Target target, Duration interval, Duration timeout, int retries) {
        return new Specs(
                id,
                runToken,
                desired,
                process,
                ports,
                dependsOn,
                Optional.of(new Probe(target, interval, timeout, retries, Duration.ZERO)),
                recovery,
                resources,
                stop);
    }

    public Specs restart(RecoveryPolicy.Restart restart) {
        return recovery(
                new RecoveryPolicy(
                        restart,
                        recovery.attempts(),
                        recovery.within(),
                        recovery.backoff(),
                        recovery.then()));
    }

    public Specs attempts(int attempts) {
        return recovery(
                new RecoveryPolicy(
                        recovery.restart(),
                        attempts,
                        recovery.within(),
                        recovery.backoff(),
                        recovery.then()));
    }

    public Specs recovery(RecoveryPolicy policy) {
        return new Specs(
                id, runToken, desired, process, ports, dependsOn, probe, policy, resources, stop);
    }

    public Specs resources(Resources limits) {
        return new Specs(
                id, runToken, desired, process, ports, dependsOn, probe, recovery, limits, stop);
    }

    public Specs stop(String signal, Duration grace) {
        return new Specs(
                id,
                runToken,
                desired,
                process,
                ports,
                dependsOn,
                probe,
                recovery,
                resources,
                new StopPolicy(signal, grace));
    }

    public InstanceSpec build() {
        var instance = InstanceId.parse(id);
        var declared =
                ports.entrySet().stream()
                        .map(port ->
                                PortSpec.bound(
                                        port.getKey(),
                                        "0.0.0.0",
                                        port.getValue(),
                                        port.getValue(),
                                        PortSpec.Protocol.TCP))
                        .toList();
        var definition =
                new ServiceDefinition(
                        instance.service().service(),
                        process,
                        declared,
                        dependsOn,
                        probe,
                        recovery,
                        new DeployPolicy(
                                DeployPolicy.Mode.REPLICATED, 1, resources, UpdatePolicy.DEFAULT),
                        stop,
                        new ServiceDefinition.About(
                                Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        return new InstanceSpec(
                instance,
                runToken,
                desired,
                desired == Desired.RUN ? Optional.empty() : Optional.of("for the test"),
                definition,
                process.workingDirectory().orElse("/"),
                ports);
    }
}
