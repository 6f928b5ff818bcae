package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.ProbeSetting;
import olympus.model.stack.Settings.ProbeTimings;

/** The keys of {@code probe}. What each may be, its default and its meaning. */
final class ProbeKeys {

    static final Key<Duration> INTERVAL =
            new Key<>(
                    "interval",
                    Shapes.duration(),
                    "10s",
                    "From the start of one probe to the start of the next.",
                    "interval: 5s");

    static final Key<Duration> TIMEOUT =
            new Key<>(
                    "timeout",
                    Shapes.duration(),
                    "5s, or the interval if that is shorter",
                    "After which a probe counts as failed.",
                    "timeout: 2s");

    static final Key<Integer> RETRIES =
            new Key<>(
                    "retries",
                    Shapes.whole(1, 1_000),
                    "3",
                    "Consecutive failures that make an instance unhealthy; it is then restarted.",
                    "retries: 3");

    static final Key<Duration> START_PERIOD =
            new Key<>(
                    "start_period",
                    Shapes.duration(),
                    "0s",
                    "After a start, failures within this time do not count; a success ends it.",
                    "start_period: 30s");

    static final Key<Located<Probe.Target>> HTTP =
            new Key<>(
                    "http",
                    Shapes.located(Conversions.http()),
                    "none",
                    "GET this address; passes on status 200 to 399. `:8080/health` means `http://127.0.0.1:8080/health`.",
                    "http: \":8080/health\"");

    static final Key<Located<Probe.Target>> TCP =
            new Key<>(
                    "tcp",
                    Shapes.located(Conversions.tcp()),
                    "none",
                    "Passes when a connection opens. `:5432` means `127.0.0.1:5432`.",
                    "tcp: \":5432\"");

    static final Key<Located<Probe.Target>> PROBE_COMMAND =
            new Key<>(
                    "command",
                    Shapes.located(
                            Shapes.refine(
                                    Conversions.command(),
                                    (words, place, problems) ->
                                            Optional.<Probe.Target>of(
                                                    new Probe.Target.Command(words)))),
                    "none",
                    "Passes when it ends with 0. Runs with the instance's user, directory and environment. A text is run by `/bin/sh -c`.",
                    "command: [pg_isready, -q]");

    static final KeyTable PROBE =
            KeyTable.of(
                            "a probe",
                            "probe",
                            "How Olympus finds out whether a running instance does its work. Exactly one of `http`, `tcp` and `command`.",
                            HTTP,
                            TCP,
                            PROBE_COMMAND,
                            INTERVAL,
                            TIMEOUT,
                            RETRIES,
                            START_PERIOD)
                    .refusing(
                            Map.of(
                                    "test",
                                    "in Olympus it is http, tcp or command",
                                    "disable",
                                    "leave the probe out"));

    static final KeyTable PROBE_DEFAULTS =
            KeyTable.of(
                    "the probe defaults",
                    "defaults.probe",
                    "Timings for probes that do not give their own.",
                    INTERVAL,
                    TIMEOUT,
                    RETRIES,
                    START_PERIOD);

    private ProbeKeys() {}

    static ProbeTimings timings(Fields fields) {
        return new ProbeTimings(
                fields.get(INTERVAL),
                fields.get(TIMEOUT),
                fields.get(RETRIES),
                fields.get(START_PERIOD));
    }

    static Optional<ProbeSetting> probe(Fields fields, Place place, ProblemLog problems) {
        var written = List.of(HTTP, TCP, PROBE_COMMAND).stream().filter(fields::has).toList();
        if (written.size() != 1) {
            problems.error(
                    place,
                    written.isEmpty() ? "the probe asks nothing" : "the probe asks several things",
                    "exactly one of http, tcp, command");
            return Optional.empty();
        }
        return fields.get(written.getFirst())
                .map(target -> new ProbeSetting(List.of(target), timings(fields)));
    }
}
