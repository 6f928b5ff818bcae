package olympus.server.foresight;

import static olympus.server.foresight.ScriptedIsland.EARTH;
import static olympus.server.foresight.ScriptedIsland.MARS;
import static olympus.server.foresight.ScriptedIsland.VENUS;
import static olympus.server.foresight.ScriptedIsland.moves;
import static olympus.server.foresight.ScriptedIsland.stays;
import static olympus.server.foresight.ScriptedIsland.waits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.server.foresight.SinglePoint.Kind;
import olympus.zeus.Foresight;
import olympus.zeus.Supposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of each part of the island whose loss is thought through. */
final class TopologyTest {

    private static final long NEVER = System.nanoTime() + Duration.ofDays(1).toNanos();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static ScriptedIsland island(Function<Supposition, List<Foresight.Loss>> losses) {
        return ScriptedIsland.ofTwo().losing(losses);
    }

    private static List<SinglePoint> boxes(ScriptedIsland island, Quorum quorum) {
        return Topology.of(island, quorum, Scope.BOXES, NEVER).points();
    }

    private static List<Foresight.Loss> loss(Foresight.Gravity gravity) {
        return loss("shop/web", gravity);
    }

    private static List<Foresight.Loss> loss(String service, Foresight.Gravity gravity) {
        return List.of(new Foresight.Loss(ServiceId.parse(service), gravity, 1, 0, 0, "because"));
    }

    private static Quorum onMars(String... members) {
        return on(MARS, members);
    }

    private static Quorum onVenus(String... members) {
        return on(VENUS, members);
    }

    /** The first of these servers runs there; of the others that is not known. */
    private static Quorum on(NodeId node, String... members) {
        var voters = new TreeMap<String, Boolean>();
        List.of(members).forEach(member -> voters.put(member, true));
        return new Quorum(voters, Map.of(members[0], node));
    }

    /** As in {@code "NODE mars STOPS"}. */
    private static List<String> text(List<SinglePoint> points) {
        return points.stream()
                .map(point -> "%s %s %s".formatted(point.kind(), point.name(), point.gravity()))
                .toList();
    }

    @Test
    void theGravestComesFirstAndTheOnlyServerIsOne() {
        var island =
                island(supposed ->
                        supposed.lost().contains(VENUS)
                                ? loss(Foresight.Gravity.STOPS)
                                : List.of());

        assertThat(text(boxes(island, onMars("one"))))
                .containsExactly("NODE venus STOPS", "NODE mars NO_ORDERS", "SERVER one NO_ORDERS");
    }

    @Test
    void whatEndsWithoutALeaderIsLostWithTheServerAlone() {
        var island =
                island(supposed ->
                        supposed.undecided().isPresent()
                                ? loss(Foresight.Gravity.STOPS)
                                : List.of());
        var points = boxes(island, onMars("one"));

        assertThat(text(points))
                .containsExactly("NODE mars STOPS", "SERVER one STOPS", "NODE venus FINE");
        assertThat(points.get(1).hits()).hasSize(1);
        assertThat(points.get(1).orders()).isPresent();
    }

    @Test
    void ofThreeServersAnyOneMayFail() {
        var points = boxes(island(_ -> List.of()), onMars("one", "two", "three"));

        assertThat(points).allMatch(point -> point.gravity() == SinglePoint.Gravity.FINE);
        assertThat(points)
                .filteredOn(point -> point.name().equals("mars"))
                .extracting(SinglePoint::remark)
                .containsExactly("the other servers go on, and bear no further loss");
        assertThat(points)
                .filteredOn(point -> point.name().equals("venus"))
                .extracting(SinglePoint::remark)
                .containsExactly("");
    }

    @Test
    void whatMovesOrIsDegradedIsLessGraveThanAnIslandWithoutOrders() {
        for (var less : List.of(Foresight.Gravity.DOWN_UNTIL_MOVED, Foresight.Gravity.DEGRADED)) {
            var island = island(supposed -> supposed.lost().isEmpty() ? List.of() : loss(less));

            assertThat(text(boxes(island, onMars("one"))))
                    .containsExactly(
                            "NODE mars NO_ORDERS", "SERVER one NO_ORDERS", "NODE venus " + less);
        }
    }

    @Test
    void itEndsWhenItsTimeIsOver() {
        var over = System.nanoTime() - 1;

        assertThatThrownBy(
                        () -> Topology.of(island(_ -> List.of()), onMars("one"), Scope.BOXES, over))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("thinking 2 machines away took too long")
                .hasMessageContaining("olympus plan --what-if node-lost=NODE");
    }

