package olympus.zeus;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import olympus.model.StackName;
import olympus.model.stack.Dependency;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.PlacementPolicy;
import olympus.model.stack.PortSpec;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Singleton;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StopPolicy;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Execution;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Logging;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Privileges;
import olympus.model.stack.container.Project;
import olympus.model.stack.container.Tuning;
import olympus.model.stack.container.Volume;
import olympus.model.state.NodeFacts;

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

        public Draft afterCompletionOf(String other) {
            var needs =
                    Map.of(
                            other,
                            new Dependency(Dependency.Condition.COMPLETED_SUCCESSFULLY, true));
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

        /** A new version is tried by so many instances before it replaces the old one. */
        public Draft canary(
                int canaries, DeployPolicy.Order order, Optional<Duration> approvalWithin) {
            var policy =
                    new DeployPolicy.UpdatePolicy(
                                    1,
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(3),
                                    DeployPolicy.FailureAction.PAUSE,
                                    order)
                            .with(
                                    Optional.of(
                                            new DeployPolicy.Trial.Canary(
                                                    canaries, approvalWithin)));
            return new Draft(name, command, replicas, ports, dependsOn, policy, recovery, mode);
        }

        /**
         * A new version comes up beside the whole old one, which is kept for a while after that.
         */
        public Draft blueGreen(Duration keep, Optional<Duration> approvalWithin) {
            var policy =
                    new DeployPolicy.UpdatePolicy(
                                    1,
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(3),
                                    DeployPolicy.FailureAction.PAUSE,
                                    DeployPolicy.Order.STOP_FIRST)
                            .with(
                                    Optional.of(
                                            new DeployPolicy.Trial.BlueGreen(
                                                    keep, approvalWithin)));
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

    /** The same, with a service of which there are never two. */
    static StackDefinition singleton(StackDefinition stack, String name, Duration lease) {
        var services = new TreeMap<>(stack.services());
        services.computeIfPresent(
                name, (_, s) -> s.with(s.deploy().with(Optional.of(new Singleton(lease)))));
        return new StackDefinition(stack.name(), stack.mode(), stack.directory(), services);
    }

    /** The same stack with each service as a container. */
    static StackDefinition inContainers(StackDefinition stack) {
        return inContainers(stack, List.of());
    }

    /** The same on one network of the project, whose driver is this. */
    static StackDefinition project(String driver, StackDefinition stack) {
        var network =
                new Network(
                        "default",
                        stack.name() + "_default",
                        false,
                        Optional.of(driver),
                        Map.of(),
                        false,
                        false,
                        false,
                        Optional.empty(),
                        Map.of());
        return inContainers(
                stack,
                List.of(
                        new Networking.Attachment(
                                network,
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                Map.of())));
    }

    private static StackDefinition inContainers(
            StackDefinition stack, List<Networking.Attachment> networks) {
        var services = new TreeMap<String, ServiceDefinition>();
        stack.services().forEach((name, s) -> services.put(name, inContainer(stack, s, networks)));
        return new StackDefinition(stack.name(), stack.mode(), stack.directory(), services);
    }

    private static ServiceDefinition inContainer(
            StackDefinition stack, ServiceDefinition s, List<Networking.Attachment> networks) {
        var image = s.workload() instanceof Workload.Process p ? p.command().getFirst() : "";
        return new ServiceDefinition(
                s.name(),
                container(stack.name().value(), s.name(), image, networks),
                s.ports(),
                s.dependsOn(),
                s.probe(),
                s.recovery(),
                s.deploy(),
                s.stop(),
                s.about());
    }

    private static Workload.Container container(
            String project, String service, String image, List<Networking.Attachment> networks) {
        return new Workload.Container(
                new Project(project, service, Optional.empty(), "/srv/" + project, List.of()),
                new Image(image, Image.PullPolicy.MISSING, Optional.empty(), Optional.empty()),
                Execution.of(Optional.empty()),
                Map.of(),
                Map.of(),
                Networking.of(Optional.empty(), networks),
                List.of(),
                Optional.empty(),
                Privileges.NONE,
                Tuning.NONE,
                Logging.DEFAULT);
    }

    /** The same stack with each service where {@code policy} says. */
    static StackDefinition where(PlacementPolicy policy, StackDefinition stack) {
        var all = stack;
        for (var service : stack.services().keySet()) {
            all = where(service, policy, all);
        }
        return all;
    }

    /** The same with one service where {@code policy} says. */
    static StackDefinition where(String service, PlacementPolicy policy, StackDefinition stack) {
        return deployed(
                service,
                was ->
                        new DeployPolicy(
                                was.mode(),
                                was.replicas(),
                                was.resources(),
                                was.update(),
                                Optional.of(policy),
                                was.singleton(),
                                was.reservations(),
                                was.priority()),
                stack);
    }

    /** The same with one service of which each instance needs so much. */
    static StackDefinition reserving(
            String service, double cpus, long mebibytes, int gpus, StackDefinition stack) {
        var reservations =
                new DeployPolicy.Reservations(
                        Optional.of(cpus).filter(n -> n > 0),
                        Optional.of(mebibytes << 20).filter(n -> n > 0),
                        gpus == 0
                                ? List.of()
                                : List.of(new DeployPolicy.Devices(List.of("gpu"), gpus)));
        return deployed(
                service,
                was ->
                        new DeployPolicy(
                                was.mode(),
                                was.replicas(),
                                was.resources(),
                                was.update(),
                                was.placement(),
                                was.singleton(),
                                Optional.of(reservations),
                                was.priority()),
                stack);
    }

    /** The same with the priority of one service. */
    static StackDefinition ranked(String service, int priority, StackDefinition stack) {
        return deployed(
                service,
                was ->
                        new DeployPolicy(
                                was.mode(),
                                was.replicas(),
                                was.resources(),
                                was.update(),
                                was.placement(),
                                was.singleton(),
                                was.reservations(),
                                Optional.of(priority)),
                stack);
    }

    private static StackDefinition deployed(
            String service, UnaryOperator<DeployPolicy> change, StackDefinition stack) {
        var services = new TreeMap<>(stack.services());
        services.computeIfPresent(
                service,
                (_, s) ->
                        new ServiceDefinition(
                                s.name(),
                                s.workload(),
                                s.ports(),
                                s.dependsOn(),
                                s.probe(),
                                s.recovery(),
                                change.apply(s.deploy()),
                                s.stop(),
                                s.about()));
        return new StackDefinition(stack.name(), stack.mode(), stack.directory(), services);
    }

    /** A machine with these. */
    static NodeFacts machine(int processors, long mebibytes, int gpus) {
        return new NodeFacts(
                new NodeFacts.Platform("linux", "amd64", "Debian", "6.12"),
                new NodeFacts.Processors(processors, "", Optional.empty()),
                mebibytes << 20,
                List.of(),
                List.of(),
                IntStream.range(0, gpus)
                        .mapToObj(n -> new NodeFacts.Device("gpu", "nvidia", "", "/dev/nvidia" + n))
                        .toList());
    }

    /** The same with a volume of its node for one service, which is a container. */
    static StackDefinition withVolume(String service, StackDefinition stack) {
        var services = new TreeMap<>(stack.services());
        services.computeIfPresent(service, (_, s) -> withVolume(stack, s));
        return new StackDefinition(stack.name(), stack.mode(), stack.directory(), services);
    }

    private static ServiceDefinition withVolume(StackDefinition stack, ServiceDefinition s) {
        if (!(s.workload() instanceof Workload.Container c)) {
            throw new IllegalArgumentException(s.name() + " is no container");
        }
        var volume =
                new Volume(
                        "data",
                        stack.name() + "_data",
                        false,
                        Optional.empty(),
                        Map.of(),
                        Map.of());
        var mount = new Mount.Named(volume, "/data", false, false, Optional.empty());
        return new ServiceDefinition(
                s.name(),
                new Workload.Container(
                        c.project(),
                        c.image(),
                        c.execution(),
                        c.environment(),
                        c.labels(),
                        c.networking(),
                        List.of(mount),
                        c.healthcheck(),
                        c.privileges(),
                        c.tuning(),
                        c.logging()),
                s.ports(),
                s.dependsOn(),
                s.probe(),
                s.recovery(),
                s.deploy(),
                s.stop(),
                s.about());
    }

    static StackDefinition observed(StackDefinition stack) {
        return new StackDefinition(
                stack.name(), StackDefinition.Mode.OBSERVE, stack.directory(), stack.services());
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
