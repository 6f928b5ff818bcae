package olympus.zeus.internal;

import java.util.Map;
import java.util.Optional;
import olympus.foundation.Mask;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.zeus.StackPlan;

/**
 * A change of a field as a plan shows it: without what looks like a secret, as differences from
 * what runs are shown. Pure.
 */
final class MaskedChange {

    private static final String ENVIRONMENT = "workload.environment.";
    private static final String HIDDEN = "(not shown)";
    private static final String OTHERWISE = "(another value, not shown)";

    private MaskedChange() {}

    static StackPlan.FieldChange of(
            ServiceDefinition was, ServiceDefinition is, String path, String before, String after) {
        var variable = path.startsWith(ENVIRONMENT) ? path.substring(ENVIRONMENT.length()) : "";
        var hides = hides(was, variable) || hides(is, variable);
        var from = hides && literal(was, variable).isPresent() ? HIDDEN : Mask.of(before);
        var to = hides && literal(is, variable).isPresent() ? HIDDEN : Mask.of(after);
        if (!from.equals(to)) {
            return new StackPlan.FieldChange(path, from, to);
        }
        return new StackPlan.FieldChange(path, from, hides ? OTHERWISE : to + " " + OTHERWISE);
    }

    private static boolean hides(ServiceDefinition service, String variable) {
        return literal(service, variable).filter(text -> Mask.hides(variable, text)).isPresent();
    }

    /** The text of a variable; references to secrets may be shown. */
    private static Optional<String> literal(ServiceDefinition service, String variable) {
        return Optional.ofNullable(environment(service.workload()).get(variable))
                .filter(EnvironmentValue.Literal.class::isInstance)
                .map(value -> ((EnvironmentValue.Literal) value).value());
    }

    private static Map<String, EnvironmentValue> environment(Workload workload) {
        return switch (workload) {
            case Workload.Process process -> process.environment();
            case Workload.Container container -> container.environment();
            case Workload.Unit ignored -> Map.of();
        };
    }
}
