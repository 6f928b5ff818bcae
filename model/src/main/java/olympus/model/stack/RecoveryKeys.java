package olympus.model.stack;

import java.time.Duration;
import java.util.Optional;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.BackoffSetting;
import olympus.model.stack.Settings.RecoverySetting;

/** The keys of {@code recovery}. What each may be, its default and its meaning. */
final class RecoveryKeys {

    static final int MAX_ATTEMPTS = 1_000_000;

    static final Key<Duration> BACKOFF_INITIAL =
            new Key<>(
                    "initial",
                    Shapes.duration(),
                    "50ms",
                    "Longest delay before the first restart; it doubles with each further one.",
                    "initial: 200ms");

    static final Key<Duration> BACKOFF_MAX =
            new Key<>(
                    "max",
                    Shapes.duration(),
                    "30s",
                    "The delay grows no further than this. Each delay is drawn between half and all of it.",
                    "max: 30s");

    static final KeyTable BACKOFF =
            KeyTable.of(
                    "a backoff",
                    "recovery.backoff",
                    "How long to wait before the next restart.",
                    BACKOFF_INITIAL,
                    BACKOFF_MAX);

    static final Key<Integer> ATTEMPTS =
            new Key<>(
                    "attempts",
                    Shapes.whole(0, MAX_ATTEMPTS),
                    "5",
                    "Restarts within `within` before the instance is given up.",
                    "attempts: 3");

    static final Key<Duration> WITHIN =
            new Key<>(
                    "within",
                    Shapes.duration(),
                    "2m",
                    "The window of `attempts`. The count begins anew after an instance was well for this long.",
                    "within: 2m");

    static final Key<BackoffSetting> BACKOFF_KEY =
            new Key<>(
                    "backoff",
                    Shapes.object(
                            BACKOFF,
                            (f, place, problems) ->
                                    Optional.of(
                                            new BackoffSetting(
                                                    f.get(BACKOFF_INITIAL), f.get(BACKOFF_MAX)))),
                    "50ms to 30s",
                    "How long to wait before the next restart.",
                    "backoff: { initial: 200ms, max: 30s }");

    static final Key<RecoveryPolicy.Then> THEN =
            new Key<>(
                    "then",
                    Shapes.word(RecoveryPolicy.Then.class),
                    "report",
                    "What follows giving up: `report` it, or `move` the instance to another node (with one node, the move is reported as impossible).",
                    "then: move");

    static final Key<RecoveryPolicy.Unhealthy> UNHEALTHY =
            new Key<>(
                    "unhealthy",
                    Shapes.word(RecoveryPolicy.Unhealthy.class),
                    "restart; report for containers of a Compose file",
                    "What follows too many failed probes of an instance that runs: `restart` it, or only `report` it.",
                    "unhealthy: restart");

    static final KeyTable RECOVERY =
            KeyTable.of(
                    "a recovery",
                    "recovery",
                    "What happens when an instance ends by itself or becomes unhealthy.",
                    ATTEMPTS,
                    WITHIN,
                    BACKOFF_KEY,
                    THEN,
                    UNHEALTHY);

    static final Key<RecoverySetting> RECOVERY_KEY =
            new Key<>(
                    "recovery",
                    Shapes.object(RECOVERY, RecoveryKeys::recovery),
                    "5 attempts within 2m, then report",
                    "What happens when an instance ends by itself or becomes unhealthy.",
                    "recovery: { attempts: 3, within: 2m, then: move }");

    private RecoveryKeys() {}

    private static Optional<RecoverySetting> recovery(
            Fields fields, Place place, ProblemLog problems) {
        var backoff = fields.get(BACKOFF_KEY).orElse(RecoverySetting.NONE.backoff());
        return Optional.of(
                new RecoverySetting(
                        fields.get(ATTEMPTS),
                        fields.get(WITHIN),
                        backoff,
                        fields.get(THEN),
                        fields.get(UNHEALTHY)));
    }
}
