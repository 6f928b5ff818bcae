package olympus.model.stack;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys of Compose's {@code depends_on}: names, or a mapping. */
final class ComposeDependencies {

    static final Pattern SERVICE_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

    static final Key<Dependency.Condition> CONDITION =
            Key.of(
                    "condition",
                    Shapes.word(Dependency.Condition.class),
                    "`service_started`, `service_healthy` or `service_completed_successfully`.",
                    "condition: service_healthy");
    static final Key<Boolean> REQUIRED =
            Key.of(
                    "required",
                    ComposeShapes.truth(),
                    "`false`: go on without it.",
                    "required: false");
    static final Key<Boolean> RESTART =
            Key.of(
                    "restart",
                    ComposeShapes.truth(),
                    "`true`: restart with it when it is restarted or replaced by order.",
                    "restart: true");
    static final KeyTable DEPENDENCY =
            KeyTable.of(
                    "a dependency",
                    "services.*.depends_on.*",
                    "The long syntax of a dependency.",
                    CONDITION,
                    REQUIRED,
                    RESTART);

    static final Dependency STARTED = new Dependency(Dependency.Condition.STARTED, true);

    private ComposeDependencies() {}

    static Shape<Map<String, Located<Dependency>>> shape() {
        Shape<Map<String, Located<Dependency>>> names =
                Shapes.refine(
                        Shapes.list(ComposeShapes.place("the name of a service"), 0),
                        (list, place, problems) -> {
                            Map<String, Located<Dependency>> read = new LinkedHashMap<>();
                            list.forEach(name ->
                                    read.put(name.value(), new Located<>(name.place(), STARTED)));
                            return Optional.of(read);
                        });
        var one =
                Shapes.object(
                        DEPENDENCY,
                        (f, place, problems) ->
                                Optional.of(
                                        new Dependency(
                                                f.get(CONDITION)
                                                        .orElse(Dependency.Condition.STARTED),
                                                f.get(REQUIRED).orElse(true),
                                                f.get(RESTART))));
        return ComposeShapes.orNothing(
                Shapes.either(
                        Optional.empty(),
                        Optional.of(names),
                        Optional.of(
                                Shapes.named(
                                        "service names",
                                        "the name of a service",
                                        SERVICE_NAME,
                                        ComposeShapes.orNothing(one, STARTED)))),
                Map.of());
    }
}
