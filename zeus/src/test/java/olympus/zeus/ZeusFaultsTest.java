package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.WatchEvent;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import org.junit.jupiter.api.Test;

/** Watches that break off, stamps that ran ahead, pauses in the way, ports that are swapped. */
final class ZeusFaultsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Island island = new Island(1, 2);

    @Test
    void listsAnewWhenItsWatchIsCompacted() {
        island.hermes.breakOff(new WatchEvent.Compacted(99));
        goesOn();
        assertThat(island.hermes.begun()).containsExactly(0L, 0L);
    }

    @Test
    void resumesWhereItWasWhenItsWatchLags() {
        var seen = island.hermes.seen();
        island.hermes.breakOff(new WatchEvent.Lagged(seen));
        goesOn();
        assertThat(island.hermes.begun()).containsExactly(0L, seen);
    }

    @Test
    void resumesWhereItWasWhenItsWatchEnds() {
        var seen = island.hermes.seen();
        island.hermes.breakOff(new WatchEvent.Ended(seen, "the store restarts"));
        goesOn();
        assertThat(island.hermes.begun()).containsExactly(0L, seen);
    }

    /** What is ordered while it does not watch is not lost. */
    private void goesOn() {
        island.apply(stack("first", service("web")));
        island.run(LONG);
        assertThat(island.service("first/web").state()).isEqualTo("running");
        island.apply(stack("first", service("web").command("other")));
        island.run(LONG);
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }

    @Test
    void overtakesAnAgentWhoseStampRanAhead() {
        island.apply(stack("first", service("web").replicas(2)));
        island.run(LONG);
        island.agents.values().forEach(agent -> agent.stampAhead(1_000));
        island.apply(stack("first", service("web").replicas(4)));
        island.run(LONG);

        assertThat(island.service("first/web").healthy()).isEqualTo(4);
        var sent = island.assignments.getLast();
        assertThat(island.agent(sent.node()).accepted()).isEqualTo(sent.stamp());
    }

    @Test
    void rollsBackAnUpdateThatFailedWhilePausedOnceResumed() {
        var web =
                service("web")
                        .update(
                                1,
                                DeployPolicy.FailureAction.ROLLBACK,
                                DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(LONG);
        island.now(island.zeus.pause("all", "looking", Island.ANA));
        island.apply(stack("first", web.command("bad")));
        island.run(LONG);
        assertThat(island.service("first/web").reason())
                .contains("the update failed and is rolled back once automatic action");
        assertThat(island.now(island.zeus.history(new StackName("first")))).hasSize(2);

        island.now(island.zeus.resume("all", Island.ANA));
        island.run(LONG);
        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.now(island.zeus.history(new StackName("first"))).getFirst().summary())
                .contains("update of first/web failed");
    }

    @Test
    void returnsOneServiceToItsDeclarationBefore() {
        island.apply(stack("first", service("web"), service("api")));
        island.apply(
                stack("first", service("web").command("web2"), service("api").command("api2")));
        island.run(LONG);
        var plan =
                island.now(
                        island.zeus.rollbackService(
                                ServiceId.parse("first/web"),
                                Optional.empty(),
                                Optional.empty(),
                                Island.ANA));
        island.run(LONG);

        assertThat(plan.changes())
                .extracting(StackPlan.ServiceChange::service)
                .containsExactly("web");
        assertThat(commands()).contains("run-web", "api2").doesNotContain("web2");
    }

    private String commands() {
        return island.agents.values().stream()
                .flatMap(agent -> agent.runs().values().stream())
                .map(run -> run.spec.definition().workload().toString())
                .toList()
                .toString();
    }

    @Test
    void runsAGlobalServiceOnceOnEveryNodeAlsoOnALaterOne() {
        island.apply(stack("first", service("web").global().ports(9100, 9100)));
        island.run(LONG);
        island.join(3);
        island.run(LONG);

        assertThat(island.agents.values())
                .hasSize(3)
                .allSatisfy(agent -> assertThat(agent.runs()).hasSize(1));
    }

    @Test
    void doesNotMoveAwayFromAPausedNode() {
        island.apply(stack("first", service("web").moves().command("never")));
        while (island.service("first/web").instances().isEmpty()) {
            island.run(Duration.ofMillis(10));
        }
        var home = island.service("first/web").instances().getFirst().nodeName();
        island.now(island.zeus.pause("node:" + home, "looking", Island.ANA));
        island.run(LONG);
        assertThat(island.service("first/web").reason()).contains("paused by user:ana");
        assertThat(island.service("first/web").instances().getFirst().nodeName()).isEqualTo(home);
    }

    @Test
    void givesAPausedNodeNothing() {
        island.now(island.zeus.pause("node:node1", "looking", Island.ANA));
        island.apply(stack("first", service("web").replicas(3)));
        island.run(LONG);
        assertThat(island.service("first/web").instances())
                .hasSize(3)
                .allMatch(instance -> instance.nodeName().equals("node2"));
    }

    @Test
    void saysThatAMoveIsImpossibleWithOneNode() {
        var alone = new Island(1, 1);
        alone.apply(stack("first", service("web").moves().command("never")));
        alone.run(LONG);
        assertThat(alone.service("first/web").reason())
                .contains("cannot be moved: no node can take it");
    }

    @Test
    void refusesAnUpdateInWhichTwoServicesSwapPorts() {
        island.apply(swap(8080, 8081));
        island.run(LONG);
        assertThatThrownBy(() -> island.apply(swap(8081, 8080)))
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("web gets port 8081, which api uses now")
                .hasMessageContaining("stop api by hand first");

        island.now(island.zeus.stop(ServiceId.parse("first/api"), Optional.empty(), Island.ANA));
        island.run(LONG);
        island.apply(swap(8081, 8080));
        island.run(LONG);
        island.now(island.zeus.start(ServiceId.parse("first/api"), Optional.empty(), Island.ANA));
        island.run(LONG);
        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.service("first/api").state()).isEqualTo("running");
    }

    private static olympus.model.stack.StackDefinition swap(int web, int api) {
        return stack(
                "first",
                service("web").global().ports(web, web),
                service("api").global().ports(api, api));
    }
}
