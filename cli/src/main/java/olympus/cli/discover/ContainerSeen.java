package olympus.cli.discover;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import olympus.cli.discover.Inventory.Compose;
import olympus.cli.discover.Inventory.Container;
import olympus.cli.discover.Inventory.Health;
import olympus.cli.discover.Inventory.PublishedPort;
import olympus.engine.ContainerDetails;
import olympus.foundation.Mask;
import olympus.model.json.EnumWords;

/** A container as the engine describes it, turned into what a person wants to know of it. */
final class ContainerSeen {

    private static final String LABEL = "com.docker.compose.";
    private static final int LONGEST_OUTPUT = 120;

    private ContainerSeen() {}

    static Container of(ContainerDetails details) {
        var state = details.state();
        return new Container(
                details.id(),
                details.name(),
                details.image(),
                state.word(),
                state.health().map(health -> health(health, state.startedAt())),
                details.restarts(),
                details.restartPolicy(),
                state.running() && !state.restarting()
                        ? Optional.empty()
                        : Optional.of(state.exitCode()),
                known(state.startedAt()),
                known(state.finishedAt()),
                compose(details),
                details.ports().stream()
                        .filter(port -> port.hostPort() > 0)
                        .map(port ->
                                new PublishedPort(
                                        port.hostAddress().isEmpty()
                                                ? "0.0.0.0"
                                                : port.hostAddress(),
                                        port.hostPort(),
                                        port.protocol(),
                                        port.target()))
                        .toList());
    }

    private static Optional<Instant> known(Instant instant) {
        return Optional.of(instant).filter(at -> at.isAfter(Instant.EPOCH));
    }

    private static Optional<Compose> compose(ContainerDetails details) {
        var labels = details.labels();
        var project = labels.getOrDefault(LABEL + "project", "");
        if (project.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Compose(
                        project,
                        labels.getOrDefault(LABEL + "service", details.name()),
                        labels.getOrDefault(LABEL + "project.working_dir", ""),
                        Arrays.stream(
                                        labels.getOrDefault(LABEL + "project.config_files", "")
                                                .split(","))
                                .filter(file -> !file.isBlank())
                                .toList()));
    }

    private static Health health(ContainerDetails.Health health, Instant started) {
        var unhealthy = health.status() == ContainerDetails.Health.Status.UNHEALTHY;
        var failed = failedInARow(health.log());
        return new Health(
                EnumWords.of(health.status()),
                unhealthy
                        ? since(health, failed).map(at -> at.isBefore(started) ? started : at)
                        : Optional.empty(),
                !unhealthy || health.failures() <= failed.size(),
                firstLine(health.output()));
    }

    /** The failures at the end of the log. */
    private static List<ContainerDetails.Health.Check> failedInARow(
            List<ContainerDetails.Health.Check> log) {
        var first = log.size();
        while (first > 0 && log.get(first - 1).exitCode() != 0) {
            first--;
        }
        return log.subList(first, log.size());
    }

    /** Engines keep five checks only: of older failures the distance of the known ones is taken. */
    private static Optional<Instant> since(
            ContainerDetails.Health health, List<ContainerDetails.Health.Check> failed) {
        if (failed.isEmpty()) {
            return Optional.empty();
        }
        var first = failed.getFirst().end();
        var before = health.failures() - failed.size();
        if (before <= 0 || failed.size() < 2) {
            return Optional.of(first);
        }
        var distance =
                Duration.between(first, failed.getLast().end()).dividedBy(failed.size() - 1L);
        return Optional.of(first.minus(distance.multipliedBy(before)));
    }

    private static String firstLine(String output) {
        var line = Mask.of(output.lines().findFirst().orElse("").strip());
        return line.length() <= LONGEST_OUTPUT ? line : line.substring(0, LONGEST_OUTPUT - 1) + "…";
    }
}
