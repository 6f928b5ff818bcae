package olympus.agent.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.engine.RestartRule;

/**
 * What is known of the container of an instance, beyond what its engine knows.
 *
 * @param container its id; empty before there was one
 * @param fingerprint of the definition it was made by, or stood for when it was taken over
 * @param startedAt of the run, as the engine tells it: another time is another run
 * @param live whether the run was going on when this was written
 * @param managed whether it is started and ended from here; else it is only watched, or released
 * @param leftovers containers it has replaced that are still to be removed
 * @param networks of the engine that it was on, by name, and were not made by others
 * @param heldRule the engine's own restart policy that is to be put back when it is not managed any
 *     more; empty while nothing was taken from it
 */
record ContainerRecord(
        String container,
        String fingerprint,
        long run,
        String runToken,
        Instant startedAt,
        boolean live,
        boolean managed,
        List<String> leftovers,
        List<String> networks,
        Optional<RestartRule> heldRule) {

    static final ContainerRecord NONE =
            new ContainerRecord(
                    "",
                    "",
                    0,
                    "",
                    Instant.EPOCH,
                    false,
                    false,
                    List.of(),
                    List.of(),
                    Optional.empty());

    ContainerRecord {
        leftovers = List.copyOf(leftovers);
        networks = List.copyOf(networks);
    }

    boolean isKnown() {
        return !container.isEmpty();
    }

    /** Another container has taken nothing over of the rule of the one before. */
    ContainerRecord of(String id, String madeBy) {
        return new ContainerRecord(
                id,
                madeBy,
                run,
                runToken,
                startedAt,
                live,
                managed,
                leftovers,
                networks,
                heldRule.filter(held -> id.equals(container)));
    }

    ContainerRecord running(long number, String token, Instant since) {
        return new ContainerRecord(
                container,
                fingerprint,
                number,
                token,
                since,
                true,
                managed,
                leftovers,
                networks,
                heldRule);
    }

    ContainerRecord withToken(String token) {
        return new ContainerRecord(
                container,
                fingerprint,
                run,
                token,
                startedAt,
                live,
                managed,
                leftovers,
                networks,
                heldRule);
    }

    /** Numbers of runs only grow. */
    ContainerRecord after(long lastRun) {
        return new ContainerRecord(
                container,
                fingerprint,
                Math.max(run, lastRun),
                runToken,
                startedAt,
                live,
                managed,
                leftovers,
                networks,
                heldRule);
    }

    ContainerRecord ended() {
        return new ContainerRecord(
                container,
                fingerprint,
                run,
                runToken,
                startedAt,
                false,
                managed,
                leftovers,
                networks,
                heldRule);
    }

    ContainerRecord managed(boolean isManaged, List<String> own) {
        return new ContainerRecord(
                container,
                fingerprint,
                run,
                runToken,
                startedAt,
                live,
                isManaged,
                leftovers,
                own,
                heldRule);
    }

    ContainerRecord withLeftovers(List<String> ids) {
        return new ContainerRecord(
                container,
                fingerprint,
                run,
                runToken,
                startedAt,
                live,
                managed,
                ids,
                networks,
                heldRule);
    }

    ContainerRecord holding(Optional<RestartRule> rule) {
        return new ContainerRecord(
                container,
                fingerprint,
                run,
                runToken,
                startedAt,
                live,
                managed,
                leftovers,
                networks,
                rule);
    }

    void write(Path file) {
        var values = new LinkedHashMap<String, String>();
        values.put("format", "1");
        values.put("container", container);
        values.put("fingerprint", fingerprint);
        values.put("run", Long.toString(run));
        values.put("run_token", runToken);
        values.put("started_at", startedAt.toString());
        values.put("live", Boolean.toString(live));
        values.put("managed", Boolean.toString(managed));
        values.put("leftovers", String.join(" ", leftovers));
        values.put("networks", String.join(" ", networks));
        values.put(
                "held_rule", heldRule.map(rule -> rule.word() + ":" + rule.maximum()).orElse(""));
        RecordFile.write(file, values);
    }

    /** Empty when there is none, or one that is damaged. */
    static Optional<ContainerRecord> read(Path file) {
        return RecordFile.values(file).flatMap(ContainerRecord::of);
    }

    private static Optional<ContainerRecord> of(Map<String, String> values) {
        try {
            return Optional.of(
                    new ContainerRecord(
                            values.getOrDefault("container", ""),
                            values.getOrDefault("fingerprint", ""),
                            Long.parseLong(values.getOrDefault("run", "")),
                            values.getOrDefault("run_token", ""),
                            Instant.parse(values.getOrDefault("started_at", "")),
                            Boolean.parseBoolean(values.getOrDefault("live", "")),
                            Boolean.parseBoolean(values.getOrDefault("managed", "")),
                            words(values.getOrDefault("leftovers", "")),
                            words(values.getOrDefault("networks", "")),
                            rule(values.getOrDefault("held_rule", ""))));
        } catch (IllegalArgumentException | java.time.DateTimeException notSuchARecord) {
            return Optional.empty();
        }
    }

    private static Optional<RestartRule> rule(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(RestartRule.of(text));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
    }
}
