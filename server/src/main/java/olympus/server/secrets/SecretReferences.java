package olympus.server.secrets;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import olympus.model.SecretRef;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.Workload.EnvironmentValue;

/** Where a declaration names secrets. Pure functions. */
final class SecretReferences {

    private SecretReferences() {}

    static Set<SecretRef> of(StackDefinition stack) {
        return stack.services().values().stream()
                .flatMap(service -> of(service).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    static Set<SecretRef> of(ServiceDefinition service) {
        return switch (service.workload()) {
            case Workload.Process process ->
                    process.environment().values().stream()
                            .filter(EnvironmentValue.Secret.class::isInstance)
                            .map(value -> ((EnvironmentValue.Secret) value).ref())
                            .collect(Collectors.toUnmodifiableSet());
        };
    }

    /** The same stack with every reference replaced. */
    static StackDefinition replaced(StackDefinition stack, UnaryOperator<SecretRef> replacement) {
        var services = new TreeMap<String, ServiceDefinition>();
        stack.services()
                .forEach((name, service) -> services.put(name, replaced(service, replacement)));
        return new StackDefinition(stack.name(), stack.mode(), stack.directory(), services);
    }

    private static ServiceDefinition replaced(
            ServiceDefinition service, UnaryOperator<SecretRef> replacement) {
        var workload =
                switch (service.workload()) {
                    case Workload.Process process ->
                            new Workload.Process(
                                    process.command(),
                                    process.user(),
                                    process.workingDirectory(),
                                    replaced(process.environment(), replacement));
                };
        return new ServiceDefinition(
                service.name(),
                workload,
                service.ports(),
                service.dependsOn(),
                service.probe(),
                service.recovery(),
                service.deploy(),
                service.stop(),
                service.about());
    }

    private static Map<String, EnvironmentValue> replaced(
            Map<String, EnvironmentValue> environment, UnaryOperator<SecretRef> replacement) {
        var values = new TreeMap<String, EnvironmentValue>();
        environment.forEach((name, value) ->
                values.put(
                        name,
                        switch (value) {
                            case EnvironmentValue.Literal literal -> literal;
                            case EnvironmentValue.Secret secret ->
                                    new EnvironmentValue.Secret(replacement.apply(secret.ref()));
                        }));
        return values;
    }
}
