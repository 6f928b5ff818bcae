package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.engine.ComposeLabels;
import olympus.engine.ContainerEngine;
import olympus.engine.OwnDocker;
import olympus.engine.OwnPodman;
import olympus.engine.SettingDifference;
import olympus.engine.TestEngine;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.ServiceId;
import olympus.model.stack.PortSpec;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackFolder;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Execution;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Network;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Tuning;
import olympus.model.state.InstanceSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What runs against what is declared, on Docker and on Podman, with stacks as people write them.
 */
class SettingDifferencesTest {

    private static final Path PROJECTS =
            Path.of("../model/src/test/resources/stacks/compose").toAbsolutePath().normalize();

    private static final String RICH = "localhost/rich:test";

    private static TestEngine docker;
    private static TestEngine podman;

    @TempDir Path folder;

    @BeforeAll
    static void start() {
        docker = withImage(new OwnDocker(), "HEALTHCHECK --interval=7s --retries=4 CMD true");
        podman = withImage(new OwnPodman(), "STOPSIGNAL SIGQUIT");
    }

    /** An image that says something about everything that an image can. */
    private static TestEngine withImage(TestEngine own, String... more) {
        own.command("create", "--name", "rich", TestEngine.IMAGE, "true");
        var command = new ArrayList<>(List.of("commit"));
        var lines =
                new ArrayList<>(
                        List.of(
                                "CMD [\"sleep\", \"60\"]",
                                "ENTRYPOINT [\"/bin/sh\", \"-c\"]",
                                "ENV PATH=/bin LANG=C TZ=UTC PUID=7",
                                "EXPOSE 8080",
                                "LABEL maker=me",
                                "USER 0:0",
                                "VOLUME /state",
                                "WORKDIR /tmp"));
        lines.addAll(List.of(more));
        lines.forEach(line -> command.addAll(List.of("--change", line)));
        command.addAll(List.of("rich", RICH));
        own.command(command.toArray(String[]::new));
        own.command("rm", "rich");
        return own;
    }

    @AfterAll
    static void stop() {
        docker.close();
        podman.close();
    }