    @Test
    void moreMachinesThanCanBeThoughtAwayAreRefused() {
        var many = new ScriptedIsland();
        for (var n = 0; n <= Topology.MOST_NODES; n++) {
            many.node(new NodeId(new UUID(8, n)), "node" + n);
        }

        assertThatThrownBy(() -> boxes(many, onMars("one")))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("there are 1001 machines; at most 1000");
    }

    @Test
    void whatIsLostIsToldWithWhatGoesOnAndWithWhatWouldHelp() {
        var island =
                shop(ScriptedIsland.ofTwo())
                        .leadingTo(
                                _ -> List.of(stays("shop/web.1", MARS), stays("shop/db.1", VENUS)))
                        .losing(supposed ->
                                supposed.lost().contains(MARS)
                                        ? loss(Foresight.Gravity.DOWN_UNTIL_MOVED)
                                        : List.of());
        var point = point(boxes(island, onVenus("one", "two", "three")), Kind.NODE, "mars");

        assertThat(point.goOn()).isEqualTo(1);
        assertThat(point.hits().getFirst().remedies())
                .containsExactly("a second replica of shop/web, with max_replicas_per_node: 1");
        assertThat(point.remedies()).isEmpty();
    }

    @Test
    void forWhatOneNodeAloneMayRunAnotherIsNamed() {
        var island =
                shop(ScriptedIsland.ofTwo().label(VENUS, "disk", "fast"))
                        .losing(supposed ->
                                supposed.lost().contains(VENUS)
                                        ? loss("shop/db", Foresight.Gravity.STOPS)
                                        : List.of());
        var remedies =
                point(boxes(island, onMars("one")), Kind.NODE, "venus")
                        .hits()
                        .getFirst()
                        .remedies();

        assertThat(remedies)
                .contains(
                        "another node disk=fast, for shop/db (olympus node label NODE disk=fast)");
        island.label(MARS, "disk", "fast");
        assertThat(
                        point(boxes(island, onMars("one")), Kind.NODE, "venus")
                                .hits()
                                .getFirst()
                                .remedies())
                .noneMatch(remedy -> remedy.contains("another node"));
    }

    @Test
    void dataOfOneNodeIsToBeReachedFromOthers() {
        var island =
                shop(ScriptedIsland.ofTwo())
                        .losing(supposed ->
                                supposed.lost().contains(MARS)
                                        ? loss("shop/files", Foresight.Gravity.STOPS)
                                        : List.of());

        assertThat(
                        point(boxes(island, onVenus("one")), Kind.NODE, "mars")
                                .hits()
                                .getFirst()
                                .remedies())
                .singleElement()
                .asString()
                .startsWith("data of shop/files where other machines reach it")
                .contains("the volume ");
    }

    @Test
    void howManyServersAreMissingIsSaid() {
        var island = island(_ -> List.of());

        assertThat(point(boxes(island, onMars("one")), Kind.SERVER, "one").remedies())
                .singleElement()
                .asString()
                .startsWith("two more servers on other machines");
        assertThat(point(boxes(island, onMars("one", "two")), Kind.NODE, "mars").remedies())
                .singleElement()
                .asString()
                .startsWith("a third server on another machine");
        var silent =
                new Quorum(Map.of("one", true, "two", true, "three", false), Map.of("one", MARS));
        assertThat(point(boxes(island, silent), Kind.SERVER, "one").remedies())
                .containsExactly("bring back server three, which counts and does not answer");
        assertThat(Topology.of(island, silent, Scope.BOXES, NEVER).unknown())
                .anyMatch(text -> text.startsWith("whether server three runs"))
                .anyMatch(text -> text.equals("on which machine server three, two runs"));
    }

    // Disks.

    @Test
    void aDiskTakesNothingDownAndWhatIsOnItIsNotKnown() {
        var island =
                shop(ScriptedIsland.ofTwo().disks(MARS, "/").disks(VENUS, "/", "/data"))
                        .leadingTo(_ -> List.of(stays("shop/files.1", MARS)));
        var points = all(island, onMars("one", "two", "three"), Kind.DISK);

        assertThat(text(points)).containsExactly("DISK mars DEGRADED", "DISK venus DEGRADED");
        var mars = points.getFirst();
        assertThat(mars.hits()).isEmpty();
        assertThat(mars.goOn()).isEqualTo(1);
        assertThat(mars.remark())
                .startsWith("what runs there goes on; orders are kept in memory only")
                .contains("server one takes no writes, and the other servers go on")
                .contains("whether data of shop/files is on that disk is not known")
                .endsWith("it has one disk, at /");
        assertThat(points.get(1).remark())
                .doesNotContain("server")
                .endsWith(
                        "it has 2 disks (/, /data), and which of them holds the data folder is not told");
        assertThat(mars.remedies()).singleElement().asString().startsWith("two disks that mirror");
    }

