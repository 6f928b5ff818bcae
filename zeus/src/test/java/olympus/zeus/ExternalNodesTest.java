package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import olympus.model.NodeId;
import olympus.model.stack.PlacementPolicy;
import olympus.model.state.Assignment;
import olympus.model.state.ExternalNode;
import olympus.model.state.NodeSpec;
import org.junit.jupiter.api.Test;

/** Members that are managed elsewhere: they are listed, and nothing is ordered of them. */
final class ExternalNodesTest {

    private static final int SEEDS = 1_000;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final NodeId CDN = new NodeId(new UUID(8, 1));

    private final Island island = new Island(11, 2);

    private void add(String name, Map<String, String> labels) {
        island.now(island.zeus.addExternal(wanted(CDN, name, labels), Island.ANA));
    }

    private static NodeCommands.NewExternal wanted(
            NodeId id, String name, Map<String, String> labels) {
        return new NodeCommands.NewExternal(id, name, labels, "cdn.example.net", "static files");
    }

    private void refused(CompletionStage<?> order, String... words) {
        assertThatThrownBy(() -> island.now(order)).hasMessageContainingAll(words);
    }

    /**
     * Random islands with and without members that are managed elsewhere, whose labels are those of
     * nodes: what is done is the same, and nothing of it is about them.
     */
    @Test
    void noPlanPlacesAnythingOnOneWhateverTheIsland() {
        var named = 0;
        for (var seed = 0; seed < SEEDS; seed++) {
            var without = SortedNodesTest.island(new Random(seed)).plan();
            var random = new Random(seed);
            var island = SortedNodesTest.island(random);
            var count = 1 + random.nextInt(3);
            for (var n = 1; n <= count; n++) {
                island.external(n, "rack=r" + random.nextInt(3), "role=" + role(random));
            }
            var with = island.plan();
            assertThat(with.steps()).as("seed %d", seed).isEqualTo(without.steps());
            assertThat(with.waits().keySet())
                    .as("seed %d", seed)
                    .isEqualTo(without.waits().keySet());
            var ids =
                    IntStream.rangeClosed(1, count)
                            .mapToObj(n -> Situation.externalNode(n).toString())
                            .toList();
            assertThat(with.steps().toString()).as("seed %d", seed).doesNotContain(ids);
            named += with.waits().values().stream().anyMatch(why -> why.contains("cdn")) ? 1 : 0;
        }
        // Otherwise none of them would ever have been wanted.
        assertThat(named).isGreaterThan(SEEDS / 50);
    }

    private static String role(Random random) {
        return random.nextBoolean() ? "web" : "work";
    }

    @Test
    void isListedWithItsLabelsAlsoAfterARestartAndGetsNoAssignment() {
        add("cdn", Map.of("role", "web"));
        var policy =
                new PlacementPolicy(
                        List.of(
                                PlacementPolicy.Constraint.parse("node.labels.role == web")
                                        .orElseThrow()),
                        List.of(),
                        Optional.empty());
        island.now(island.zeus.label("node1", Map.of("role", Optional.of("web")), Island.ANA));
        island.apply(where(policy, stack("shop", service("web").global())));
        island.apply(stack("edge", service("api").replicas(6)));
        island.run(LONG);
        island.restartZeus();
        island.run(LONG);

        assertThat(island.zeus.view().external())
                .containsExactly(
                        new ClusterView.ExternalView(
                                new ExternalNode(
                                        CDN,
                                        "cdn",
                                        "cdn.example.net",
                                        "static files",
                                        "user:ana",
                                        island.zeus.view().external().getFirst().node().since()),
                                Map.of("role", "web")));
        assertThat(island.zeus.view().nodes())
                .extracting(ClusterView.NodeView::name)
                .doesNotContain("cdn");
        assertThat(island.service("shop/web").desired()).isEqualTo(1);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        Set<NodeId> told =
                island.assignments.stream().map(Assignment::node).collect(Collectors.toSet());
        assertThat(told).doesNotContain(CDN).isSubsetOf(island.agents.keySet());
    }

