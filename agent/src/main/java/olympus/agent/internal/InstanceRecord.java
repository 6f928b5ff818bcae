package olympus.agent.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import olympus.model.state.InstanceObservation.State;

/**
 * What of an instance must outlive the agent: kept in the file {@code instance} of its folder.
 *
 * @param runToken of the last run that was started, empty before the first
 * @param lastRun number of the last run, 0 before the first
 * @param recent what counts against the recovery policy
 * @param outcome {@code COMPLETED} or {@code GIVEN_UP} when that run token is finished with, else
 *     empty
 * @param reason the sentence for the outcome, or for the restart that is being waited for
 * @param bootId of the kernel the record was written under
 */
record InstanceRecord(
        String runToken,
        long lastRun,
        int restarts,
        Recent recent,
        Optional<State> outcome,
        String reason,
        Optional<Integer> lastExit,
        String bootId) {

    /**
     * Automatic restarts by the time since boot, which goes on while no agent is there and does not
     * follow the wall clock; worth nothing under another boot id.
     *
     * @param restarts when each restart within the recovery window was decided
     * @param countedRun the last run whose end is among them, 0 for none
     * @param due when the back-off after that run is over
     */
    record Recent(List<Duration> restarts, long countedRun, Duration due) {

        static final Recent NONE = new Recent(List.of(), 0, Duration.ZERO);

        Recent {
            restarts = List.copyOf(restarts);
        }
    }

    static InstanceRecord fresh(String bootId) {
        return new InstanceRecord(
                "", 0, 0, Recent.NONE, Optional.empty(), "", Optional.empty(), bootId);
    }

    /** The same with a run found on disk taken into account. */
    InstanceRecord withLastRun(long found) {
        return new InstanceRecord(
                runToken,
                Math.max(lastRun, found),
                restarts,
                recent,
                outcome,
                reason,
                lastExit,
                bootId);
    }

    /** Empty when there is none, or one that is damaged. */
    static Optional<InstanceRecord> read(Path file) {
        return RecordFile.values(file).flatMap(InstanceRecord::of);
    }

    /** An outcome must outlive also a power failure: what has completed is not to be run again. */
    void write(Path file) {
        if (outcome.isPresent()) {
            RecordFile.writeForced(file, values());
        } else {
            RecordFile.write(file, values());
        }
    }

    SequencedMap<String, String> values() {
        var values = new LinkedHashMap<String, String>();
        values.put("format", "1");
        values.put("run_token", runToken);
        values.put("last_run", Long.toString(lastRun));
        values.put("restarts", Integer.toString(restarts));
        values.put(
                "restarts_at",
                recent.restarts().stream()
                        .map(at -> Long.toString(at.toMillis()))
                        .collect(Collectors.joining(" ")));
        values.put("counted_run", Long.toString(recent.countedRun()));
        values.put("due", Long.toString(recent.due().toMillis()));
        values.put("outcome", outcome.map(State::name).orElse(""));
        values.put("reason", reason);
        values.put("last_exit", lastExit.map(String::valueOf).orElse(""));
        values.put("boot_id", bootId);
        return values;
    }

    /** Empty when the values are not such a record. */
    static Optional<InstanceRecord> of(Map<String, String> values) {
        try {
            var outcome = values.getOrDefault("outcome", "");
            var exit = values.getOrDefault("last_exit", "");
            return Optional.of(
                    new InstanceRecord(
                            values.getOrDefault("run_token", ""),
                            Long.parseLong(values.getOrDefault("last_run", "")),
                            Integer.parseInt(values.getOrDefault("restarts", "")),
                            recent(values),
                            outcome.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(State.valueOf(outcome)),
                            values.getOrDefault("reason", ""),
                            exit.isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(exit)),
                            values.getOrDefault("boot_id", "")));
        } catch (IllegalArgumentException notSuchARecord) {
            return Optional.empty();
        }
    }

    private static Recent recent(Map<String, String> values) {
        return new Recent(
                durations(values.getOrDefault("restarts_at", "")),
                Long.parseLong(values.getOrDefault("counted_run", "0")),
                Duration.ofMillis(Long.parseLong(values.getOrDefault("due", "0"))));
    }

    private static List<Duration> durations(String millis) {
        return millis.isEmpty()
                ? List.of()
                : Arrays.stream(millis.split(" ", -1))
                        .map(text -> Duration.ofMillis(Long.parseLong(text)))
                        .toList();
    }
}
