package olympus.zeus;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import olympus.model.StackName;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;

/** Short ways to write declarations in tests. */
public final class Stacks {

    private Stacks() {}

    /** A service that is being written. */
    public record Draft(
            String name,
            String command,
            int replicas,
            List<PortSpec> ports,
            Map<String, Dependency> dependsOn,
            DeployPolicy.UpdatePolicy update,
            RecoveryPolicy recovery,
            DeployPolicy.Mode mode) {

        public Draft command(String newCommand) {
            return new Draft(name, newCommand, replicas, ports, dependsOn, update, recovery, mode);
        }

        public Draft replicas(int n) {
            return new Draft(name, command, n, ports, dependsOn, update, recovery, mode);
        }

        public Draft ports(int first, int last) {
            var port = PortSpec.bound("http", "0.0.0.0", first, last, PortSpec.Protocol.TCP);
            return new Draft(
                    name, command, replicas, List.of(port), dependsOn, update, recovery, mode);
        }

        public Draft after(String other) {
            var needs = Map.of(other, new Dependency(Dependency.Condition.HEALTHY, true));
            return new Draft(name, command, replicas, ports, needs, update, recovery, mode);
        }

        public Draft update(
                int parallelism, DeployPolicy.FailureAction action, DeployPolicy.Order order) {
            var policy =
                    new DeployPolicy.UpdatePolicy(
                            parallelism,
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(3),
                            action,
                            order);
            return new Draft(name, command, replicas, ports, dependsOn, policy, recovery, mode);
        }

        public Draft delay(Duration between) {
            var policy =
                    new DeployPolicy.UpdatePolicy(
                            update.parallelism(),
                            between,
                            update.monitor(),
                            update.failureAction(),
                            update.order());
            return new Draft(name, command, replicas, ports, dependsOn, policy, recovery, mode);
        }

        public Draft attempts(int n) {
            var policy =
                    new RecoveryPolicy(
                            recovery.restart(),
                            n,
                            recovery.within(),
                            recovery.backoff(),
                            recovery.then());
            return new Draft(name, command, replicas, ports, dependsOn, update, policy, mode);
        }

        public Draft global() {
            return new Draft(
                    name,
                    command,
                    replicas,
                    ports,
                    dependsOn,
                    update,
                    recovery,
                    DeployPolicy.Mode.GLOBAL);
        }

        public Draft moves() {
            var policy =
                    new RecoveryPolicy(
                            recovery.restart(),
                            recovery.attempts(),
                            recovery.within(),
                            recovery.backoff(),
                            RecoveryPolicy.Then.MOVE);
            return new Draft(name, command, replicas, ports, dependsOn, update, policy, mode);
        }

        ServiceDefinition build() {
            return new ServiceDefinition(
                    name,
                    new Workload.Process(
                            List.of(command), Optional.empty(), Optional.empty(), Map.of()),
                    ports,
                    dependsOn,
                    Optional.empty(),
                    recovery,
                    new DeployPolicy(mode, replicas, DeployPolicy.Resources.UNLIMITED, update),
                    StopPolicy.DEFAULT,
                    new ServiceDefinition.About(
                            Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        }
    }

    public static Draft service(String name) {
        return new Draft(
                name,
                "run-" + name,
                1,
                List.of(),
                Map.of(),
                DeployPolicy.UpdatePolicy.DEFAULT,
                RecoveryPolicy.DEFAULT,
                DeployPolicy.Mode.REPLICATED);
    }

    public static StackDefinition stack(String name, Draft... services) {
        var built =
                Arrays.stream(services)
                        .map(Draft::build)
                        .collect(Collectors.toMap(ServiceDefinition::name, Function.identity()));
        return new StackDefinition(
                new StackName(name), StackDefinition.Mode.MANAGE, "/srv/" + name, built);
    }
}
