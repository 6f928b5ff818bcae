package olympus.agent.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import olympus.agent.internal.SystemdException.Kind;

/**
 * systemd, as it is spoken to by {@code systemctl}. Writes no unit file, enables and disables
 * nothing. Blocks; any thread. Limits: {@link #SHOW_WITHIN} and {@link #ACT_WITHIN} per call,
 * {@link #UNITS_PER_CALL} units asked for at a time.
 */
final class Systemctl {

    static final Duration SHOW_WITHIN = Duration.ofSeconds(5);
    static final Duration ACT_WITHIN = Duration.ofSeconds(30);
    static final int UNITS_PER_CALL = 200;

    private static final int NO_PERMISSION = 4;
    private static final int NOT_INSTALLED = 5;
    private static final int SAID = 300;

    private final String program;

    Systemctl(String program) {
        this.program = program;
    }

    /** What is done to a unit. Answered when systemd has taken it on, not when it is done. */
    enum Verb {
        START,
        STOP,
        RESTART,
        /** Takes back that systemd gave it up. */
        RESET_FAILED;

        private List<String> words() {
            return this == RESET_FAILED
                    ? List.of("reset-failed")
                    : List.of(name().toLowerCase(Locale.ROOT), "--no-block");
        }
    }

    /** In the order of the names. */
    List<UnitState> show(List<String> units) throws SystemdException, InterruptedException {
        var states = new ArrayList<UnitState>(units.size());
        for (var from = 0; from < units.size(); from += UNITS_PER_CALL) {
            states.addAll(
                    showSome(
                            units.subList(from, Math.min(units.size(), from + UNITS_PER_CALL)),
                            UnitState.PROPERTIES));
        }
        return states;
    }

    /** What systemd counts for one unit. */
    UnitState use(String unit) throws SystemdException, InterruptedException {
        return showSome(List.of(unit), UnitUse.PROPERTIES).getFirst();
    }

    private List<UnitState> showSome(List<String> units, List<String> properties)
            throws SystemdException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(program);
        command.add("show");
        command.add("--no-pager");
        command.add("--property=" + String.join(",", properties));
        command.add("--");
        command.addAll(units);
        var answer = run(command, SHOW_WITHIN);
        Optional<List<UnitState>> states =
                answer.exit() == 0 ? UnitState.parse(units, answer.output()) : Optional.empty();
        return states.orElseThrow(() ->
                new SystemdException(
                        Kind.UNANSWERED,
                        "systemctl show of %d units ended with %d: %s"
                                .formatted(units.size(), answer.exit(), said(answer))));
    }

    void act(Verb verb, String unit) throws SystemdException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(program);
        command.addAll(verb.words());
        command.add("--no-ask-password");
        command.add("--");
        command.add(unit);
        var answer = run(command, ACT_WITHIN);
        if (answer.exit() != 0) {
            throw new SystemdException(
                    kind(answer),
                    "systemctl %s %s: %s".formatted(verb.words().getFirst(), unit, said(answer)));
        }
    }

    private static Kind kind(Tool.Answer answer) {
        var text = answer.output();
        if (text.contains("connect to bus") || text.contains("booted with systemd")) {
            return Kind.UNANSWERED;
        }
        var isFinal =
                answer.exit() == NO_PERMISSION
                        || answer.exit() == NOT_INSTALLED
                        || text.contains("is masked")
                        || text.contains("Access denied")
                        || text.contains("authentication required")
                        || text.contains("may be requested by dependency only");
        return isFinal ? Kind.NEVER : Kind.REFUSED;
    }

    private static String said(Tool.Answer answer) {
        var text = String.join(" ", answer.output().lines().limit(3).toList()).strip();
        return text.isEmpty()
                ? "no reason given"
                : text.substring(0, Math.min(SAID, text.length()));
    }

    private static Tool.Answer run(List<String> command, Duration within)
            throws SystemdException, InterruptedException {
        try {
            return Tool.run(command, within);
        } catch (IOException e) {
            throw new SystemdException(Kind.UNANSWERED, String.valueOf(e.getMessage()));
        }
    }
}
