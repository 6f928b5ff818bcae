package olympus.agent.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import olympus.model.state.InstanceObservation.State;

/**
 * What of an instance must outlive the agent: kept in the file {@code instance} of its folder.
 *
 * @param runToken of the last run that was started, empty before the first
 * @param lastRun number of the last run, 0 before the first
 * @param outcome {@code COMPLETED} or {@code GIVEN_UP} when that run token is finished with, else
 *     empty
 * @param reason the sentence for the outcome
 * @param bootId of the kernel the record was written under
 */
record InstanceRecord(
        String runToken,
        long lastRun,
        int restarts,
        Optional<State> outcome,
        String reason,
        Optional<Integer> lastExit,
        String bootId) {

    static InstanceRecord fresh(String bootId) {
        return new InstanceRecord("", 0, 0, Optional.empty(), "", Optional.empty(), bootId);
    }

    SequencedMap<String, String> values() {
        var values = new LinkedHashMap<String, String>();
        values.put("format", "1");
        values.put("run_token", runToken);
        values.put("last_run", Long.toString(lastRun));
        values.put("restarts", Integer.toString(restarts));
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
}
