package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import olympus.systemtests.LabIsland.Instance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nine machines, three of them servers, with services that a client uses meanwhile: what it sees
 * while machines are switched off, cables pulled and leaders moved. Prints a table.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // what is set before all tests
final class NineMachinesTest {

    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final List<String> SERVERS = List.of("mars", "venus", "earth");
    private static final List<String> AGENTS =
            List.of("ceres", "eris", "iris", "juno", "pluto", "vesta");
    private static final int LEADERS = 20;

    private static final String DATA = "/var/lib/olympus";

    private Path folder;
    private Path witness;
    private Lab lab;
    private LabIsland island;
    private final Map<String, Visitor> visitors = new TreeMap<>();
    private final List<String> table = new ArrayList<>();

    @BeforeAll
    void build(@TempDir Path temporary) {
        folder = temporary;
        witness = folder.resolve("witness");
        lab = new Lab(folder.resolve("lab"));
        island = new LabIsland(lab, Packages.build(folder).unpack(folder.resolve("home")));
        SERVERS.forEach(island::addServer);
        AGENTS.forEach(island::addAgent);
        // In a folder that is on no other machine.
        var anyWeb = String.join(" || curl -sf -m 10 ", urls(List.of("8080", "8081", "8082")));
        var text = Lab.write(folder.resolve("olympus.yaml"), stack(witness, anyWeb));
        lab.at("mars")
                .shell(
                        "mkdir -p /srv/shop; cp %s /srv/shop/; olympus apply --yes /srv/shop"
                                .formatted(text));
        awaitWhole(List.of());
        var visiting = lab.machine("visitor");
        Stream.of("web 8080 8081 8082", "single 8083", "lone 8084")
                .map(words -> words.split(" "))
                .forEach(words ->
                        visitors.put(
                                words[0],
                                new Visitor(
                                        visiting,
                                        folder,
                                        PATIENCE,
                                        "",
                                        urls(List.of(words).subList(1, words.length)))));
        visitors.put(
                "API",
                new Visitor(
                        visiting,
                        folder,
                        PATIENCE.multipliedBy(4),
                        lab.at("mars").shell("cat " + DATA + "/admin.token").strip(),
                        SERVERS.stream()
                                .map(name ->
                                        "https://%s:7400/api/v1/nodes"
                                                .formatted(lab.at(name).address()))
                                .toList()));
    }

    private List<String> urls(List<String> ports) {
        return island.machines().stream()
                .flatMap(name -> ports.stream().map(port -> url(name, port)))
                .toList();
    }

    private String url(String machine, String port) {
        return "http://%s:%s/".formatted(lab.at(machine).address(), port);
    }

    @BeforeEach
    void whole() {
        island.awaitConnected(island.machines().toArray(String[]::new));
        awaitWhole(List.of());
    }

    @AfterEach
    void neverBesideAndNeverTooEarly() {
        assertThat(Installation.read(witness)).isEmpty();
    }

    @AfterAll
    void close() {
        table.forEach(System.out::println);
        Lab.write(Path.of("target/nine-machines.md"), String.join("\n", table) + "\n");
        lab.close();
    }

    @Test
    void whateverMachineIsSwitchedOffServicesGoOn() {
        eachInTurn("switched off", machine -> machine.switchOff(), island::switchOn);
    }

    @Test
    void whateverCableIsPulledServicesGoOnAndNothingRunsTwiceAfterwards() {
        eachInTurn("cable pulled", LabMachine::pullCable, name -> lab.at(name).plugCableIn());
    }

    private void eachInTurn(String what, Consumer<LabMachine> lose, Consumer<String> giveBack) {
        for (var name : island.machines()) {
            var role =
                    island.leader(List.of()).filter(name::equals).isPresent()
                            ? "leading server"
                            : SERVERS.contains(name) ? "server" : "agent";
            var before = island.instances(List.of());
            var there =
                    before.stream()
                            .filter(it -> it.node().equals(name))
                            .map(Instance::id)
                            .sorted()
                            .collect(Collectors.joining(", "));
            var from = Instant.now();

            lose.accept(lab.at(name));
            awaitWhole(List.of(name));
            var to = Instant.now();
            giveBack.accept(name);
            island.awaitConnected(name);
            awaitWhole(List.of());
            awaitNoDoubles();

            row("%s (%s, with %s) %s".formatted(name, role, there, what), from, to);
            assertThat(seen("web", from, to).failed())
                    .as("visits of a service with three replicas that failed, " + name)
                    .isZero();
            assertSameRuns(before, it -> !it.node().equals(name));
        }
    }

    @Test
    void leadersMoveTwentyTimesAndNothingIsRestarted() {
        var before = island.instances(List.of());
        var from = Instant.now();
        for (var move = 0; move < LEADERS; move++) {
            var leader = island.leader(List.of()).orElseThrow();
            var next = SERVERS.get((SERVERS.indexOf(leader) + 1) % SERVERS.size());
            island.say("servers transfer-leader " + next, List.of());
        }
        row("leader moved %d times".formatted(LEADERS), from, Instant.now());

        assertSameRuns(before, _ -> true);
        for (var name : List.of("web", "single", "lone")) {
            assertThat(seen(name, from, Instant.now()).failed()).as(name).isZero();
        }
    }

    @Test
    void aPauseOfFiveSecondsMovesNothing() {
        var before = island.instances(List.of());
        for (var name : AGENTS) {
            lab.at(name)
                    .shell(
                            "pkill -STOP -f '[O]lympusServerMain'; sleep 5; pkill -CONT -f '[O]lympusServerMain'");
        }
        island.awaitConnected(AGENTS.toArray(String[]::new));

        assertSameRuns(before, _ -> true);
    }

