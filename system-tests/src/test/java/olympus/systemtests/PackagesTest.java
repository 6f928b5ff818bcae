package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packages, installed on machines without Java; what docs/tutorial-machines.md has a person do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // what is set before each test
final class PackagesTest {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long MEGABYTE = 1_000_000;
    private static final Pattern TOKEN = Pattern.compile("olympus-agent\\.\\S+");

    private static final String STACK =
            """
            name: shop
            services:
              web:
                command: [sleep, "1000"]
                deploy: { replicas: 2, placement: { constraints: ["node.labels.role == web"] } }
            """;

    private Packages packages;
    private Path temporary;
    private Lab lab;

    @BeforeAll
    void build(@TempDir Path folder) {
        packages = Packages.build(folder);
    }

    @BeforeEach
    void plug(@TempDir Path folder) {
        temporary = folder;
        lab = new Lab(folder);
    }

    @AfterEach
    void unplug() {
        lab.close();
    }

    @Test
    void threeMachinesWithoutJavaBecomeAnIslandThatSurvivesTheLossOfOne() {
        var mars = lab.machine("mars");
        assertThat(mars.run("java -version").code()).as("no Java there").isEqualTo(127);
        install(mars, "olympus");
        mars.start("olympus server --listen 0.0.0.0:7400 --advertise " + mars.address());
        Eventually.becomes(
                SOON,
                () -> "the server answers: " + mars.run("olympus servers").output(),
                () -> mars.run("olympus servers").code() == 0);

        for (var name : List.of("venus", "earth")) {
            var machine = lab.machine(name);
            install(machine, "olympus-agent");
            var made = mars.shell("olympus token create --agent");
            var token = TOKEN.matcher(made);
            assertThat(token.find()).as(made).isTrue();
            assertThat(made).contains("olympus agent --server https://" + mars.address());
            machine.start(
                    "env OLYMPUS_AGENT_SERVER=https://%s:7400 OLYMPUS_AGENT_TOKEN=%s olympus agent"
                            .formatted(mars.address(), token.group()));
            Eventually.becomes(
                    SOON,
                    () -> name + " is there: " + mars.shell("olympus nodes"),
                    () -> mars.run("olympus node label %s role=web".formatted(name)).code() == 0);
        }

        Lab.write(temporary.resolve("shop/olympus.yaml"), STACK);
        mars.shell("olympus apply --yes " + temporary.resolve("shop"));
        awaitRunningOn(mars, 2, "venus", "earth");

        lab.at("venus").switchOff();
        awaitRunningOn(mars, 2, "earth");

        var refused = lab.at("earth").run("olympus server");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.output()).contains("needs the package olympus");
    }

    @Test
    void machinesThatSshReachesBecomeNodesByOneCommand() {
        var mars = lab.machine("mars");
        install(mars, "olympus");
        mars.start("olympus server --listen 0.0.0.0:7400 --advertise " + mars.address());
        mars.shell("mkdir -p -m 700 ~/.ssh; ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519");
        var key = mars.shell("cat ~/.ssh/id_ed25519.pub").strip();
        for (var name : List.of("venus", "earth")) {
            SshMachine.reachable(lab.machine(name), name.equals("venus") ? key : "");
            mars.shell("echo %s %s >>/etc/hosts".formatted(lab.at(name).address(), name));
            Eventually.becomes(
                    SOON,
                    () -> "sshd of %s is known".formatted(name),
                    () ->
                            !mars.run("ssh-keyscan -t ed25519 %s".formatted(name))
                                    .output()
                                    .isBlank());
            mars.shell("ssh-keyscan -t ed25519 %s >>~/.ssh/known_hosts".formatted(name));
        }
        Eventually.becomes(
                SOON,
                () -> "the server answers: " + mars.run("olympus servers").output(),
                () -> mars.run("olympus servers").code() == 0);

        var added =
                mars.run(
                        "olympus node add --ssh root@venus root@earth -l role=web --package "
                                + packages.folder());

        assertThat(added.code()).as(added.output()).isEqualTo(1);
        assertThat(added.output())
                .contains("root@venus: is node venus")
                .contains("Permission denied (publickey)")
                .contains("ssh -o BatchMode=yes root@earth true");
        assertThat(mars.json("nodes -l role=web").path("nodes").valueStream())
                .singleElement()
                .satisfies(node -> assertThat(node.path("node").asString()).isEqualTo("venus"));
        assertThat(mars.json("token list").path("agentTokens").valueStream()).isEmpty();
        assertThat(lab.at("venus").shell("cat /etc/default/olympus-agent"))
                .contains("OLYMPUS_LOG_LEVEL=info")
                .doesNotContain("OLYMPUS_AGENT_TOKEN");
        assertThat(mars.run("olympus node add --ssh root@venus").output())
                .contains("olympus-agent runs there already; nothing was changed");
    }

    @Test
    void removingThePackageLeavesServicesAndDataAlone() {
        var pluto = lab.machine("pluto");
        install(pluto, "olympus");
        pluto.start("olympus up");
        Eventually.becomes(
                SOON,
                () -> "it is up: " + pluto.run("olympus status").output(),
                () -> pluto.run("olympus status").code() == 0);
        Lab.write(
                temporary.resolve("one/olympus.yaml"),
                "name: one\nservices: { worker: { command: [sleep, '4321'] } }\n");
        pluto.shell("olympus apply --yes " + temporary.resolve("one"));
        Eventually.becomes(
                SOON,
                () -> "the worker runs: " + pluto.shell("olympus status"),
                () -> pluto.run("pgrep -f 'sleep 4321'").code() == 0);

        pluto.shell("dpkg --purge olympus");

        assertThat(pluto.run("test -e /usr/lib/olympus || test -e /var/cache/olympus").code())
                .as("nothing of the package is left")
                .isEqualTo(1);
        assertThat(pluto.run("pgrep -f 'sleep 4321'").code()).as("the worker goes on").isZero();
        assertThat(pluto.run("test -d /var/lib/olympus").code()).as("its data stays").isZero();
    }

    @Test
    void theAgentAloneIsSmall() throws IOException {
        assertThat(Files.size(packages.file("olympus-agent", ".deb"))).isLessThan(60 * MEGABYTE);
        assertThat(Files.size(packages.file("olympus-agent", ".tar.gz"))).isPositive();
        assertThat(Files.readString(packages.folder().resolve("SHA256SUMS")).lines()).hasSize(4);
    }

    @Test
    void theArchiveRunsWhereverItIsUnpacked() {
        var pluto = lab.machine("pluto");
        pluto.shell(
                "mkdir /opt/tools && tar -C /opt/tools --strip-components=1 -xzf "
                        + packages.file("olympus-agent", ".tar.gz"));
        assertThat(pluto.shell("/opt/tools/olympus --version")).startsWith("olympus ");
        assertThat(pluto.run("/opt/tools/olympus status").output())
                .contains("no server", "--address https://")
                .doesNotContain("olympus up");
    }

    private void awaitRunningOn(LabMachine asked, int count, String... nodes) {
        Eventually.becomes(
                SOON,
                () -> "runs on %s: %s".formatted(List.of(nodes), asked.shell("olympus status")),
                () -> {
                    var running =
                            asked.json("status shop/web")
                                    .path("services")
                                    .path(0)
                                    .path("instances")
                                    .valueStream()
                                    .filter(it -> it.path("state").asString().equals("running"))
                                    .map(it -> it.path("node").asString())
                                    .toList();
                    return running.size() == count
                            && List.copyOf(new TreeSet<>(running))
                                    .equals(List.of(nodes).stream().sorted().toList());
                });
    }

    private void install(LabMachine machine, String name) {
        machine.shell("dpkg -i " + packages.file(name, ".deb"));
    }
}