    static Stream<String> projects() throws IOException {
        try (var found = Files.list(PROJECTS)) {
            return found
                    .filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("projects")
    void findsNothingInWhatDockerMadeAsDeclared(String project) {
        try (var made = new Made(docker, project)) {
            assertThat(made.differences()).isEmpty();
        }
    }

    /**
     * Without those that ask for what this Podman has not: AppArmor, quotas, VLANs, an init
     * program.
     */
    @ParameterizedTest
    @ValueSource(strings = {"dashboard", "game", "photos", "rss", "shop", "wiki"})
    void findsNothingInWhatPodmanMadeAsDeclared(String project) {
        try (var made = new Made(podman, project)) {
            assertThat(made.differences()).isEmpty();
        }
    }

    @Test
    void findsWhatWasChangedByHand() {
        try (var engine = docker.connect()) {
            var spec = spec("shop", Path.of("/"), web(), Map.of());
            var plan = ContainerPlan.of(spec).orElseThrow();
            var id = otherwise(plan.name());
            docker.command("update", "--memory", "32m", "--memory-swap", "64m", id);
            var secret =
                    Map.of(
                            new SecretRef(spec.id().service().stack(), "web/DB_PASSWORD", ""),
                            "other");
            var found =
                    engine.differences(
                            id, plan.creation(plan.name(), "", secret, Map.of(), Map.of()));
            assertThat(found.stream().map(SettingDifferencesTest::line))
                    .containsExactlyInAnyOrder(
                            "image|busybox:test|busybox:older",
                            "cap_add||NET_ADMIN",
                            "cap_drop|ALL|MKNOD",
                            "command|sh -c 'sleep 500'|sleep 600",
                            "environment.DB_PASSWORD|(not shown)|(another value, not shown)",
                            "environment.EXTRA||(not shown)",
                            "environment.TZ|Europe/Oslo|Europe/Rome",
                            "environment.UPSTREAM||(not shown)",
                            "mem_limit||32m",
                            "memswap_limit||64m",
                            "ports.80/tcp||127.0.0.1:8099",
                            "read_only||true",
                            "restart||always",
                            "user||7",
                            "volumes./data||/tmp");
            docker.command("rm", id);
        }
    }

    @Test
    void knowsEveryCapabilityThatPodmanTellsInsteadOfAllFromSomeOfThem() {
        try (var engine = podman.connect()) {
            var spec = spec("shop", Path.of("/"), web(), Map.of());
            var plan = ContainerPlan.of(spec).orElseThrow();
            var secret =
                    Map.of(
                            new SecretRef(spec.id().service().stack(), "web/DB_PASSWORD", ""),
                            "other");
            var wanted = plan.creation(plan.name(), "", secret, Map.of(), Map.of());
            var every = engine.create(wanted);
            assertThat(engine.differences(every, wanted)).isEmpty();
            podman.command("rm", every);

            var some =
                    podman.command(
                            "create",
                            "--name",
                            plan.name(),
                            "--network",
                            "none",
                            "--cap-drop",
                            "MKNOD,SETUID",
                            TestEngine.IMAGE,
                            "sleep",
                            "500");
            assertThat(engine.differences(some, wanted).stream().map(SettingDifferencesTest::line))
                    .anySatisfy(line -> assertThat(line).startsWith("cap_drop|ALL|"));
            podman.command("rm", some);
        }
    }

    /** Made by hand, and not as declared. */
    private static String otherwise(String name) {
        docker.command("tag", TestEngine.IMAGE, "busybox:older");
        return docker.command(
                "create",
                "--name",
                name,
                "--network",
                "none",
                "--memory",
                "64m",
                "--restart",
                "always",
                "-e",
                "TZ=Europe/Rome",
                "-e",
                "EXTRA=1",
                "-e",
                "DB_PASSWORD=clear-text",
                "-e",
                "UPSTREAM=http://me:clear-text@up/",
                "-p",
                "127.0.0.1:8099:80",
                "--label",
                "com.docker.compose.project=shop",
                "--cap-add",
                "NET_ADMIN",
                "--cap-drop",
                "MKNOD",
                "--read-only",
                "-v",
                "/tmp:/data",
                "--user",
                "7",
                "busybox:older",
                "sleep",
                "600");
    }

    private static String line(SettingDifference found) {
        return String.join("|", found.path(), found.declared(), found.observed());
    }

    private ServiceDefinition web() {
        var file =
                """
                services:
                  web:
                    image: busybox:test
                    network_mode: none
                    cap_drop: [ALL]
                    command: ["sh", "-c", "sleep 500"]
                    environment:
                      TZ: Europe/Oslo
                      DB_PASSWORD: ${PASSWORD}
                """;
        try {
            var stack = Files.createDirectories(folder.resolve("shop"));
            Files.writeString(stack.resolve("compose.yaml"), file);
            var loaded = load(stack);
            return java.util.Objects.requireNonNull(loaded.definition().services().get("web"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StackFolder.Outcome.Loaded load(Path stack) {
        var outcome =
                StackFolder.load(
                        stack,
                        Map.of(
                                "HOME",
                                "/home/me",
                                "PASSWORD",
                                "clear-text-password",
                                "TOKEN",
                                "clear-text-token"));
        if (outcome instanceof StackFolder.Outcome.Invalid invalid) {
            throw new AssertionError(invalid.text());
        }
        return (StackFolder.Outcome.Loaded) outcome;
    }

    private static InstanceSpec spec(
            String stack,
            Path directory,
            ServiceDefinition definition,
            Map<String, Integer> ports) {
        return new InstanceSpec(
                new InstanceId(ServiceId.parse(stack + "/" + definition.name()), 1),
                "run-1",
                InstanceSpec.Desired.RUN,
                Optional.empty(),
                definition,
                directory.toString(),
                ports);
    }

    /** The containers of a project, made and not started. */
    private final class Made implements AutoCloseable {

        private final TestEngine own;
        private final ContainerEngine engine;
        private final StackDefinition stack;
        private final Map<SecretRef, String> secrets =
                new TreeMap<>(java.util.Comparator.comparing(SecretRef::toString));
        private final Map<String, String> ids = new TreeMap<>();
        private final List<String> networks = new ArrayList<>();

        Made(TestEngine own, String project) {
            this.own = own;
            engine = own.connect();
            var loaded = load(PROJECTS.resolve(project));
            stack = loaded.definition();
            secrets.putAll(loaded.secrets().texts());
            for (var plan : plans()) {
                plan.networks()
                        .forEach(network -> {
                            if (network.external()
                                    && engine.networks().find(network.name()).isEmpty()) {
                                own.command("network", "create", network.name());
                            } else {
                                engine.networks()
                                        .ensure(
                                                network,
                                                ComposeLabels.network(
                                                        plan.workload().project(), network.key()));
                            }
                            networks.add(network.name());
                        });
                plan.volumes()
                        .forEach(volume -> {
                            if (volume.external()
                                    && engine.volumes().find(volume.name()).isEmpty()) {
                                own.command("volume", "create", volume.name());
                            } else {
                                engine.volumes()
                                        .ensure(
                                                volume,
                                                ComposeLabels.volume(
                                                        plan.workload().project(), volume.key()));
                            }
                        });
                var id =
                        engine.create(
                                plan.creation(plan.name(), "", secrets, Map.of(), peers(plan)));
                ids.put(plan.workload().project().service(), id);
            }
        }

        private Map<String, String> peers(ContainerPlan plan) {
            return plan.peers().stream()
                    .collect(
                            Collectors.toMap(
                                    mode -> mode,
                                    mode -> ids.get(mode.substring("service:".length()))));
        }

        private List<ContainerPlan> plans() {
            var plans = new ArrayList<ContainerPlan>();
            for (var service : stack.services().values()) {
                if (service.workload() instanceof Workload.Container container) {
                    var ports =
                            service.ports().stream()
                                    .collect(Collectors.toMap(PortSpec::name, PortSpec::first));
                    plans.add(
                            ContainerPlan.of(
                                            spec(
                                                    stack.name().value(),
                                                    folder,
                                                    here(service, container),
                                                    ports))
                                    .orElseThrow());
                }
            }
            plans.sort(java.util.Comparator.comparingInt(plan -> plan.peers().size()));
            return plans;
        }

        /** The image that is there, and files of this test. */
        private ServiceDefinition here(ServiceDefinition service, Workload.Container container) {
            var mounts = container.mounts().stream().map(this::here).toList();
            var workload =
                    new Workload.Container(
                            container.project(),
                            new Image(
                                    RICH,
                                    Image.PullPolicy.NEVER,
                                    Optional.empty(),
                                    Optional.empty()),
                            withCommand(container.execution()),
                            container.environment(),
                            container.labels(),
                            here(container.networking()),
                            mounts,
                            container.healthcheck(),
                            container.privileges(),
                            withoutQuota(container.tuning()),
                            container.logging());
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

        /** An entrypoint that is switched off leaves nothing of the image's command. */
        private Execution withCommand(Execution execution) {
            return new Execution(
                    execution.entrypoint().isPresent()
                            ? execution.command().or(() -> Optional.of(List.of("sleep", "60")))
                            : execution.command(),
                    execution.entrypoint(),
                    execution.user(),
                    execution.workingDirectory(),
                    execution.terminal(),
                    execution.stdinOpen(),
                    execution.init(),
                    execution.hostname(),
                    execution.domainName());
        }

        /** This machine has no VLANs, no pool of IPv6 addresses. */
        private Networking here(Networking networking) {
            return new Networking(
                    networking.mode(),
                    networking.attachments().stream().map(this::here).toList(),
                    networking.extraHosts(),
                    networking.links(),
                    networking.dns(),
                    networking.dnsSearch(),
                    networking.dnsOptions(),
                    networking.randomPorts(),
                    networking.exposed());
        }

        private Networking.Attachment here(Networking.Attachment attachment) {
            var network = attachment.network();
            return new Networking.Attachment(
                    new Network(
                            network.key(),
                            network.name(),
                            network.external(),
                            Optional.empty(),
                            Map.of(),
                            network.internal(),
                            network.attachable(),
                            network.ipv6() && network.ipam().isPresent(),
                            network.ipam(),
                            network.labels()),
                    attachment.aliases(),
                    attachment.ipv4(),
                    attachment.ipv6(),
                    attachment.linkLocal(),
                    attachment.mac(),
                    attachment.driverOptions());
        }

        /** Nor quotas of its file system. */
        private Tuning withoutQuota(Tuning tuning) {
            return new Tuning(
                    tuning.memoryReservation(),
                    tuning.swapBytes(),
                    tuning.swappiness(),
                    tuning.cpuShares(),
                    tuning.cpuset(),
                    tuning.cpuQuota(),
                    tuning.cpuPeriod(),
                    tuning.blkioWeight(),
                    tuning.shmBytes(),
                    tuning.oomScoreAdjust(),
                    tuning.oomKillDisabled(),
                    Map.of());
        }

        private Mount here(Mount mount) {
            return switch (mount) {
                case Mount.Bind bind ->
                        new Mount.Bind(
                                there(bind.source()),
                                bind.target(),
                                bind.readOnly(),
                                bind.createSource(),
                                bind.propagation(),
                                bind.relabel());
                case Mount.Content content
                        when content.source() instanceof Mount.Source.File file ->
                        new Mount.Content(
                                content.target(),
                                new Mount.Source.File(there(file.path())),
                                content.uid(),
                                content.gid(),
                                content.mode());
                case Mount.Named _, Mount.Anonymous _, Mount.Tmpfs _, Mount.Content _ -> mount;
            };
        }

        private String there(String source) {
            try {
                return Files.createDirectories(folder.resolve("files" + source)).toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Map<String, List<SettingDifference>> differences() {
            var all = new TreeMap<String, List<SettingDifference>>();
            for (var plan : plans()) {
                var name = plan.workload().project().service();
                var found =
                        engine.differences(
                                ids.getOrDefault(name, ""),
                                plan.creation(plan.name(), "", secrets, Map.of(), peers(plan)));
                var left = found.stream().filter(one -> !isLeftOut(one)).toList();
                if (!left.isEmpty()) {
                    all.put(name, left);
                }
            }
            return all;
        }

        /** What this machine's kernel or engine leaves out, which is a difference indeed. */
        private static boolean isLeftOut(SettingDifference found) {
            return found.observed().isEmpty()
                    && Set.of("blkio_config.weight", "healthcheck.start_interval", "gpus")
                            .contains(found.path());
        }

        @Override
        public void close() {
            ids.values().forEach(id -> engine.remove(id, true));
            networks.stream().distinct().forEach(name -> own.command("network", "rm", name));
            engine.close();
        }
    }
}
