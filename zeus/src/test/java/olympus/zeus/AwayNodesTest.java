package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static olympus.zeus.Stacks.withVolume;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;

/** What is shown of nodes that are away, also by a server that never heard them. */
final class AwayNodesTest {

    /** Of which nothing is moved. */
    private static final StackDefinition FIRST =
            withVolume("web", inContainers(stack("first", service("web").replicas(2))));

    private final Island island = new Island(7, 2);
    private final SimulatedAgent lost = List.copyOf(island.agents.values()).getLast();

    private ClusterView.InstanceView instanceOnTheLostNode() {
        return island.service("first/web").instances().stream()
                .filter(instance -> instance.node().equals(lost.id))
                .findFirst()
                .orElseThrow();
    }

    private ClusterView.NodeView lostNode() {
        return island.zeus.view().nodes().stream()
                .filter(node -> node.id().equals(lost.id))
                .findFirst()
                .orElseThrow();
    }

    private boolean isNoted() {
        return island.backup().stream()
                .anyMatch(entry -> entry.key().toString().startsWith("zeus/away/"));
    }

    private Instant loseANode() {
        island.apply(FIRST);
        island.run(Duration.ofSeconds(5));
        assertThat(island.service("first/web").state()).isEqualTo("running");
        island.disconnect(lost);
        island.run(Duration.ofSeconds(20));
        return lostNode().lastSeen().orElseThrow();
    }

    @Test
    void whatWasLastHeardIsShownAsThatAndDoesNotCountAsWell() {
        var heard = loseANode();

        var seen = instanceOnTheLostNode();
        assertThat(seen.away()).contains(new ClusterView.Away(java.util.Optional.of(heard)));
        assertThat(seen.observed().state()).isEqualTo(State.RUNNING);
        assertThat(seen.observed().reason()).contains(lost.name + " is not connected");
        assertThat(island.service("first/web").healthy()).isEqualTo(1);
        assertThat(island.service("first/web").state()).isEqualTo("degraded");
        assertThat(island.now(island.zeus.why("first/web")))
                .anyMatch(cause -> cause.sentence().contains("unknown (was running at " + heard));
    }

    @Test
    void aServerThatNeverHeardTheNodeShowsWhatWasStoredWhenItWentAway() {
        var heard = loseANode();
        island.restartZeusWithout(lost);
        island.run(Duration.ofSeconds(20));

        assertThat(lostNode().connected()).isFalse();
        assertThat(lostNode().lastSeen()).contains(heard);
        var seen = instanceOnTheLostNode();
        assertThat(seen.away()).contains(new ClusterView.Away(java.util.Optional.of(heard)));
        assertThat(seen.observed().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void nothingIsKnownOfANodeThatLeftNoWord() {
        island.apply(FIRST);
        island.run(Duration.ofSeconds(5));
        island.restartZeusWithout(lost);
        island.run(Duration.ofSeconds(20));

        assertThat(instanceOnTheLostNode().away())
                .contains(new ClusterView.Away(java.util.Optional.empty()));
        assertThat(island.service("first/web").state()).isEqualTo("degraded");
    }

    @Test
    void aNodeIsNotedOnceAndForgottenWhenItIsBack() {
        loseANode();
        assertThat(isNoted()).isTrue();
        var written = island.hermes.status().revision();
        island.run(Duration.ofMinutes(5));
        assertThat(island.hermes.status().revision()).isEqualTo(written);

        island.connect(lost);
        island.run(Duration.ofSeconds(20));
        assertThat(isNoted()).isFalse();
        assertThat(instanceOnTheLostNode().away()).isEmpty();
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }

    @Test
    void aNodeIsNotedAlsoWhileTheOthersReportWithoutAPause() {
        island.apply(FIRST);
        island.run(Duration.ofSeconds(5));
        island.disconnect(lost);
        for (var second = 0; second < 20; second++) {
            island.agents.values().stream()
                    .filter(agent -> agent != lost)
                    .forEach(SimulatedAgent::report);
            island.run(Duration.ofSeconds(1));
        }
        assertThat(isNoted()).isTrue();
    }

    @Test
    void aNodeThatIsBackAtOnceIsNotNoted() {
        island.apply(FIRST);
        island.run(Duration.ofSeconds(5));
        island.disconnect(lost);
        island.run(Duration.ofSeconds(4));
        island.connect(lost);
        var written = island.hermes.status().revision();
        island.run(Duration.ofSeconds(20));
        assertThat(island.hermes.status().revision()).isEqualTo(written);
    }
}
