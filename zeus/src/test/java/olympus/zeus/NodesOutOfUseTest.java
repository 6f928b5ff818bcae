package olympus.zeus;

import static olympus.zeus.Stacks.project;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.DeployPolicy;
import olympus.model.state.InstanceObservation;
import olympus.model.state.NodeSpec;
import olympus.model.state.NodeSpec.Kind;
import org.junit.jupiter.api.Test;

/** Nodes that people label and take out of use. */
final class NodesOutOfUseTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Island island = new Island(11, 3);
    private final SimulatedAgent first = island.agent();

    private void withdraw(Kind kind, boolean force) {
        island.now(island.zeus.withdraw(first.name, kind, "new disk", force, Island.ANA));
    }

    private ClusterView.Wanted wanted() {
        return island.zeus.view().nodes().stream()
                .filter(node -> node.id().equals(first.id))
                .findFirst()
                .orElseThrow()
                .wanted();
    }

    private long onTheFirst(String service) {
        return island.service(service).instances().stream()
                .filter(instance -> instance.node().equals(first.id))
                .count();
    }

    private long fewestHealthyWhile(Runnable order, String service) {
        var fewest = new long[] {island.service(service).healthy()};
        order.run();
        for (var step = 0; step < LONG.toMillis() / 100; step++) {
            island.run(Duration.ofMillis(100));
            fewest[0] = Math.min(fewest[0], island.service(service).healthy());
        }
        return fewest[0];
    }

    @Test
    void drainMovesOneAfterTheOtherAndNothingComesBackByItself() {
        island.apply(stack("shop", service("web").replicas(6)));
        island.run(LONG);
        assertThat(onTheFirst("shop/web")).isEqualTo(2);

        var fewest = fewestHealthyWhile(() -> withdraw(Kind.DRAIN, false), "shop/web");

        assertThat(onTheFirst("shop/web")).isZero();
        assertThat(fewest).isEqualTo(5);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(wanted().staying()).isEmpty();
        assertThat(wanted().withdrawal().map(NodeSpec.Withdrawal::by)).contains("user:ana");
        assertThat(island.decisions())
                .anyMatch(one -> one.action().equals("move") && one.why().contains("new disk"));

        island.now(island.zeus.restore(first.id.toString(), Island.ANA));
        island.run(LONG);
        assertThat(onTheFirst("shop/web")).isZero();
        island.apply(stack("shop", service("web").replicas(7)));
        island.run(LONG);
        assertThat(onTheFirst("shop/web")).isEqualTo(1);
    }

    @Test
    void aCordonedNodeKeepsWhatItHasAndGetsNothingNew() {
        island.apply(stack("shop", service("web").replicas(3)));
        island.run(LONG);
        withdraw(Kind.CORDON, false);
        island.apply(stack("shop", service("web").replicas(9)));
        island.run(LONG);

        assertThat(onTheFirst("shop/web")).isEqualTo(1);
        assertThat(island.service("shop/web").healthy()).isEqualTo(9);
    }

    @Test
    void byForceAHaltedUpdateKeepsNothingAndWhatItHasNotReachedRunsWhatItRan() {
        var web =
                service("web")
                        .replicas(6)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("shop", web.command("good")));
        island.run(LONG);
        island.apply(stack("shop", web.command("bad")));
        island.run(LONG);
        assertThat(island.service("shop/web").reason()).contains("halted");

        withdraw(Kind.DRAIN, true);
        island.run(LONG);

        assertThat(wanted().staying()).isEmpty();
        assertThat(island.service("shop/web").healthy()).isEqualTo(5);
        assertThat(first.runs().values())
                .noneMatch(run -> run.state == InstanceObservation.State.RUNNING);
    }

    private String drainHomeOf(olympus.model.stack.StackDefinition project) {
        island.apply(project);
        island.run(LONG);
        var home = island.service("shop/web").instances().getFirst().nodeName();
        island.now(island.zeus.withdraw(home, Kind.DRAIN, "", false, Island.ANA));
        island.run(LONG);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.service("shop/worker").state()).isEqualTo("running");
        return home;
    }

    private List<ClusterView.Staying> staying(String node) {
        return island.zeus.view().nodes().stream()
                .filter(one -> one.name().equals(node))
                .flatMap(one -> one.wanted().staying().stream())
                .toList();
    }

    @Test
    void neighboursLeaveTogether() {
        var home =
                drainHomeOf(
                        project(
                                "bridge",
                                stack("shop", service("web"), service("worker").after("web"))));

        assertThat(staying(home)).isEmpty();
        var now = island.service("shop/web").instances().getFirst().nodeName();
        assertThat(now).isNotEqualTo(home);
        assertThat(island.service("shop/worker").instances().getFirst().nodeName()).isEqualTo(now);
    }

    @Test
    void whatIsBoundStaysWithItsNeighboursAndSaysWhy() {
        var home =
                drainHomeOf(
                        Stacks.withVolume(
                                "web",
                                project(
                                        "bridge",
                                        stack(
                                                "shop",
                                                service("web"),
                                                service("worker").after("web")))));

        assertThat(staying(home)).hasSize(2).allMatch(ClusterView.Staying::bound);
        assertThat(staying(home).getLast().why())
                .contains("shop/web, beside which it belongs, stays there: the volume");
    }

    @Test
    void aServiceOfEveryNodeLeavesAndComesBack() {
        island.apply(stack("shop", service("log").global()));
        island.run(LONG);
        withdraw(Kind.MAINTENANCE, false);
        island.run(LONG);
        assertThat(onTheFirst("shop/log")).isZero();
        assertThat(island.service("shop/log").desired()).isEqualTo(2);
        assertThat(island.service("shop/log").state()).isEqualTo("running");

        island.now(island.zeus.restore(first.name, Island.ANA));
        island.run(LONG);
        assertThat(onTheFirst("shop/log")).isEqualTo(1);
        assertThat(island.service("shop/log").desired()).isEqualTo(3);
    }

    @Test
    void labelsAreSetAndRemovedAndTheWrongOnesRefused() {
        label(Map.of("role", Optional.of("web"), "rack", Optional.of("b2")));
        label(Map.of("rack", Optional.empty()));
        assertThat(wanted().labels()).isEqualTo(Map.of("role", "web"));

        assertThatThrownBy(() -> label(Map.of("-bad", Optional.of(""))))
                .hasMessageContaining("not a label: \"-bad\"");
        assertThatThrownBy(() -> label(Map.of("a", Optional.of("x".repeat(256)))))
                .hasMessageContaining("256 characters");
        assertThatThrownBy(() ->
                        island.now(
                                island.zeus.label(
                                        "pluto", Map.of("a", Optional.of("b")), Island.ANA)))
                .hasMessageContaining("there is no node \"pluto\"")
                .hasMessageContaining(first.name);
    }

    private void label(Map<String, Optional<String>> labels) {
        island.now(island.zeus.label(first.name, labels, Island.ANA));
    }

    @Test
    void twoNodesOfOneNameAreToldApartByTheirIds() {
        var twin = List.copyOf(island.agents.values()).getLast();
        island.zeus.nodeConnected(twin.id, first.name);
        island.run(LONG);

        assertThatThrownBy(() -> label(Map.of("a", Optional.of("b"))))
                .hasMessageContaining("2 nodes are called")
                .hasMessageContaining(twin.id.toString());
        assertThat(island.now(island.zeus.restore(twin.id.toString(), Island.ANA)))
                .isEqualTo(twin.id);
    }
}
