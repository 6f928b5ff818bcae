package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.observed;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.withVolume;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import olympus.model.ServiceId;
import olympus.model.stack.PortSpec;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceRecord.Phase;
import olympus.model.state.NodeSpec;
import org.junit.jupiter.api.Test;

/** Which instances there are said to be, and which are ready. */
final class DirectoryTest {

    private static final Stacks.Draft WEB = service("web");

    /** Running instances of shop/web, one on each of these nodes. */
    private static Situation webOn(int nodes, StackDefinition stack, int... on) {
        var situation = new Situation().nodes(nodes).stack(1, stack);
        for (var n = 0; n < on.length; n++) {
            var id = "shop/web." + (n + 1);
            situation.instance(id, on[n], 1).seen(id, State.RUNNING, 60);
        }
        return situation;
    }

    private static Situation webOn(int nodes, int... on) {
        return webOn(nodes, stack("shop", WEB.replicas(on.length)), on);
    }

    /** As in {@code "shop/web.1 on node1: ready"}, or why not. */
    private static String text(Situation situation) {
        return situation.directory().services().stream()
                .flatMap(service -> service.instances().stream())
                .map(one ->
                        "%s on %s: %s"
                                .formatted(
                                        one.id(),
                                        one.nodeName(),
                                        one.ready() ? "ready" : one.why()))
                .collect(Collectors.joining("\n"));
    }

    private static Directory.Instance only(Situation situation) {
        var services = situation.directory().services();
        assertThat(services).hasSize(1);
        assertThat(services.getFirst().instances()).hasSize(1);
        return services.getFirst().instances().getFirst();
    }

    @Test
    void anInstanceIsFoundOnItsNodeWithThePortsThatItWasGiven() {
        var web = stack("shop", WEB.ports(8000, 8009));
        var instance =
                only(
                        new Situation()
                                .nodes(1)
                                .stack(1, web)
                                .instanceAt("shop/web.1", 1, 8004)
                                .seen("shop/web.1", State.RUNNING, 60));

        assertThat(instance.ready()).isTrue();
        assertThat(instance.why()).isEmpty();
        assertThat(instance.node()).isEqualTo(Situation.node(1));
        assertThat(instance.lastHeard()).as("it is connected").isEmpty();
        assertThat(instance.ports())
                .containsExactly(
                        new Directory.Port(
                                "http", "0.0.0.0", 8004, PortSpec.Protocol.TCP, Optional.empty()));
    }

    @Test
    void whatRunsAnEarlierRevisionHasThePortsOfThat() {
        var situation =
                new Situation()
                        .nodes(1)
                        .stack(1, stack("shop", WEB.ports(8000, 8009)))
                        .stack(2, stack("shop", WEB))
                        .instanceAt("shop/web.1", 1, 8004)
                        .seen("shop/web.1", State.RUNNING, 60);

        assertThat(only(situation).ports()).hasSize(1);
    }

    @Test
    void aServiceWithoutInstancesIsThereAndThoseOfAllStacksAreInOrder() {
        var directory =
                new Situation()
                        .nodes(1)
                        .stack(1, stack("shop", service("web"), service("db")))
                        .stack(1, stack("blog", service("web")))
                        .directory();

        assertThat(directory.services())
                .extracting(service -> service.id().toString())
                .containsExactly("blog/web", "shop/db", "shop/web");
        assertThat(directory.services()).allMatch(service -> service.instances().isEmpty());
        assertThat(directory.revision()).isEqualTo(1);
    }

    @Test
    void whatIsToEndIsNotReadyAlthoughItRuns() {
        for (var phase : List.of(Phase.STOP, Phase.RETIRE, Phase.LEAVE)) {
            var situation =
                    new Situation()
                            .nodes(1)
                            .stack(1, stack("shop", WEB))
                            .instance("shop/web.1", 1, 1, phase, true)
                            .seen("shop/web.1", State.RUNNING, 60);

            assertThat(text(situation))
                    .as(phase.name())
                    .isEqualTo("shop/web.1 on node1: it is to end");
        }
    }

