package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import olympus.model.json.DurationText;
import olympus.model.stack.DefinitionRules.Finding;
import olympus.model.stack.DeployPolicy.Mode;
import olympus.model.stack.DeployPolicy.Trial;

/** What a service must be like so that a new version of it can be tried beside the old one. */
final class RolloutRules {

    /** In which a person has to approve, where nothing is said. */
    static final Duration APPROVAL_DEADLINE = Duration.ofHours(24);

    /** For how long old instances are kept, where nothing is said. */
    static final Duration KEEP = Duration.ofMinutes(10);

    private static final Duration SHORTEST_DEADLINE = Duration.ofMinutes(1);
    private static final Duration LONGEST_DEADLINE = Duration.ofDays(30);

    private final String path;
    private final ServiceDefinition service;
    private final List<Finding> findings;

    private RolloutRules(String path, ServiceDefinition service, List<Finding> findings) {
        this.path = path;
        this.service = service;
        this.findings = findings;
    }

    static void check(StackDefinition definition, List<Finding> findings) {
        definition
                .services()
                .forEach((name, service) ->
                        service.deploy()
                                .update()
                                .trial()
                                .ifPresent(trial ->
                                        new RolloutRules("services." + name, service, findings)
                                                .check(trial)));
    }

    private void check(Trial trial) {
        var deploy = service.deploy();
        if (deploy.singleton().isPresent()) {
            error(
                    ".deploy",
                    "%s is a singleton: a new version cannot be tried while the old one runs"
                            .formatted(service.name()),
                    "strategy: rolling, or no singleton");
            return;
        }
        if (deploy.update().failureAction() == DeployPolicy.FailureAction.CONTINUE) {
            error(
                    ".deploy",
                    "%s is to go on when an update fails, so that nothing is tried"
                            .formatted(service.name()),
                    "failure_action: rollback, or strategy: rolling");
        }
        trial.approvalWithin()
                .filter(within ->
                        within.compareTo(SHORTEST_DEADLINE) < 0
                                || within.compareTo(LONGEST_DEADLINE) > 0)
                .ifPresent(within ->
                        error(
                                ".deploy",
                                "the approval of %s is to come within %s"
                                        .formatted(service.name(), DurationText.format(within)),
                                "approval_deadline: from 1m to 720h"));
        switch (trial) {
            case Trial.Canary(var canaries, var _) -> canary(canaries);
            case Trial.BlueGreen(var keep, var _) -> blueGreen(keep);
        }
    }

    private void blueGreen(Duration keep) {
        if (keep.isNegative() || keep.compareTo(LONGEST_DEADLINE) > 0) {
            error(
                    ".deploy",
                    "the old instances of %s are to be kept for %s"
                            .formatted(
                                    service.name(),
                                    keep.isNegative() ? "less than 0s" : DurationText.format(keep)),
                    "keep: from 0s to 720h");
        }
        beside("strategy: canary with order: stop-first");
    }

    private void canary(int canaries) {
        if (canaries < 1 || canaries > StackLimits.MAX_REPLICAS) {
            error(
                    ".deploy",
                    "found %d canaries".formatted(canaries),
                    "canaries: from 1 to %d".formatted(StackLimits.MAX_REPLICAS));
            return;
        }
        switch (service.deploy().update().order()) {
            case START_FIRST -> beside("order: stop-first");
            case STOP_FIRST -> instead(canaries);
        }
    }

    private void instead(int canaries) {
        var deploy = service.deploy();
        if (deploy.mode() == Mode.REPLICATED
                && deploy.replicas() > 0
                && canaries >= deploy.replicas()) {
            error(
                    ".deploy",
                    "%s has replicas: %d and canaries: %d, which take their place: nothing of the old version would be left"
                            .formatted(service.name(), deploy.replicas(), canaries),
                    "more replicas than canaries, or order: start-first for canaries beside them");
        }
    }

    /**
     * @param otherwise what does without
     */
    private void beside(String otherwise) {
        var deploy = service.deploy();
        if (deploy.mode() == Mode.GLOBAL) {
            error(
                    ".deploy",
                    "%s runs on every node: there is no room for another one beside it"
                            .formatted(service.name()),
                    otherwise + ", for canaries instead of some of them");
            return;
        }
        if (service.workload() instanceof Workload.Unit(var unit)) {
            error(
                    ".deploy",
                    "%s is one unit of its machine: there is no other one beside it"
                            .formatted(unit),
                    "strategy: rolling");
            return;
        }
        if (service.workload() instanceof Workload.Container container) {
            container.project().containerName().ifPresent(name -> named(name, otherwise));
        }
        for (var i = 0; i < service.ports().size(); i++) {
            ports(i, service.ports().get(i), otherwise);
        }
    }

    private void named(String name, String otherwise) {
        error(
                ".deploy",
                "%s has the container_name %s, which another one beside it cannot have"
                        .formatted(service.name(), name),
                otherwise + ", or no container_name");
    }

    private void ports(int index, PortSpec port, String otherwise) {
        var needed = service.deploy().most();
        if (port.count() < needed) {
            error(
                    ".ports[" + index + "]",
                    "an update of %s has up to %d instances at a time, each with a port of its own; %s has room for %d"
                            .formatted(
                                    service.name(),
                                    needed,
                                    port.count() == 1
                                            ? "" + port.first()
                                            : port.first() + "-" + port.last(),
                                    port.count()),
                    "a range such as %d-%d, or %s"
                            .formatted(port.first(), port.first() + needed - 1, otherwise));
        }
    }

    private void error(String key, String message, String expected) {
        findings.add(new Finding(true, path + key, message, expected, ""));
    }
}
