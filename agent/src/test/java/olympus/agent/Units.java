package olympus.agent;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.Probe;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;

/** Specifications of units for tests. */
record Units(
        String id,
        String unit,
        String token,
        Desired desired,
        Optional<Probe> probe,
        RecoveryPolicy recovery) {

    static Units of(String id, String unit) {
        return new Units(
                id,
                unit,
                "run-1",
                Desired.RUN,
                Optional.empty(),
                new RecoveryPolicy(
                        RecoveryPolicy.Restart.ALWAYS,
                        5,
                        Duration.ofSeconds(30),
                        new RecoveryPolicy.Backoff(Duration.ofMillis(10), Duration.ofMillis(100)),
                        RecoveryPolicy.Then.REPORT));
    }

    Units unit(String other) {
        return new Units(id, other, token, desired, probe, recovery);
    }

    Units token(String other) {
        return new Units(id, unit, other, desired, probe, recovery);
    }

    Units desired(Desired other) {
        return new Units(id, unit, token, other, probe, recovery);
    }

    Units probe(Probe.Target target, Duration interval) {
        var asked = new Probe(target, interval, Duration.ofSeconds(5), 2, Duration.ZERO);
        return new Units(id, unit, token, desired, Optional.of(asked), recovery);
    }

    Units restart(RecoveryPolicy.Restart restart, int attempts) {
        var policy =
                new RecoveryPolicy(
                        restart, attempts, recovery.within(), recovery.backoff(), recovery.then());
        return new Units(id, unit, token, desired, probe, policy);
    }

    InstanceSpec build() {
        var instance = InstanceId.parse(id);
        var definition =
                new ServiceDefinition(
                        instance.service().service(),
                        new Workload.Unit(unit),
                        java.util.List.of(),
                        Map.of(),
                        probe,
                        recovery,
                        new DeployPolicy(
                                DeployPolicy.Mode.REPLICATED,
                                1,
                                DeployPolicy.Resources.UNLIMITED,
                                DeployPolicy.UpdatePolicy.DEFAULT),
                        StopPolicy.DEFAULT,
                        new ServiceDefinition.About(
                                Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        return new InstanceSpec(
                instance,
                token,
                desired,
                desired == Desired.RUN ? Optional.empty() : Optional.of("for the test"),
                definition,
                "/",
                Map.of());
    }
}
