package olympus.model.stack;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.foundation.Mask;

/**
 * Warns of variables that are called like a secret and are filled in where Olympus knows only text:
 * what stands there is shown in plans and kept in the history.
 */
final class SecretsInClear {

    private static final String BUILD = "build";
    private static final String ARGUMENTS = "args";
    private static final List<String> KEYS =
            List.of("command", "entrypoint", "labels", "healthcheck");

    private final Map<String, String> variables;
    private final ProblemLog problems;

    private SecretsInClear(Map<String, String> variables, ProblemLog problems) {
        this.variables = variables;
        this.problems = problems;
    }

    /**
     * @param root of a Compose project, with its variables filled in
     */
    static void check(YamlValue.Mapping root, Map<String, String> variables, ProblemLog problems) {
        var check = new SecretsInClear(variables, problems);
        child(root, "services")
                .filter(YamlValue.Mapping.class::isInstance)
                .map(YamlValue.Mapping.class::cast)
                .ifPresent(services ->
                        services.entries().values().forEach(entry -> check.service(entry.value())));
    }

    private void service(YamlValue service) {
        KEYS.forEach(key -> child(service, key).ifPresent(value -> filled(key, value)));
        child(service, BUILD)
                .flatMap(build -> child(build, ARGUMENTS))
                .ifPresent(arguments -> {
                    filled("build arguments", arguments);
                    passedOn(arguments);
                });
    }

    private static Optional<YamlValue> child(YamlValue value, String key) {
        return value instanceof YamlValue.Mapping mapping
                ? Optional.ofNullable(mapping.entries().get(key))
                        .map(YamlValue.Mapping.Entry::value)
                : Optional.empty();
    }

    private void filled(String key, YamlValue value) {
        scalars(value)
                .forEach(scalar ->
                        scalar.variables().stream()
                                .filter(SecretsInClear::isSecret)
                                .forEach(name -> warn(scalar.place(), name, key)));
    }

    private static Stream<YamlValue.Scalar> scalars(YamlValue value) {
        return switch (value) {
            case YamlValue.Scalar scalar -> Stream.of(scalar);
            case YamlValue.Sequence list -> list.items().stream().flatMap(SecretsInClear::scalars);
            case YamlValue.Mapping mapping ->
                    mapping.entries().values().stream().flatMap(entry -> scalars(entry.value()));
        };
    }

    /** Arguments of which only the name is given take their value from the variable. */
    private void passedOn(YamlValue arguments) {
        switch (arguments) {
            case YamlValue.Sequence list ->
                    scalars(list).forEach(scalar -> passedOn(scalar.place(), scalar.text()));
            case YamlValue.Mapping mapping ->
                    mapping.entries()
                            .forEach((name, entry) -> {
                                if (entry.value() instanceof YamlValue.Scalar scalar
                                        && scalar.kind() == YamlValue.ScalarKind.NOTHING) {
                                    passedOn(entry.namePlace(), name);
                                }
                            });
            case YamlValue.Scalar ignored -> {}
        }
    }

    private void passedOn(Place place, String name) {
        if (variables.containsKey(name) && isSecret(name)) {
            warn(place, name, "build arguments");
        }
    }

    private static boolean isSecret(String name) {
        return Mask.hides(name, "");
    }

    private void warn(Place place, String name, String key) {
        problems.warning(
                place,
                "the variable %s looks like a secret, and in %s its value is plain text, shown in plans and kept in the history; give it by environment, env_file or secrets instead"
                        .formatted(name, key));
    }
}
