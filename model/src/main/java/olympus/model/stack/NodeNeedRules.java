package olympus.model.stack;

import java.util.List;
import java.util.Optional;
import olympus.model.stack.DefinitionRules.Finding;
import olympus.model.stack.DeployPolicy.Devices;
import olympus.model.stack.DeployPolicy.Reservations;
import olympus.model.stack.PlacementPolicy.Constraint;

/**
 * Rules of what a service needs of its node: amounts that can be added up, and constraints as they
 * could have been written.
 */
final class NodeNeedRules {

    private static final double MAX_CPUS = 100_000;
    private static final long MAX_MEMORY = 1L << 50;
    private static final int MAX_DEVICES = 1_000;
    private static final int MAX_KINDS = 32;

    private final String path;
    private final List<Finding> findings;

    private NodeNeedRules(String path, List<Finding> findings) {
        this.path = path;
        this.findings = findings;
    }

    static void check(StackDefinition definition, List<Finding> findings) {
        definition
                .services()
                .forEach((name, service) -> {
                    var rules = new NodeNeedRules("services." + name + ".deploy.", findings);
                    service.deploy().reservations().ifPresent(rules::reservations);
                    service.deploy().where().constraints().forEach(rules::constraint);
                });
    }

    private void reservations(Reservations needs) {
        needs.cpus()
                .filter(cpus -> !(cpus > 0 && cpus <= MAX_CPUS))
                .ifPresent(cpus ->
                        error(
                                "reservations.cpus",
                                "found " + cpus,
                                "a number above 0, at most %.0f".formatted(MAX_CPUS)));
        needs.memoryBytes()
                .filter(bytes -> bytes <= 0 || bytes > MAX_MEMORY)
                .ifPresent(bytes ->
                        error(
                                "reservations.memoryBytes",
                                "found " + bytes,
                                "a number above 0, at most " + MAX_MEMORY));
        if (needs.devices().size() > MAX_KINDS) {
            error(
                    "reservations.devices",
                    "found %d".formatted(needs.devices().size()),
                    "at most %d".formatted(MAX_KINDS));
        }
        needs.devices().forEach(this::devices);
    }

    private void devices(Devices devices) {
        if (!devices.capabilities().equals(List.of("gpu"))) {
            error(
                    "reservations.devices.capabilities",
                    "found " + devices.capabilities(),
                    "[gpu]; no other devices are counted");
        }
        if (devices.count() != Devices.ALL
                && (devices.count() < 1 || devices.count() > MAX_DEVICES)) {
            error(
                    "reservations.devices.count",
                    "found " + devices.count(),
                    "a whole number from 1 to %d, or %d for all"
                            .formatted(MAX_DEVICES, Devices.ALL));
        }
    }

    private void constraint(Constraint constraint) {
        if (!Constraint.parse(constraint.text()).equals(Optional.of(constraint))) {
            error("placement.constraints", "found \"" + constraint.text() + "\"", Constraint.WORDS);
        }
    }

    private void error(String key, String message, String expected) {
        findings.add(new Finding(true, path + key, message, expected, ""));
    }
}
