package olympus.agent.internal;

import java.util.Optional;

/** What the state of a unit means for the instance that it is. Pure. */
sealed interface UnitCondition {

    /** It does its work; {@code pid} is 0 when it has no main process. */
    record Up(long pid) implements UnitCondition {}

    /** On its way from one state to another, by systemd's own doing or on somebody's order. */
    record Moving(String what) implements UnitCondition {}

    /**
     * @param exit as of a process, empty when it is not known
     */
    record Down(Optional<Integer> exit, String detail) implements UnitCondition {}

    /** It cannot run as it is; {@code why} says what would mend it. */
    record Unusable(String why) implements UnitCondition {}

    static UnitCondition of(UnitState state) {
        return switch (state.text("ActiveState")) {
            case "active", "reloading", "refreshing" -> new Up(state.mainProcess());
            case "activating" -> new Moving(activating(state));
            case "deactivating" ->
                    new Moving("systemd is stopping it (%s)".formatted(state.text("SubState")));
            default ->
                    unusable(state)
                            .<UnitCondition>map(Unusable::new)
                            .orElseGet(() ->
                                    state.hasJob()
                                            ? new Moving("systemd has a job for it")
                                            : new Down(state.exit(), detail(state)));
        };
    }

    private static String activating(UnitState state) {
        return state.text("SubState").startsWith("auto-restart")
                ? "systemd restarts it itself (Restart=%s, %d so far)"
                        .formatted(state.text("Restart"), state.ownRestarts())
                : "systemd is starting it (%s)".formatted(state.text("SubState"));
    }

    /** Why it cannot be started, if systemd knows already. */
    static Optional<String> unusable(UnitState state) {
        return switch (state.text("LoadState")) {
            case "not-found" ->
                    Optional.of(
                            "there is no unit %s on this machine; \"systemctl list-unit-files\" tells which there are"
                                    .formatted(state.unit()));
            case "masked" ->
                    Optional.of(
                            "the unit %s is masked: nothing can start it before \"systemctl unmask %s\""
                                    .formatted(state.unit(), state.unit()));
            case "bad-setting", "error" ->
                    Optional.of(
                            "systemd cannot read the unit file of %s; \"systemd-analyze verify %s\" tells why"
                                    .formatted(state.unit(), state.unit()));
            default -> Optional.empty();
        };
    }

    /** Why it is not for Olympus to keep running, if so. */
    static Optional<String> unmanageable(UnitState state) {
        if (!state.endsByNature()) {
            return Optional.empty();
        }
        var by = state.text("TriggeredBy");
        return Optional.of(
                "the unit %s does one piece of work and ends (Type=oneshot)%s: there is nothing to keep running; watch it in a stack with mode: observe"
                        .formatted(state.unit(), by.isEmpty() ? "" : ", started by " + by));
    }

    /** Why a unit of this name is never kept running, if so. */
    static Optional<String> unmanageable(String unit) {
        var suffix = unit.substring(unit.lastIndexOf('.') + 1);
        if (isTemplate(unit)) {
            return Optional.of(
                    "%s is a template; name one unit made from it, such as %s1.%s"
                            .formatted(unit, unit.substring(0, unit.lastIndexOf('@') + 1), suffix));
        }
        return suffix.equals("service")
                ? Optional.empty()
                : Optional.of(
                        "%s is a %s, which has no process to keep running; name a service, such as %s, or watch it in a stack with mode: observe"
                                .formatted(
                                        unit,
                                        suffix,
                                        unit.substring(0, unit.length() - suffix.length())
                                                + "service"));
    }

    static boolean isTemplate(String unit) {
        return unit.lastIndexOf('@') + 1 == unit.lastIndexOf('.') && unit.indexOf('@') >= 0;
    }

    private static String detail(UnitState state) {
        return switch (state.text("Result")) {
            case "", "success" -> "";
            case "oom-kill" -> "it ran out of memory";
            case "start-limit-hit" -> "systemd gave it up: it was started too often (StartLimit…=)";
            case "timeout" -> "it did not start or stop within the time that its unit allows";
            case "watchdog" -> "its watchdog was not fed";
            default -> "systemd calls it %s".formatted(state.text("Result"));
        };
    }
}