    @Test
    void whatIsSeenOfTheWantedRunDecides() {
        assertThat(text(webOn(1, 1).seen("shop/web.1", State.STARTING, 1)))
                .isEqualTo("shop/web.1 on node1: it is starting");
        assertThat(text(webOn(1, 1).seen("shop/web.1", State.GIVEN_UP, 1)))
                .isEqualTo("shop/web.1 on node1: it is given_up");
        assertThat(text(webOn(1, 1).seenEarlier("shop/web.1", State.RUNNING)))
                .isEqualTo("shop/web.1 on node1: nothing was heard of this run yet");
        assertThat(text(webOn(1, 1).probed("shop/web.1", Health.FAILING)))
                .isEqualTo("shop/web.1 on node1: its probe says failing");
        assertThat(text(webOn(1, 1).probed("shop/web.1", Health.WARNING))).endsWith(": ready");
    }

    @Test
    void aNodeThatIsAwayCountsByItsLastWordUntilItIsRecordedAsLost() {
        for (var away : List.of(webOn(2, 2).cutOff(2), webOn(2, 2).gone(2))) {
            var instance = only(away);
            assertThat(instance.ready()).isTrue();
            assertThat(instance.lastHeard()).isPresent();
        }
        assertThat(text(webOn(2, 2).lost(2))).isEqualTo("shop/web.1 on node2: its node is lost");
    }

    @Test
    void aNodeThatDoesNotCountAsLostKeepsItsInstances() {
        assertThat(text(webOn(3, 2).gone(2).recordedAsHeldBack(2))).endsWith(": ready");
        assertThat(text(webOn(2, 2).recordedAsLost(2))).as("it is back").endsWith(": ready");
    }

    @Test
    void whatAnotherServerHeardCountsWhereThisOneHeardNothing() {
        var web = webOn(2, 2).unheard(2).gone(2);

        assertThat(text(web)).endsWith(": nothing was heard of this run yet");
        assertThat(text(web.storedAway(2, "shop/web.1"))).endsWith(": ready");
    }

    @Test
    void whoMayStillTellWhatItRunsIsNamed() {
        assertThat(webOn(2, 1).directory().unheard()).isEmpty();
        assertThat(webOn(2, 1).unheard(2).directory().unheard()).containsExactly("node2");
        assertThat(webOn(2, 1).unheard(2).cutOff(2).directory().unheard()).containsExactly("node2");
        assertThat(webOn(2, 1).unheard(2).gone(2).directory().unheard())
                .as("the delay is over")
                .isEmpty();
        assertThat(webOn(2, 1).unheard(2).cutOff(2).recordedAsLost(2).directory().unheard())
                .as("an earlier leader has counted it as lost")
                .isEmpty();
    }

    @Test
    void whatIsAboutToLeaveItsNodeGetsNothingNewWhileOthersAreReady() {
        assertThat(text(webOn(2, 1, 2).withdrawn(2, NodeSpec.Kind.DRAIN)))
                .isEqualTo(
                        """
                        shop/web.1 on node1: ready
                        shop/web.2 on node2: it is about to leave its node, which is being emptied\
                        """);
        assertThat(text(webOn(2, 2, 2).withdrawn(2, NodeSpec.Kind.DRAIN)))
                .as("nobody else could do its work")
                .doesNotContain("about to leave");
        assertThat(text(webOn(2, 1, 2).withdrawn(2, NodeSpec.Kind.CORDON)))
                .doesNotContain("about to leave");
    }

    @Test
    void whatStaysOnADrainedNodeGoesOnGettingRequests() {
        var draining = NodeSpec.Kind.DRAIN;
        var pinned = withVolume("web", inContainers(stack("shop", WEB.replicas(2))));
        assertThat(text(webOn(2, pinned, 1, 2).withdrawn(2, draining)))
                .doesNotContain("about to leave");
        assertThat(text(webOn(2, 1, 2).withdrawn(2, draining).paused("stack:shop")))
                .doesNotContain("about to leave");
        assertThat(
                        text(
                                webOn(2, observed(stack("shop", WEB.replicas(2))), 1, 2)
                                        .withdrawn(2, draining)))
                .doesNotContain("about to leave");
    }

    @Test
    void whatIsLaterDoneToWhatItWasMadeOfChangesNothing() {
        var labels = new HashMap<>(java.util.Map.of("b", "2", "a", "1"));
        var services = new ArrayList<Directory.Service>();
        services.add(new Directory.Service(ServiceId.parse("shop/web"), labels, List.of()));
        var directory = new Directory(1, List.of(), services);
        labels.put("c", "3");
        services.clear();

        assertThat(directory.services()).hasSize(1);
        assertThat(directory.services().getFirst().labels().keySet()).containsExactly("a", "b");
    }
}
