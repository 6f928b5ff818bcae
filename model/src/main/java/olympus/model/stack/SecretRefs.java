package olympus.model.stack;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import olympus.model.SecretRef;

/** The references to secrets within definitions. */
public final class SecretRefs {

    private static final Comparator<SecretRef> ORDER =
            Comparator.comparing(SecretRef::stack)
                    .thenComparing(SecretRef::name)
                    .thenComparing(SecretRef::fingerprint);

    private SecretRefs() {}

    /** Every reference in a definition, once. */
    public static SortedSet<SecretRef> in(StackDefinition definition) {
        var refs = new TreeSet<>(ORDER);
        definition.services().values().forEach(service -> refs.addAll(in(service)));
        return Collections.unmodifiableSortedSet(refs);
    }

    /** Every reference in a service, once. */
    public static SortedSet<SecretRef> in(ServiceDefinition service) {
        var refs = new TreeSet<>(ORDER);
        switch (service.workload()) {
            case Workload.Process process ->
                    process.environment()
                            .values()
                            .forEach(value -> secret(value).ifPresent(refs::add));
        }
        return Collections.unmodifiableSortedSet(refs);
    }

    private static Optional<SecretRef> secret(Workload.EnvironmentValue value) {
        return switch (value) {
            case Workload.EnvironmentValue.Literal literal -> Optional.empty();
            case Workload.EnvironmentValue.Secret secret -> Optional.of(secret.ref());
        };
    }

    /**
     * The same definition with the fingerprint of each reference replaced. Clients leave
     * fingerprints empty: they do not know the island's key. The server fills them in before it
     * plans, so that clear text never reaches a plan.
     */
    public static StackDefinition withFingerprints(
            StackDefinition definition, Function<SecretRef, String> fingerprint) {
        var services = new TreeMap<String, ServiceDefinition>();
        definition
                .services()
                .forEach((name, service) ->
                        services.put(name, withFingerprints(service, fingerprint)));
        return new StackDefinition(
                definition.name(), definition.mode(), definition.directory(), services);
    }

    private static ServiceDefinition withFingerprints(
            ServiceDefinition s, Function<SecretRef, String> fingerprint) {
        var workload =
                switch (s.workload()) {
                    case Workload.Process p ->
                            new Workload.Process(
                                    p.command(),
                                    p.user(),
                                    p.workingDirectory(),
                                    withFingerprints(p.environment(), fingerprint));
                };
        return new ServiceDefinition(
                s.name(),
                workload,
                s.ports(),
                s.dependsOn(),
                s.probe(),
                s.recovery(),
                s.deploy(),
                s.stop(),
                s.about());
    }

    private static Map<String, Workload.EnvironmentValue> withFingerprints(
            Map<String, Workload.EnvironmentValue> environment,
            Function<SecretRef, String> fingerprint) {
        var values = new LinkedHashMap<String, Workload.EnvironmentValue>();
        environment.forEach((name, value) ->
                values.put(
                        name,
                        switch (value) {
                            case Workload.EnvironmentValue.Literal literal -> literal;
                            case Workload.EnvironmentValue.Secret(SecretRef ref) ->
                                    new Workload.EnvironmentValue.Secret(
                                            new SecretRef(
                                                    ref.stack(),
                                                    ref.name(),
                                                    fingerprint.apply(ref)));
                        }));
        return values;
    }
}
