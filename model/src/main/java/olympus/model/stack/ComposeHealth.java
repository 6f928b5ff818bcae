package olympus.model.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.NearestWord;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.container.HealthCheck;
import olympus.model.stack.container.Logging;

/** The keys of Compose's {@code healthcheck} and {@code logging}. */
final class ComposeHealth {

    static final Key<List<String>> TEST =
            Key.of(
                    "test",
                    test(),
                    "`[CMD, …]`, `[CMD-SHELL, …]`, `[NONE]`, or a line for the container's shell.",
                    "test: [CMD, pg_isready]");
    static final Key<Duration> INTERVAL =
            Key.of("interval", ComposeShapes.duration(), "Between tests.", "interval: 10s");
    static final Key<Duration> TIMEOUT =
            Key.of("timeout", ComposeShapes.duration(), "How long one may take.", "timeout: 5s");
    static final Key<Integer> RETRIES =
            Key.of(
                    "retries",
                    ComposeShapes.whole(0, 1_000_000),
                    "Failures in a row that make it unhealthy.",
                    "retries: 3");
    static final Key<Duration> START_PERIOD =
            Key.of(
                    "start_period",
                    ComposeShapes.duration(),
                    "After a start failures do not count.",
                    "start_period: 30s");
    static final Key<Duration> START_INTERVAL =
            Key.of(
                    "start_interval",
                    ComposeShapes.duration(),
                    "Between tests in that time.",
                    "start_interval: 1s");
    static final Key<Boolean> DISABLE =
            Key.of(
                    "disable",
                    ComposeShapes.truth(),
                    "Switches the image's own off too.",
                    "disable: true");
    static final KeyTable HEALTHCHECK =
            KeyTable.of(
                    "a healthcheck",
                    "services.*.healthcheck",
                    "How the engine finds out whether the container does its work.",
                    TEST,
                    INTERVAL,
                    TIMEOUT,
                    RETRIES,
                    START_PERIOD,
                    START_INTERVAL,
                    DISABLE);

    static final Key<String> DRIVER =
            Key.of("driver", ComposeShapes.text("a driver"), "The driver.", "driver: json-file");
    static final Key<Map<String, String>> OPTIONS =
            Key.of(
                    "options",
                    ComposeShapes.texts("name=value"),
                    "Its options.",
                    "options: { max-size: 10m }");
    static final KeyTable LOGGING =
            KeyTable.of(
                    "a logging",
                    "services.*.logging",
                    "Where the engine keeps what the container prints.",
                    DRIVER,
                    OPTIONS);

    private ComposeHealth() {}

    static Shape<Logging> logging() {
        return Shapes.object(
                LOGGING,
                (f, place, problems) ->
                        Optional.of(new Logging(f.get(DRIVER), f.get(OPTIONS).orElse(Map.of()))));
    }

    static Shape<HealthCheck> shape() {
        return Shapes.object(HEALTHCHECK, ComposeHealth::healthCheck);
    }

    private static Optional<HealthCheck> healthCheck(Fields f, Place place, ProblemLog problems) {
        var test = f.get(TEST).orElse(List.of());
        var none = !test.isEmpty() && test.getFirst().equals("NONE");
        var disabled = f.get(DISABLE).orElse(false) || none;
        return Optional.of(
                new HealthCheck(
                        disabled,
                        disabled ? List.of() : test,
                        f.get(INTERVAL),
                        f.get(TIMEOUT),
                        f.get(START_PERIOD),
                        f.get(START_INTERVAL),
                        f.get(RETRIES)));
    }

    private static Shape<List<String>> test() {
        Shape<List<String>> line =
                Shapes.refine(
                        ComposeShapes.text("a command line"),
                        (text, place, problems) -> Optional.of(List.of("CMD-SHELL", text)));
        Shape<List<String>> words =
                Shapes.refine(
                        Shapes.list(ComposeShapes.text("words"), 0),
                        (list, place, problems) -> {
                            if (!list.isEmpty()
                                    && !List.of("CMD", "CMD-SHELL", "NONE")
                                            .contains(list.getFirst())) {
                                problems.error(
                                        place,
                                        "the test begins with \"%s\"".formatted(list.getFirst()),
                                        "CMD, CMD-SHELL or NONE first",
                                        NearestWord.to(
                                                list.getFirst(),
                                                List.of("CMD", "CMD-SHELL", "NONE")));
                                return Optional.empty();
                            }
                            return Optional.of(list);
                        });
        return Shapes.either(Optional.of(line), Optional.of(words), Optional.empty());
    }
}
