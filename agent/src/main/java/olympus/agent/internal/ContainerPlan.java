package olympus.agent.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import olympus.engine.ComposeLabels;
import olympus.engine.ContainerSummary.PublishedPort;
import olympus.engine.Creation;
import olympus.engine.FileContent;
import olympus.engine.RestartRule;
import olympus.model.SecretRef;
import olympus.model.stack.DeployPolicy;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.Workload.EnvironmentValue;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Volume;
import olympus.model.state.Codecs;
import olympus.model.state.InstanceSpec;

/** What an instance's specification means for its container. Pure. */
final class ContainerPlan {

    private static final int READABLE = 0444;

    private final InstanceSpec spec;
    private final Workload.Container workload;

    private ContainerPlan(InstanceSpec spec, Workload.Container workload) {
        this.spec = spec;
        this.workload = workload;
    }

    /** Empty for what is no container. */
    static Optional<ContainerPlan> of(InstanceSpec spec) {
        return spec.definition().workload() instanceof Workload.Container container
                ? Optional.of(new ContainerPlan(spec, container))
                : Optional.empty();
    }

    InstanceSpec spec() {
        return spec;
    }

    Workload.Container workload() {
        return workload;
    }

    String name() {
        return workload.project().container(spec.id().ordinal());
    }

    Map<String, String> identity() {
        return ComposeLabels.identity(workload.project(), spec.id().ordinal());
    }

    /** Of all that a container is made by: another one needs another container. */
    String fingerprint() {
        var definition = spec.definition();
        var deploy =
                new DeployPolicy(
                        DeployPolicy.Mode.REPLICATED,
                        1,
                        definition.deploy().resources(),
                        DeployPolicy.UpdatePolicy.DEFAULT);
        var bare =
                new ServiceDefinition(
                        definition.name(),
                        workload.asMade(),
                        definition.ports(),
                        Map.of(),
                        Optional.empty(),
                        RecoveryPolicy.DEFAULT,
                        deploy,
                        definition.stop(),
                        new ServiceDefinition.About(
                                Map.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        return digest(Codecs.SERVICE_DEFINITION.encode(bare) + new TreeMap<>(spec.ports()));
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    Creation creation(
            String name,
            String imageId,
            Map<SecretRef, String> secrets,
            Map<String, String> carried,
            Map<String, String> peers) {
        var labels = new TreeMap<>(workload.labels());
        labels.putAll(
                ComposeLabels.container(
                        workload.project(),
                        spec.id().ordinal(),
                        fingerprint(),
                        imageId,
                        spec.definition().dependsOn()));
        return new Creation(
                name,
                workload,
                environment(secrets),
                labels,
                ports(),
                spec.definition().deploy().resources(),
                spec.definition().stop(),
                RestartRule.NO,
                carried,
                peers);
    }

    private Map<String, String> environment(Map<SecretRef, String> secrets) {
        var environment = new TreeMap<String, String>();
        workload.environment()
                .forEach((name, value) ->
                        environment.put(
                                name,
                                switch (value) {
                                    case EnvironmentValue.Literal literal -> literal.value();
                                    case EnvironmentValue.Secret secret ->
                                            secrets.getOrDefault(secret.ref(), "");
                                }));
        return environment;
    }

    /** The secrets that are needed and not there. */
    List<String> missingSecrets(Map<SecretRef, String> secrets) {
        var missing = new TreeSet<String>();
        workload.environment().values().stream()
                .filter(EnvironmentValue.Secret.class::isInstance)
                .map(value -> ((EnvironmentValue.Secret) value).ref())
                .filter(ref -> !secrets.containsKey(ref))
                .forEach(ref -> missing.add(ref.toString()));
        for (var mount : workload.mounts()) {
            if (mount instanceof Mount.Content content
                    && content.source() instanceof Mount.Source.Secret secret
                    && !secrets.containsKey(secret.ref())) {
                missing.add(secret.ref().toString());
            }
        }
        return List.copyOf(missing);
    }

    List<PublishedPort> ports() {
        var ports = new ArrayList<PublishedPort>();
        for (var port : spec.definition().ports()) {
            var number = spec.ports().getOrDefault(port.name(), port.first());
            ports.add(
                    new PublishedPort(
                            port.hostAddress(),
                            number,
                            port.target().orElse(number),
                            port.protocol().name().toLowerCase(Locale.ROOT)));
        }
        return ports;
    }

    List<FileContent> contents(Map<SecretRef, String> secrets) {
        var files = new ArrayList<FileContent>();
        for (var mount : workload.mounts()) {
            if (mount instanceof Mount.Content content) {
                text(content.source(), secrets)
                        .ifPresent(text ->
                                files.add(
                                        new FileContent(
                                                content.target(),
                                                text.getBytes(StandardCharsets.UTF_8),
                                                content.mode().orElse(READABLE),
                                                number(content.uid()),
                                                number(content.gid()))));
            }
        }
        return files;
    }

    private static Optional<String> text(Mount.Source source, Map<SecretRef, String> secrets) {
        return switch (source) {
            case Mount.Source.File ignored -> Optional.empty();
            case Mount.Source.Inline inline -> Optional.of(inline.text());
            case Mount.Source.Secret secret -> Optional.of(secrets.getOrDefault(secret.ref(), ""));
        };
    }

    private static long number(Optional<String> text) {
        return text.filter(value -> value.matches("\\d{1,9}")).map(Long::parseLong).orElse(0L);
    }

    List<Network> networks() {
        return workload.networking().attachments().stream()
                .map(Networking.Attachment::network)
                .toList();
    }

    /** Those that Compose would make, and remove with the project. */
    List<String> ownNetworks() {
        return networks().stream()
                .filter(network -> !network.external())
                .map(Network::name)
                .toList();
    }

    List<Volume> volumes() {
        return workload.mounts().stream()
                .filter(Mount.Named.class::isInstance)
                .map(mount -> ((Mount.Named) mount).volume())
                .toList();
    }

    /** The services whose namespaces it shares: {@code service:<name>} as written. */
    List<String> peers() {
        var privileges = workload.privileges();
        var modes = new ArrayList<String>();
        workload.networking().mode().ifPresent(modes::add);
        privileges.pid().ifPresent(modes::add);
        privileges.ipc().ifPresent(modes::add);
        return modes.stream().filter(mode -> mode.startsWith("service:")).distinct().toList();
    }

    /** What the engine would do by itself, were it not managed. */
    RestartRule declaredRule() {
        return RestartRule.of(spec.definition().recovery().restartOfEngine());
    }
}
