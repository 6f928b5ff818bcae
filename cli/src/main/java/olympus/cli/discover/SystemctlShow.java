package olympus.cli.discover;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.cli.discover.Inventory.Timer;
import olympus.cli.discover.Inventory.Unit;

/**
 * What {@code systemctl show} prints of many units: blocks of {@code Name=value} lines, an empty
 * line between units, times in UTC. A pure function of the text.
 */
final class SystemctlShow {

    /** What is asked for; names that an older systemd does not know are left out by it. */
    static final List<String> PROPERTIES =
            List.of(
                    "Id",
                    "Description",
                    "LoadState",
                    "ActiveState",
                    "SubState",
                    "UnitFileState",
                    "Type",
                    "Result",
                    "ExecMainStatus",
                    "NRestarts",
                    "StateChangeTimestamp",
                    "TriggeredBy",
                    "ConditionResult",
                    "ConditionTimestamp",
                    "Unit",
                    "LastTriggerUSec",
                    "NextElapseUSecRealtime");

    private static final Pattern TIME =
            Pattern.compile("\\w{3} (\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2})(?:\\.\\d+)? UTC");
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private SystemctlShow() {}

    static Inventory parse(String output) {
        var blocks = blocks(output);
        var byName = new HashMap<String, Map<String, String>>();
        blocks.forEach(block -> byName.put(text(block, "Id"), block));
        var units = new ArrayList<Unit>();
        var timers = new ArrayList<Timer>();
        for (var block : blocks) {
            var name = text(block, "Id");
            if (!text(block, "LoadState").equals("loaded")) {
                continue;
            }
            if (name.endsWith(".service")) {
                units.add(unit(block));
            } else if (name.endsWith(".timer")) {
                timers.add(timer(block, byName));
            }
        }
        return Inventory.ofUnits(units, timers);
    }

    private static List<Map<String, String>> blocks(String output) {
        var blocks = new ArrayList<Map<String, String>>();
        var block = new LinkedHashMap<String, String>();
        for (var line : output.lines().toList()) {
            if (line.isBlank()) {
                add(blocks, block);
                block = new LinkedHashMap<>();
                continue;
            }
            var equals = line.indexOf('=');
            if (equals > 0) {
                block.put(line.substring(0, equals), line.substring(equals + 1).strip());
            }
        }
        add(blocks, block);
        return blocks;
    }

    private static void add(List<Map<String, String>> blocks, Map<String, String> block) {
        if (block.containsKey("Id")) {
            blocks.add(Collections.unmodifiableMap(block));
        }
    }

    private static Unit unit(Map<String, String> block) {
        return new Unit(
                text(block, "Id"),
                text(block, "Description"),
                text(block, "ActiveState"),
                text(block, "SubState"),
                text(block, "UnitFileState"),
                text(block, "Type"),
                text(block, "Result"),
                number(block, "ExecMainStatus"),
                number(block, "NRestarts"),
                time(text(block, "StateChangeTimestamp")),
                Arrays.stream(text(block, "TriggeredBy").split(" "))
                        .filter(word -> !word.isEmpty())
                        .toList(),
                !skipped(block));
    }

    /** What was never tried has the result "no" too, but no time of it. */
    private static boolean skipped(Map<String, String> block) {
        return text(block, "ConditionResult").equals("no")
                && time(text(block, "ConditionTimestamp")).isPresent();
    }

    private static Timer timer(Map<String, String> block, Map<String, Map<String, String>> byName) {
        var starts = text(block, "Unit");
        var last = time(text(block, "LastTriggerUSec"));
        var service = Optional.ofNullable(byName.get(starts));
        return new Timer(
                text(block, "Id"),
                starts,
                text(block, "ActiveState"),
                text(block, "UnitFileState"),
                last,
                time(text(block, "NextElapseUSecRealtime")),
                last.flatMap(ran -> service.map(unit -> text(unit, "Result"))));
    }

    private static String text(Map<String, String> block, String name) {
        return block.getOrDefault(name, "");
    }

    private static int number(Map<String, String> block, String name) {
        var text = text(block, name);
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    /** Empty for what never was, which systemd prints as nothing, {@code n/a} or 0. */
    private static Optional<Instant> time(String text) {
        var matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    LocalDateTime.parse(matcher.group(1), LOCAL).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
