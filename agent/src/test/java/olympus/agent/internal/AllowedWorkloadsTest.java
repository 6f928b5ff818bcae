package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackFolder;
import olympus.model.stack.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine's own list lets the island start, and which ways around it there are not. */
final class AllowedWorkloadsTest {

    private static final int NOBODY = 65_534;

    @TempDir Path folder;

    private WorkloadAllowance allowing(String... lines) throws IOException {
        var file = folder.resolve("workloads.allow");
        Files.write(file, List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return new WorkloadAllowance(file, "mars", Posix.effectiveUser(), "root");
    }

    /** As it stands in a Compose file; {@code more} are further lines of it. */
    private ServiceDefinition container(String service, String... more) throws IOException {
        var project = Files.createTempDirectory(folder, "project");
        Files.writeString(
                project.resolve("compose.yaml"),
                "services:\n  web: %s\n%s\n".formatted(service, String.join("\n", more)));
        var outcome = StackFolder.load(project, Map.of());
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Loaded.class);
        var services = ((StackFolder.Outcome.Loaded) outcome).definition().services();
        var definition = services.values().iterator().next();
        assertThat(definition.workload()).isInstanceOf(Workload.Container.class);
        return definition;
    }

    /** As it stands in an Olympus file. */
    private ServiceDefinition declared(String service) throws IOException {
        var stack = Files.createTempDirectory(folder, "stack");
        Files.writeString(
                stack.resolve("olympus.yaml"),
                "name: s\nservices:\n  web: %s\n".formatted(service));
        var outcome = StackFolder.load(stack, Map.of());
        assertThat(outcome).isInstanceOf(StackFolder.Outcome.Loaded.class);
        var services = ((StackFolder.Outcome.Loaded) outcome).definition().services();
        return services.values().iterator().next();
    }

    private ServiceDefinition process() throws IOException {
        return declared("{ command: [sleep, \"1\"] }");
    }

    private ServiceDefinition process(String user) throws IOException {
        return declared("{ command: [sleep, \"1\"], user: \"%s\" }".formatted(user));
    }

    private ServiceDefinition unit(String name) throws IOException {
        return declared("{ unit: %s }".formatted(name));
    }

    private static String refusal(WorkloadAllowance allowance, ServiceDefinition definition) {
        var refusal = allowance.refusal(definition);
        assertThat(refusal).as(definition.toString()).isPresent();
        return refusal.get();
    }

    @Test
    void withoutTheFileEverythingIsTaken() throws IOException {
        var allowance =
                new WorkloadAllowance(
                        folder.resolve("none"), "mars", Posix.effectiveUser(), "root");
        assertThat(allowance.refusal(process())).isEmpty();
        assertThat(allowance.refusal(container("{ image: a, privileged: true }"))).isEmpty();
    }

    @Test
    void withItOnlyWhatALineNames() throws IOException {
        var allowance =
                allowing(
                        "# the web, and nothing else",
                        "container nginx",
                        "process render   # for films",
                        "unit nginx.service",
                        "unit backup-*");
        assertThat(allowance.refusal(container("{ image: nginx }"))).isEmpty();
        assertThat(allowance.refusal(process("render"))).isEmpty();
        assertThat(allowance.refusal(unit("nginx.service"))).isEmpty();
        assertThat(allowance.refusal(unit("backup-home.service"))).isEmpty();

        assertThat(refusal(allowance, process()))
                .isEqualTo(
                        "mars does not take it: no line is \"process root\" (%s there)"
                                .formatted(folder.resolve("workloads.allow")));
        assertThat(refusal(allowance, process("render:video"))).contains("process render:video");
        assertThat(refusal(allowance, unit("ssh.service"))).contains("ssh.service");
        assertThat(refusal(allowance, container("{ image: redis }")))
                .contains("no line allows the image redis");
        assertThat(allowing("*").refusal(container("{ image: x, privileged: true }"))).isEmpty();
        assertThat(allowing("process *").refusal(process("anybody"))).isEmpty();
        assertThat(refusal(allowing(""), process())).contains("mars does not take it");
    }

    @Test
    void anImageIsTheSameHoweverShortItIsWritten() throws IOException {
        for (var written :
                List.of(
                        "nginx",
                        "nginx:1.27",
                        "library/nginx",
                        "docker.io/nginx:1.27",
                        "docker.io/library/nginx@sha256:" + "0".repeat(64))) {
            assertThat(
                            allowing("container nginx")
                                    .refusal(container("{ image: \"%s\" }".formatted(written))))
                    .as(written)
                    .isEmpty();
        }
        for (var other : List.of("nginx-evil", "example.com/nginx", "evil/nginx", "nginx/evil")) {
            assertThat(
                            refusal(
                                    allowing("container nginx"),
                                    container("{ image: %s }".formatted(other))))
                    .contains(other);
        }
        var one = allowing("container registry.example:5000/shop/web:2");
        assertThat(one.refusal(container("{ image: \"registry.example:5000/shop/web:2\" }")))
                .isEmpty();
        assertThat(refusal(one, container("{ image: \"registry.example:5000/shop/web:20\" }")))
                .contains("web:20");
        assertThat(refusal(one, container("{ image: \"registry.example:5000/shop/web\" }")))
                .contains("no line");
        var all = allowing("container registry.example/shop/*");
        assertThat(all.refusal(container("{ image: registry.example/shop/a/b }"))).isEmpty();
        assertThat(refusal(all, container("{ image: registry.example/shopping/a }")))
                .contains("no line");
    }