    @Test
    void nothingIsOrderedOfItButLabels() {
        add("cdn", Map.of());
        for (var kind : NodeSpec.Kind.values()) {
            refused(
                    island.zeus.withdraw("cdn", kind, "", false, Island.ANA),
                    "cdn is externally managed (added by user:ana)",
                    "sends it no orders");
        }
        refused(
                island.zeus.withdraw(CDN.toString(), NodeSpec.Kind.DRAIN, "", true, Island.ANA),
                "externally managed");
        refused(island.zeus.restore("cdn", Island.ANA), "externally managed");

        island.now(island.zeus.label("cdn", Map.of("kind", Optional.of("cdn")), Island.ANA));
        island.run(Duration.ofSeconds(1));
        assertThat(island.zeus.view().external().getFirst().labels())
                .isEqualTo(Map.of("kind", "cdn"));
        assertThat(island.decisions())
                .anyMatch(one -> one.action().equals("label") && one.subject().equals("node:cdn"));
    }

    @Test
    void itsNameIsNoNodesAndItsWordsAreBounded() {
        refused(
                island.zeus.addExternal(wanted(CDN, "node1", Map.of()), Island.ANA),
                "a node is called node1 already");
        add("cdn", Map.of());
        var other = new NodeId(new UUID(8, 2));
        refused(
                island.zeus.addExternal(wanted(other, "cdn", Map.of()), Island.ANA),
                "a node is called cdn already");
        refused(
                island.zeus.addExternal(wanted(other, "a b", Map.of()), Island.ANA),
                "not the name of a node");
        refused(
                island.zeus.addExternal(wanted(other, "nas", Map.of("a b", "c")), Island.ANA),
                "not a label");
        refused(
                island.zeus.addExternal(
                        new NodeCommands.NewExternal(other, "nas", Map.of(), "", "n".repeat(501)),
                        Island.ANA),
                "note: it has 501 characters");
    }

    @Test
    void whySaysWhatItIsAndThatItIsWhyNothingIsPlacedThere() {
        add("cdn", Map.of("role", "cdn"));
        var policy =
                new PlacementPolicy(
                        List.of(
                                PlacementPolicy.Constraint.parse("node.labels.role == cdn")
                                        .orElseThrow()),
                        List.of(),
                        Optional.empty());
        island.apply(where(policy, stack("shop", service("web"))));
        island.run(LONG);

        assertThat(sentences("cdn"))
                .contains("cdn is externally managed (added by user:ana)")
                .contains("Static files");
        assertThat(sentences("shop/web")).contains("cdn is externally managed: nothing is placed");
    }

    private String sentences(String thing) {
        return island.now(island.zeus.why(thing)).stream()
                .map(StackCommands.Cause::sentence)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void removedItIsListedNoMoreAndItsNameIsFree() {
        add("cdn", Map.of("role", "web"));
        refused(island.zeus.removeExternal("node1", Island.ANA), "no externally managed node");
        island.now(island.zeus.removeExternal("cdn", Island.ANA));
        island.run(Duration.ofSeconds(1));
        assertThat(island.zeus.view().external()).isEmpty();
        add("cdn", Map.of());
        island.run(Duration.ofSeconds(1));
        assertThat(island.zeus.view().external().getFirst().labels()).isEmpty();
    }

    @Test
    void aThoughtKnowsNoSuchNodeToLose() {
        add("cdn", Map.of());
        island.run(Duration.ofSeconds(1));
        assertThat(island.foresight().nodes().values()).doesNotContain("cdn");
        assertThatThrownBy(() ->
                        NodeNames.find(
                                "cdn", island.foresight().nodes(), island.zeus.view().external()))
                .hasMessageContaining("externally managed");
    }
}
