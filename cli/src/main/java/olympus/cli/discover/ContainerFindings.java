package olympus.cli.discover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import olympus.cli.discover.Finding.Kind;
import olympus.cli.discover.Finding.Severity;
import olympus.cli.discover.Inventory.Container;

/** What is wrong with containers. */
final class ContainerFindings {

    /** So many restarts by the engine, the last of them so recently, are a crash loop. */
    static final int LOOP_RESTARTS = 3;

    static final Duration LOOP_WINDOW = Duration.ofMinutes(10);

    /** Ended well, or by the signals with which an engine stops a container. */
    private static final Set<Integer> STOPPED = Set.of(0, 137, 143);

    private ContainerFindings() {}

    static List<Finding> of(Inventory inventory, Instant now) {
        var found = new ArrayList<Finding>();
        for (var container : inventory.containers()) {
            unhealthy(container).ifPresent(found::add);
            if (loops(container, now)) {
                found.add(loop(container));
            } else {
                down(container).ifPresent(found::add);
            }
        }
        noRestart(inventory.containers()).ifPresent(found::add);
        latest(inventory.containers()).ifPresent(found::add);
        return found;
    }

    private static Optional<Finding> unhealthy(Container container) {
        if (!container.state().equals("running")) {
            return Optional.empty();
        }
        return container
                .health()
                .filter(health -> health.status().equals("unhealthy"))
                .map(health ->
                        Finding.of(
                                        Severity.BROKEN,
                                        Kind.CONTAINER_UNHEALTHY,
                                        container.name(),
                                        "%s is unhealthy although it is \"running\"%s"
                                                .formatted(
                                                        container.name(),
                                                        health.lastOutput().isEmpty()
                                                                ? ""
                                                                : " (its check says: %s)"
                                                                        .formatted(
                                                                                health
                                                                                        .lastOutput())),
                                        "no engine restarts a container for that",
                                        "docker logs --tail 50 " + container.name())
                                .since(health.unhealthySince()));
    }

    private static boolean loops(Container container, Instant now) {
        return container.state().equals("restarting")
                || (container.state().equals("running")
                        && container.restarts() >= LOOP_RESTARTS
                        && container
                                .started()
                                .filter(at -> at.isAfter(now.minus(LOOP_WINDOW)))
                                .isPresent());
    }

    private static Finding loop(Container container) {
        var exit =
                container
                        .exitCode()
                        .filter(code -> code != 0)
                        .map(", last exit code %d"::formatted);
        return Finding.of(
                Severity.BROKEN,
                Kind.CONTAINER_CRASH_LOOP,
                container.name(),
                "%s crashes again and again: %s%s"
                        .formatted(
                                container.name(),
                                Judgement.count(container.restarts(), "restart", "restarts"),
                                exit.orElse("")),
                "it starts, fails and does no work in between",
                "docker logs --tail 50 " + container.name());
    }

    private static Optional<Finding> down(Container container) {
        var code = container.exitCode().orElse(0);
        if (container.state().equals("dead")) {
            return Optional.of(
                    stopped(
                            container,
                            "%s is dead: the engine could not remove it"
                                    .formatted(container.name()),
                            "what it did is not done",
                            "docker rm " + container.name()));
        }
        if (!container.state().equals("exited")) {
            return Optional.empty();
        }
        var policy = container.restartPolicy();
        if (policy.equals("always") || policy.equals("unless-stopped")) {
            return Optional.of(stoppedByHand(container, code));
        }
        if (code == 0) {
            return Optional.empty();
        }
        return Optional.of(
                stopped(
                        container,
                        policy.equals("on-failure")
                                ? "%s was given up by the engine after %s, exit code %d"
                                        .formatted(
                                                container.name(),
                                                Judgement.count(
                                                        container.restarts(),
                                                        "restart",
                                                        "restarts"),
                                                code)
                                : "%s has ended with exit code %d and nothing starts it again"
                                        .formatted(container.name(), code),
                        "what it did is not done",
                        "docker logs --tail 50 " + container.name()));
    }

    /** The engine restarts what ends by itself: so a person stopped it, or it could not start. */
    private static Finding stoppedByHand(Container container, int code) {
        var byHand = STOPPED.contains(code);
        return Finding.of(
                        byHand ? Severity.AT_RISK : Severity.BROKEN,
                        Kind.CONTAINER_DOWN,
                        container.name(),
                        "%s has ended with exit code %d although its restart policy is %s"
                                .formatted(container.name(), code, container.restartPolicy()),
                        byHand
                                ? "probably somebody stopped it, and what it did is not done"
                                : "the engine could not start it again, and what it did is not done",
                        "docker start %s, or docker rm it if it is not wanted"
                                .formatted(container.name()))
                .since(container.finished());
    }

    private static Finding stopped(Container container, String what, String why, String next) {
        return Finding.of(Severity.BROKEN, Kind.CONTAINER_DOWN, container.name(), what, why, next)
                .since(container.finished());
    }

    private static Optional<Finding> noRestart(List<Container> containers) {
        var names =
                names(
                        containers,
                        container ->
                                container.state().equals("running")
                                        && (container.restartPolicy().equals("no")
                                                || container.restartPolicy().equals("on-failure")));
        return grouped(
                names,
                Severity.AT_RISK,
                Kind.NO_RESTART_AT_BOOT,
                "%s %s no restart policy that outlives a reboot: %s"
                        .formatted(
                                Judgement.count(names.size(), "container", "containers"),
                                names.size() == 1 ? "has" : "have",
                                Judgement.names(names)),
                "after the next reboot it stays away until somebody notices",
                "docker update --restart unless-stopped NAME, and restart: unless-stopped in its compose file");
    }

    private static Optional<Finding> latest(List<Container> containers) {
        var names =
                names(
                        containers,
                        container ->
                                container.state().equals("running") && isLatest(container.image()));
        return grouped(
                names,
                Severity.ADVICE,
                Kind.IMAGE_LATEST,
                "%s %s the image tag latest: %s"
                        .formatted(
                                Judgement.count(names.size(), "container", "containers"),
                                names.size() == 1 ? "follows" : "follow",
                                Judgement.names(names)),
                "the next pull may bring a new major version, and nobody can tell what ran before",
                "name a version or digest in the compose file");
    }

    /** No tag means latest; a digest says exactly which image. */
    static boolean isLatest(String image) {
        if (image.contains("@") || image.startsWith("sha256:")) {
            return false;
        }
        var name = image.substring(image.lastIndexOf('/') + 1);
        return !name.contains(":") || name.endsWith(":latest");
    }

    private static List<String> names(List<Container> containers, Predicate<Container> wanted) {
        return containers.stream().filter(wanted).map(Container::name).sorted().toList();
    }

    private static Optional<Finding> grouped(
            List<String> names,
            Severity severity,
            Kind kind,
            String what,
            String why,
            String next) {
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Finding(severity, kind, names, what, Optional.empty(), why, next));
    }
}
