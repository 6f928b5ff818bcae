package olympus.model.stack;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import olympus.model.SecretRef;
import olympus.model.stack.container.Mount;

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
            case Workload.Process process -> add(process.environment(), refs);
            case Workload.Container container -> {
                add(container.environment(), refs);
                container.mounts().forEach(mount -> secret(mount).ifPresent(refs::add));
            }
            case Workload.Unit ignored -> {}
        }
        return Collections.unmodifiableSortedSet(refs);
    }

    private static void add(
            Map<String, Workload.EnvironmentValue> environment, Set<SecretRef> refs) {
        environment.values().forEach(value -> secret(value).ifPresent(refs::add));
    }

    private static Optional<SecretRef> secret(Mount mount) {
        return mount instanceof Mount.Content content
                        && content.source() instanceof Mount.Source.Secret(SecretRef ref)
                ? Optional.of(ref)
                : Optional.empty();
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
        return replaced(
                definition, ref -> new SecretRef(ref.stack(), ref.name(), fingerprint.apply(ref)));
    }

    /** The same definition with every reference replaced. */
    public static StackDefinition replaced(
            StackDefinition definition, UnaryOperator<SecretRef> replacement) {
        var services = new TreeMap<String, ServiceDefinition>();
        definition
                .services()
                .forEach((name, service) -> services.put(name, replaced(service, replacement)));
        return new StackDefinition(
                definition.name(), definition.mode(), definition.directory(), services);
    }

    private static ServiceDefinition replaced(
            ServiceDefinition s, UnaryOperator<SecretRef> replacement) {
        var workload =
                switch (s.workload()) {
                    case Workload.Process p ->
                            new Workload.Process(
                                    p.command(),
                                    p.user(),
                                    p.workingDirectory(),
                                    replaced(p.environment(), replacement));
                    case Workload.Container c ->
                            new Workload.Container(
                                    c.project(),
                                    c.image(),
                                    c.execution(),
                                    replaced(c.environment(), replacement),
                                    c.labels(),
                                    c.networking(),
                                    c.mounts().stream()
                                            .map(mount -> replaced(mount, replacement))
                                            .toList(),
                                    c.healthcheck(),
                                    c.privileges(),
                                    c.tuning(),
                                    c.logging());
                    case Workload.Unit unit -> unit;
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

    private static Mount replaced(Mount mount, UnaryOperator<SecretRef> replacement) {
        return mount instanceof Mount.Content c
                        && c.source() instanceof Mount.Source.Secret(SecretRef ref)
                ? new Mount.Content(
                        c.target(),
                        new Mount.Source.Secret(replacement.apply(ref)),
                        c.uid(),
                        c.gid(),
                        c.mode())
                : mount;
    }

    private static Map<String, Workload.EnvironmentValue> replaced(
            Map<String, Workload.EnvironmentValue> environment,
            UnaryOperator<SecretRef> replacement) {
        var values = new LinkedHashMap<String, Workload.EnvironmentValue>();
        environment.forEach((name, value) ->
                values.put(
                        name,
                        switch (value) {
                            case Workload.EnvironmentValue.Literal literal -> literal;
                            case Workload.EnvironmentValue.Secret(SecretRef ref) ->
                                    new Workload.EnvironmentValue.Secret(replacement.apply(ref));
                        }));
        return values;
    }
}
