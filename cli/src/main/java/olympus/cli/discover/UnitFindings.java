package olympus.cli.discover;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import olympus.cli.discover.Finding.Kind;
import olympus.cli.discover.Finding.Severity;
import olympus.cli.discover.Inventory.Timer;
import olympus.cli.discover.Inventory.Unit;

/** What is wrong with systemd's services and timers. */
final class UnitFindings {

    static final int FLAPPING_RESTARTS = 3;
    static final Duration FLAPPING_WINDOW = Duration.ofHours(1);

    /** Types that stay when they are up. */
    private static final Set<String> LASTING =
            Set.of("simple", "exec", "forking", "notify", "notify-reload");

    private UnitFindings() {}

    static List<Finding> of(Inventory inventory, Instant now) {
        var found = new ArrayList<Finding>();
        var started = inventory.timers().stream().map(Timer::starts).collect(Collectors.toSet());
        for (var unit : inventory.units()) {
            unit(unit, started.contains(unit.name()), now).ifPresent(found::add);
        }
        for (var timer : inventory.timers()) {
            timer(timer).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Finding> unit(Unit unit, boolean timed, Instant now) {
        if (unit.active().equals("failed")) {
            return Optional.of(failed(unit, timed));
        }
        if (flaps(unit, now)) {
            return Optional.of(
                    Finding.of(
                                    Severity.BROKEN,
                                    Kind.UNIT_FLAPPING,
                                    unit.name(),
                                    "%s is restarted again and again: %s by systemd"
                                            .formatted(
                                                    unit.name(),
                                                    Judgement.count(
                                                            unit.restarts(),
                                                            "restart",
                                                            "restarts")),
                                    "it fails soon after each start",
                                    "journalctl -u %s -n 50".formatted(unit.name()))
                            .since(unit.since()));
        }
        return idle(unit)
                ? Optional.of(
                        Finding.of(
                                        Severity.AT_RISK,
                                        Kind.UNIT_DOWN,
                                        unit.name(),
                                        "%s is enabled but does not run".formatted(unit.name()),
                                        "it should be there since the last boot and is not",
                                        "systemctl status %s; systemctl disable it if it is not wanted"
                                                .formatted(unit.name()))
                                .since(unit.since()))
                : Optional.empty();
    }

    private static Finding failed(Unit unit, boolean timed) {
        var how =
                unit.result().equals("exit-code")
                        ? "exit code " + unit.exitStatus()
                        : unit.result();
        return Finding.of(
                        Severity.BROKEN,
                        timed ? Kind.TIMER_FAILED : Kind.UNIT_FAILED,
                        unit.name(),
                        "%s has failed (%s)".formatted(unit.name(), how),
                        timed
                                ? "a timer runs it, and nobody sees that its last run did not succeed"
                                : "systemd has given it up and does not start it again",
                        "journalctl -u %s -n 50".formatted(unit.name()))
                .since(unit.since());
    }

    private static boolean flaps(Unit unit, Instant now) {
        if (unit.restarts() < FLAPPING_RESTARTS) {
            return false;
        }
        var recently = unit.since().filter(at -> at.isAfter(now.minus(FLAPPING_WINDOW)));
        return unit.sub().equals("auto-restart")
                || (unit.active().equals("active") && recently.isPresent());
    }

    private static boolean idle(Unit unit) {
        return unit.active().equals("inactive")
                && unit.enabled().equals("enabled")
                && LASTING.contains(unit.type())
                && unit.triggeredBy().isEmpty()
                && unit.conditionsMet();
    }

    private static Optional<Finding> timer(Timer timer) {
        if (!timer.enabled().equals("enabled") || !timer.active().equals("inactive")) {
            return Optional.empty();
        }
        return Optional.of(
                Finding.of(
                        Severity.AT_RISK,
                        Kind.TIMER_DOWN,
                        timer.name(),
                        "%s is enabled but not started".formatted(timer.name()),
                        "%s does not run before the next boot".formatted(timer.starts()),
                        "systemctl start " + timer.name()));
    }
}
