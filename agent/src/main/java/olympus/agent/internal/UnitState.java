package olympus.agent.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code systemctl show} says of one unit at one moment.
 *
 * @param unit the name that was asked for, which may be an alias
 * @param values by systemd's names of the properties; what it does not know is absent
 */
record UnitState(String unit, Map<String, String> values) {

    static final List<String> PROPERTIES =
            List.of(
                    "Id",
                    "LoadState",
                    "ActiveState",
                    "SubState",
                    "Type",
                    "RemainAfterExit",
                    "Restart",
                    "NRestarts",
                    "Result",
                    "ExecMainCode",
                    "ExecMainStatus",
                    "MainPID",
                    "InvocationID",
                    "ConditionResult",
                    "TriggeredBy",
                    "Job");

    private static final int SIGNAL_BASE = 128;

    UnitState {
        values = Map.copyOf(values);
    }

    /**
     * Blocks of {@code Name=value} lines with an empty line between them, in the order in which the
     * units were asked for. Empty when there are not as many as that.
     */
    static Optional<List<UnitState>> parse(List<String> units, String output) {
        var blocks = new ArrayList<Map<String, String>>();
        var block = new LinkedHashMap<String, String>();
        for (var line : output.lines().toList()) {
            var equals = line.indexOf('=');
            if (line.isBlank()) {
                close(blocks, block);
                block = new LinkedHashMap<>();
            } else if (equals > 0) {
                block.put(line.substring(0, equals), line.substring(equals + 1).strip());
            }
        }
        close(blocks, block);
        if (blocks.size() != units.size()) {
            return Optional.empty();
        }
        var states = new ArrayList<UnitState>(units.size());
        for (var i = 0; i < units.size(); i++) {
            states.add(new UnitState(units.get(i), blocks.get(i)));
        }
        return Optional.of(states);
    }

    private static void close(List<Map<String, String>> blocks, Map<String, String> block) {
        if (block.containsKey("ActiveState")) {
            blocks.add(block);
        }
    }

    String text(String property) {
        return values.getOrDefault(property, "");
    }

    private int number(String property) {
        try {
            return Integer.parseInt(text(property));
        } catch (NumberFormatException notTold) {
            return 0;
        }
    }

    /** One start of the unit: another id is another run; empty before the first since boot. */
    String invocation() {
        return text("InvocationID");
    }

    /** 0 when it has none, or none that systemd knows. */
    long mainProcess() {
        return number("MainPID");
    }

    /** Restarts by systemd itself since it was last started on order. */
    int ownRestarts() {
        return number("NRestarts");
    }

    /** It is started by something (timer, dependency, person) and ends when its work is done. */
    boolean endsByNature() {
        return text("Type").equals("oneshot") && text("RemainAfterExit").equals("no");
    }

    /** Something about it is about to be done. */
    boolean hasJob() {
        return number("Job") > 0;
    }

    /** As a shell would tell it; what systemd calls a success is 0, by whatever signal. */
    Optional<Integer> exit() {
        if (text("Result").equals("success")) {
            return Optional.of(0);
        }
        var status = number("ExecMainStatus");
        return switch (text("ExecMainCode")) {
            case "1", "exited" -> status == 0 ? Optional.empty() : Optional.of(status);
            case "2", "killed", "3", "dumped" -> Optional.of(SIGNAL_BASE + status);
            default -> Optional.empty();
        };
    }
}