    @Test
    void withTheDiskOfTheOnlyServerSingletonsEnd() {
        var island =
                shop(ScriptedIsland.ofTwo())
                        .losing(supposed ->
                                supposed.undecided().isPresent()
                                        ? loss("shop/lone", Foresight.Gravity.STOPS)
                                        : List.of());

        assertThat(text(all(island, onMars("one"), Kind.DISK)))
                .containsExactly("DISK mars STOPS", "DISK venus DEGRADED");
    }

    // Machines that fail together.

    @Test
    void machinesOfOneRackAreTakenAwayTogether() {
        var island =
                shop(ScriptedIsland.ofThree())
                        .label(MARS, "rack", "a")
                        .label(VENUS, "rack", "a")
                        .losing(supposed ->
                                supposed.lost().equals(Set.of(MARS, VENUS))
                                        ? loss(Foresight.Gravity.STOPS)
                                        : List.of());
        var quorum =
                new Quorum(
                        Map.of("one", true, "two", true, "three", true),
                        Map.of("one", MARS, "two", VENUS, "three", EARTH));
        var findings =
                Topology.of(island, quorum, new Scope(Set.of(Kind.DOMAIN), List.of()), NEVER);

        assertThat(findings.labels()).containsExactly("rack");
        var rack = findings.points().getFirst();
        assertThat(rack.name()).isEqualTo("rack=a");
        assertThat(rack.part().nodes()).containsExactly("mars", "venus");
        assertThat(rack.orders()).get().asString().contains("1 of 3 servers would be left");
        assertThat(rack.remedies())
                .containsExactly(
                        "fewer than half of the servers on rack=a: others on other machines (olympus servers add)");
        assertThat(rack.hits().getFirst().remedies())
                .containsExactly(
                        "a second replica of shop/web, with preferences: [ { spread: node.labels.rack } ]");
        assertThat(findings.unknown()).contains("the rack of earth, which has no such label");
    }

    @Test
    void whereNoLabelSaysWhatIsSharedThatIsToldAndALabelThatNobodyHasIsRefused() {
        var island = shop(ScriptedIsland.ofTwo().label(MARS, "role", "web"));
        var findings =
                Topology.of(
                        island, onMars("one"), new Scope(Set.of(Kind.DOMAIN), List.of()), NEVER);

        assertThat(findings.points()).isEmpty();
        assertThat(findings.unknown())
                .anyMatch(text -> text.startsWith("which machines share a rack"));
        var wrong = new Scope(Set.of(Kind.DOMAIN), List.of("rak"));
        assertThatThrownBy(() -> Topology.of(island, onMars("one"), wrong, NEVER))
                .isInstanceOf(OlympusException.class)
                .hasMessage("no node has the label \"rak\"; nodes have the labels [role]");
    }

    // Links.

    @Test
    void behindACutLinkServicesRunOnAndWhatCanMoveRunsTwice() {
        var island =
                shop(ScriptedIsland.ofThree())
                        .leadingTo(supposed ->
                                supposed.lost().equals(Set.of(VENUS))
                                        ? List.of(
                                                moves("shop/web.1", VENUS, EARTH),
                                                moves("shop/lone.1", VENUS, EARTH),
                                                waits("shop/files.1", VENUS, "its volume is there"),
                                                stays("shop/db.1", EARTH))
                                        : List.of(stays("shop/db.1", EARTH)));
        var link = point(all(island, onMars("one"), Kind.LINK), Kind.LINK, "venus");

        assertThat(hits(link))
                .containsExactly(
                        "CUT_OFF shop/files: it goes on on venus, out of reach of the rest; it is not started elsewhere: its volume is there",
                        "DOWN_UNTIL_MOVED shop/lone: it ends with its lease on venus, which nobody there renews; it is started on earth",
                        "TWICE shop/web: it goes on on venus, and is started on earth as well: it runs twice until the link is back");
        assertThat(link.gravity()).isEqualTo(SinglePoint.Gravity.CUT_OFF);
        assertThat(link.orders()).isEmpty();
        assertThat(link.remedies())
                .containsExactly("a second way to venus, by another cable and another switch");
        assertThat(link.hits().getLast().remedies())
                .containsExactly("singleton: true for shop/web, if it must never run twice");
    }

