package olympus.agent.internal;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of the unit of an instance, beyond what systemd knows.
 *
 * @param unit its name; empty before there was one
 * @param invocation of the run, as systemd tells it: another one is another run
 * @param live whether the run was going on when this was written
 */
record UnitRecord(String unit, String invocation, long run, String runToken, boolean live) {

    static final UnitRecord NONE = new UnitRecord("", "", 0, "", false);

    UnitRecord running(String name, String id, long number, String token) {
        return new UnitRecord(name, id, number, token, true);
    }

    UnitRecord ended() {
        return new UnitRecord(unit, invocation, run, runToken, false);
    }

    UnitRecord withToken(String token) {
        return new UnitRecord(unit, invocation, run, token, live);
    }

    /** Numbers of runs only grow. */
    UnitRecord after(long lastRun) {
        return new UnitRecord(unit, invocation, Math.max(run, lastRun), runToken, live);
    }

    void write(Path file) {
        var values = new LinkedHashMap<String, String>();
        values.put("format", "1");
        values.put("unit", unit);
        values.put("invocation", invocation);
        values.put("run", Long.toString(run));
        values.put("run_token", runToken);
        values.put("live", Boolean.toString(live));
        RecordFile.write(file, values);
    }

    /** Empty when there is none, or one that is damaged. */
    static Optional<UnitRecord> read(Path file) {
        return RecordFile.values(file).flatMap(UnitRecord::of);
    }

    private static Optional<UnitRecord> of(Map<String, String> values) {
        try {
            return Optional.of(
                    new UnitRecord(
                            values.getOrDefault("unit", ""),
                            values.getOrDefault("invocation", ""),
                            Long.parseLong(values.getOrDefault("run", "")),
                            values.getOrDefault("run_token", ""),
                            Boolean.parseBoolean(values.getOrDefault("live", ""))));
        } catch (NumberFormatException notSuchARecord) {
            return Optional.empty();
        }
    }
}