    @Test
    void aSingletonIsFencedWithItsAgentKilledAndItsNodeCutOff() {
        var lone = runsOf("shop/lone").getFirst();
        var machine = lab.at(lone.node());
        var from = Instant.now();

        machine.shell("pkill -KILL -f '[O]lympusServerMain'");
        machine.pullCable();
        awaitWhole(List.of(lone.node()));
        row(
                "%s: agent killed and cable pulled, with the singleton".formatted(lone.node()),
                from,
                Instant.now());

        assertThat(machine.run("pgrep -f '[h]ttp.server 8084'").code())
                .as("it has ended where nobody could tell it to")
                .isEqualTo(1);
        machine.plugCableIn();
        island.startOlympus(lone.node());
        island.awaitConnected(lone.node());
        awaitWhole(List.of());
        awaitNoDoubles();
    }

    @Test
    void aMachineJoinsWhileTheLeaderIsLost() {
        var leader = island.leader(List.of()).orElseThrow();
        var name = "titan";
        var token = island.agentToken();
        var machine = island.added(name);
        lab.at(leader).switchOff();

        island.startAgent(
                machine,
                token,
                SERVERS.stream()
                        .filter(server -> !server.equals(leader))
                        .findFirst()
                        .orElseThrow());

        island.awaitConnected(name);
        island.switchOn(leader);
        island.awaitConnected(leader);
        island.remove(name);
    }

    @Test
    void allAreSwitchedOffAtOnceAndComeBackByThemselves() {
        var names = island.machines();
        names.forEach(name -> lab.at(name).switchOff());
        var from = Instant.now();

        names.forEach(island::switchOn);
        island.awaitConnected(names.toArray(String[]::new));
        awaitWhole(List.of());

        row("all of them switched off, and on again at once", from, Instant.now());
        awaitNoDoubles();
    }

    private Visitor.Seen seen(String visitor, Instant from, Instant to) {
        return Optional.ofNullable(visitors.get(visitor)).orElseThrow().between(from, to);
    }

    private void row(String what, Instant from, Instant to) {
        var words = new ArrayList<String>();
        words.add(what);
        for (var name : List.of("web", "single", "lone", "API")) {
            words.add(seen(name, from, to).toString());
        }
        var line = "| %s |".formatted(String.join(" | ", words));
        System.out.println(line);
        table.add(line);
    }

    /** Waits until all that is declared runs on other machines than some. */
    private void awaitWhole(List<String> lost) {
        Eventually.becomes(
                SETTLED,
                () -> "all run without %s: %s".formatted(lost, island.say("status", lost)),
                () -> isWhole(island.instances(lost), lost));
    }

    private static boolean isWhole(List<Instance> instances, List<String> lost) {
        return instances.size() == 6
                && instances.stream().allMatch(it -> it.isRunning() && !lost.contains(it.node()));
    }

    private List<Instance> runsOf(String service) {
        return island.instances(List.of()).stream()
                .filter(it -> it.service().equals(service))
                .toList();
    }

    /** What a machine runs beyond what it is to run has ended. */
    private void awaitNoDoubles() {
        for (var port : Map.of("web", "808[0-2]", "single", "8083", "lone", "8084").entrySet()) {
            var nodes =
                    runsOf("shop/" + port.getKey()).stream()
                            .map(Instance::node)
                            .collect(Collectors.toSet());
            for (var name : island.machines()) {
                var expected = nodes.contains(name) ? 1 : 0;
                Eventually.becomes(
                        SETTLED,
                        () -> "%d of %s on %s".formatted(expected, port.getKey(), name),
                        () -> processes(name, port.getValue()) == expected);
            }
        }
    }

    private int processes(String machine, String port) {
        return Integer.parseInt(
                lab.at(machine)
                        .run("pgrep -fc '^[^ ]*python3 -m http.server %s'".formatted(port))
                        .output()
                        .strip());
    }

    private void assertSameRuns(List<Instance> before, Predicate<Instance> which) {
        var now =
                island.instances(List.of()).stream()
                        .collect(Collectors.toMap(Instance::id, it -> it));
        for (var instance : before) {
            if (which.test(instance)) {
                assertThat(now.get(instance.id())).isEqualTo(instance);
            }
        }
    }

    /**
     * @param witness of what must not happen; all machines see the same one
     * @param anyWeb for curl: the address of any web server
     */
    private static String stack(Path witness, String anyWeb) {
        return """
        name: shop
        services:
          web:
            command: [python3, -m, http.server, "${OLYMPUS_PORT}", --directory, /usr/share/common-licenses]
            ports: ["8080-8082"]
            probe: { http: ":${OLYMPUS_PORT}/", interval: 1s, timeout: 5s }
            deploy: { replicas: 3, placement: { max_replicas_per_node: 1 } }
          front:
            command: [sh, -c, 'curl -sf -m 10 %2$s >/dev/null || echo "too early" >>%1$s; exec sleep 100000']
            depends_on: { web: { condition: service_healthy } }
          single:
            command: [python3, -m, http.server, "8083", --directory, /usr/share/common-licenses]
            ports: ["8083"]
          lone:
            singleton: { lease: 5s }
            stop_grace_period: 2s
            command: [sh, -c, 'exec 9>>%1$s.lock; flock -n 9 || echo beside >>%1$s; exec python3 -m http.server 8084 --directory /usr/share/common-licenses']
            ports: ["8084"]
        """
                .formatted(witness, anyWeb);
    }
}