    @Test
    void whatAContainerWantsOfTheMachineHasToBeSaid() throws IOException {
        for (var wish :
                Map.of(
                                "privileged: true", "--privileged (privileged)",
                                "cap_add: [NET_ADMIN]", "cap_add [NET_ADMIN]",
                                "pid: host", "pid host",
                                "ipc: host", "ipc host",
                                "userns_mode: host", "userns_mode host",
                                "devices: [/dev/kvm]", "devices",
                                "security_opt: [\"seccomp:unconfined\"]", "security_opt",
                                "gpus: all", "--gpus",
                                "network_mode: host", "--host-network (host)",
                                "volumes: [\"/etc:/e\"]", "--bind /etc")
                        .entrySet()) {
            assertThat(
                            refusal(
                                    allowing("container web"),
                                    container("{ image: web, %s }".formatted(wish.getKey()))))
                    .as(wish.getKey())
                    .contains("it allows the image web only without ")
                    .contains(wish.getValue());
            assertThat(
                            allowing("container web", "container web --privileged")
                                    .refusal(
                                            container(
                                                    "{ image: web, %s }".formatted(wish.getKey()))))
                    .as(wish.getKey())
                    .isEmpty();
        }
        var plain = allowing("container web");
        for (var harmless :
                List.of(
                        "cap_drop: [ALL]",
                        "read_only: true",
                        "security_opt: [\"no-new-privileges:true\"]",
                        "tmpfs: [/tmp]",
                        "user: \"1000\"",
                        "ports: [\"8080:80\"]")) {
            assertThat(plain.refusal(container("{ image: web, %s }".formatted(harmless))))
                    .as(harmless)
                    .isEmpty();
        }
        assertThat(
                        allowing("container web --gpus --host-network")
                                .refusal(
                                        container("{ image: web, gpus: all, network_mode: host }")))
                .isEmpty();
    }

    @Test
    void volumesAndNetworksAreNoWayAround() throws IOException {
        var plain = allowing("container web");
        var used = "{ image: web, volumes: [\"data:/d\"], networks: [net] }";
        assertThat(plain.refusal(container(used, "volumes: { data: {} }", "networks: { net: {} }")))
                .isEmpty();
        assertThat(
                        refusal(
                                plain,
                                container(
                                        used,
                                        "volumes: { data: { driver_opts: { type: none, o: bind, device: /etc } } }",
                                        "networks: { net: {} }")))
                .contains("--privileged (volume data)");
        assertThat(
                        refusal(
                                plain,
                                container(
                                        used,
                                        "volumes: { data: { external: true } }",
                                        "networks: { net: { driver: macvlan } }")))
                .contains("volume data")
                .contains("--host-network (network net)");
        assertThat(
                        refusal(
                                plain,
                                container(
                                        "{ image: web, configs: [c] }",
                                        "configs: { c: { file: /etc/shadow } }")))
                .contains("--bind /etc/shadow");
    }

    @Test
    void aFolderIsWhereItReallyIs() throws IOException {
        var films = Files.createDirectories(folder.resolve("srv/films")).toRealPath();
        var secret = Files.createDirectories(folder.resolve("secret")).toRealPath();
        Files.createSymbolicLink(films.resolve("way-out"), secret);
        var allowance = allowing("container web --bind " + films);
        assertThat(allowance.refusal(binding(films.toString()))).isEmpty();
        assertThat(allowance.refusal(binding(films + "/new/below"))).isEmpty();
        assertThat(refusal(allowance, binding(films + "/../../secret"))).contains("--bind");
        assertThat(refusal(allowance, binding(films + "/way-out"))).contains("--bind");
        assertThat(refusal(allowance, binding(films + "/way-out/new"))).contains("--bind");
        assertThat(refusal(allowance, binding(films + "-of-others"))).contains("--bind");
    }

    private ServiceDefinition binding(String source) throws IOException {
        return container("{ image: web, volumes: [\"%s:/d\"] }".formatted(source));
    }

    @Test
    void commandsOfTheMachineNeedTheirUserWhereverTheyAreDeclared() throws IOException {
        var probed = declared("{ unit: nginx.service, probe: { command: [nginx, -t] } }");
        assertThat(refusal(allowing("unit nginx.service", "process render"), probed))
                .contains("the command of its probe is one of this machine")
                .contains("process root");
        assertThat(allowing("unit nginx.service", "process root").refusal(probed)).isEmpty();

        var accounts = new Accounts(0, Path.of("/etc"), allowing("process daemon"));
        assertThat(accounts.resolve(Optional.of("daemon"))).isInstanceOf(Accounts.Account.class);
        assertThat(accounts.resolve(Optional.empty()))
                .isInstanceOfSatisfying(
                        Accounts.Unusable.class,
                        unusable -> assertThat(unusable.reason()).contains("process root"));
    }

    @Test
    void aFileThatCannotBeReliedOnAllowsNothing() throws IOException {
        var allowance = allowing("*");
        var file = folder.resolve("workloads.allow");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(refusal(allowance, process())).contains("expected chmod go-w");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setAttribute(file, "unix:uid", NOBODY);
        assertThat(refusal(allowance, process())).contains("belongs to user " + NOBODY);
        Files.delete(file);
        assertThat(refusal(allowing("*", "container"), process()))
                .contains("line 2: \"container\" is no rule; expected container IMAGE");
    }

    @Test
    void saysWhichLineIsNoRule() {
        for (var wrong :
                List.of(
                        "container",
                        "container --gpus",
                        "container web --bind",
                        "container web --bind srv",
                        "container web --bind /srv/../etc",
                        "container web --everything",
                        "process",
                        "process a b",
                        "unit a b",
                        "* *",
                        "containers web",
                        "process \"a")) {
            assertThatThrownBy(() -> AllowedWorkloads.parse("*\n" + wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("line 2: ");
        }
    }
}
