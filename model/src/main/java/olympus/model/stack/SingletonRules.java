package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import olympus.model.json.DurationText;
import olympus.model.stack.DefinitionRules.Finding;

/** What a service must be like so that it can be promised that it never runs twice. */
final class SingletonRules {

    private final List<Finding> findings;

    private SingletonRules(List<Finding> findings) {
        this.findings = findings;
    }

    static void check(StackDefinition definition, List<Finding> findings) {
        var rules = new SingletonRules(findings);
        definition
                .services()
                .forEach((name, service) ->
                        service.deploy()
                                .singleton()
                                .ifPresent(it -> rules.check("services." + name, service, it)));
    }

    private void check(String path, ServiceDefinition service, Singleton singleton) {
        var deploy = service.deploy();
        var name = service.name();
        if (deploy.mode() == DeployPolicy.Mode.GLOBAL) {
            error(
                    path + ".deploy",
                    "%s is a singleton and is to run on every node".formatted(name),
                    "either singleton: true or mode: global");
        } else if (deploy.replicas() > 1) {
            error(
                    path + ".deploy",
                    "%s is a singleton with %d replicas".formatted(name, deploy.replicas()),
                    "replicas: 1");
        }
        if (deploy.update().order() == DeployPolicy.Order.START_FIRST) {
            error(
                    path + ".deploy",
                    "%s is a singleton: the new one cannot start before the old one has stopped"
                            .formatted(name),
                    "update_config: { order: stop-first }");
        }
        workload(path, service);
        var lease = singleton.lease();
        if (lease.compareTo(Singleton.SHORTEST) < 0 || lease.compareTo(Singleton.LONGEST) > 0) {
            error(
                    path + ".deploy.singleton",
                    "the lease of %s is %s".formatted(name, DurationText.format(lease)),
                    "a lease from %s to %s"
                            .formatted(show(Singleton.SHORTEST), show(Singleton.LONGEST)));
        }
    }

    /** Nothing but Olympus may start it, and what ends it must not need the agent. */
    private void workload(String path, ServiceDefinition service) {
        switch (service.workload()) {
            case Workload.Process ignored -> {}
            case Workload.Unit(var unit) ->
                    error(
                            path + ".deploy.singleton",
                            "%s is a unit of systemd, which starts it by itself, at boot and whenever it is told to: that it runs once in the island cannot be promised"
                                    .formatted(unit),
                            "a process instead of the unit, or no singleton");
            case Workload.Container ignored ->
                    error(
                            path + ".deploy.singleton",
                            "%s is a container: nothing but its engine could end it when its lease has run out, and an engine can be dead while its containers live"
                                    .formatted(service.name()),
                            "a process instead of the container, or no singleton");
        }
    }

    private static String show(Duration duration) {
        return DurationText.format(duration);
    }

    private void error(String path, String message, String expected) {
        findings.add(new Finding(true, path, message, expected, ""));
    }
}