    @Test
    void theOnlyServerThatIsCutOffGoesOnDecidingAndTakesTheOthersForLost() {
        var island =
                shop(ScriptedIsland.ofTwo())
                        .leadingTo(supposed ->
                                supposed.lost().equals(Set.of(VENUS))
                                        ? List.of(
                                                moves("shop/web.1", VENUS, MARS),
                                                stays("shop/db.1", MARS))
                                        : List.of());
        var link = point(all(island, onMars("one"), Kind.LINK), Kind.LINK, "mars");

        assertThat(hits(link))
                .containsExactly(
                        "CUT_OFF shop/db: it goes on on mars, out of reach of the rest",
                        "TWICE shop/web: it goes on on venus, and is started on mars as well: it runs twice until the link is back");
        assertThat(link.gravity()).isEqualTo(SinglePoint.Gravity.NO_ORDERS);
        assertThat(link.remark()).startsWith("it goes on deciding alone");
    }

    @Test
    void whereNeitherSideHasEnoughServersSingletonsEndOnBoth() {
        var quorum =
                new Quorum(Map.of("one", true, "two", true), Map.of("one", MARS, "two", VENUS));
        var island =
                shop(ScriptedIsland.ofTwo())
                        .leadingTo(supposed -> {
                            assertThat(supposed.lost()).isEmpty();
                            assertThat(supposed.undecided()).isPresent();
                            return List.of(
                                    waits("shop/lone.1", VENUS, "nobody renews it"),
                                    stays("shop/web.1", VENUS));
                        });
        var link = point(all(island, quorum, Kind.LINK), Kind.LINK, "mars");

        assertThat(hits(link))
                .containsExactly(
                        "STOPS shop/lone: it ends with its lease on venus, which nobody there renews");
        assertThat(link.remark()).isEqualTo("what runs goes on on both sides");
    }

    @Test
    void aServerThatIsCutOffLosesItsVoteAndTheOthersGoOn() {
        var link =
                point(
                        all(ScriptedIsland.ofThree(), onMars("one", "two", "three"), Kind.LINK),
                        Kind.LINK,
                        "mars");

        assertThat(link.gravity()).isEqualTo(SinglePoint.Gravity.FINE);
        assertThat(link.remark())
                .isEqualTo(
                        "what runs there goes on; server one loses its vote, and the other servers go on, and bear no further loss");
    }

    @Test
    void theOnlyMachineCanBeCutOffFromNoOther() {
        var link = all(new ScriptedIsland().node(MARS, "mars"), onMars("one"), Kind.LINK);

        assertThat(link).hasSize(1);
        assertThat(link.getFirst().remark()).startsWith("no other machine is there");
        assertThat(link.getFirst().remedies())
                .noneMatch(remedy -> remedy.startsWith("a second way"));
    }

    @Test
    void aMachineThatIsLostAndCutOffIsThoughtOfOnce() {
        var island = ScriptedIsland.ofTwo();
        Topology.of(
                island,
                onMars("one", "two", "three"),
                new Scope(Set.of(Kind.NODE, Kind.LINK, Kind.DISK, Kind.SERVER), List.of()),
                NEVER);

        // What there is, and each machine.
        assertThat(island.thoughts()).isEqualTo(3);
    }

    private ScriptedIsland shop(ScriptedIsland island) {
        return island.declared(
                folder,
                """
                name: shop
                services:
                  web: { command: web }
                  db: { command: db, deploy: { placement: { constraints: ["node.labels.disk == fast"] } } }
                  lone: { command: lone, singleton: true }
                """,
                """
                services:
                  files: { image: files, volumes: ["data:/data"] }
                volumes: { data: {} }
                """);
    }

    private static List<SinglePoint> all(ScriptedIsland island, Quorum quorum, Kind kind) {
        return Topology.of(island, quorum, new Scope(Set.of(kind), List.of()), NEVER).points();
    }

    private static SinglePoint point(List<SinglePoint> points, Kind kind, String name) {
        return points.stream()
                .filter(point -> point.kind() == kind && point.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> hits(SinglePoint point) {
        return point.hits().stream()
                .map(hit -> "%s %s: %s".formatted(hit.gravity(), hit.service(), hit.why()))
                .toList();
    }
}
