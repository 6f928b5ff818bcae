package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.DeployPolicy;
import olympus.model.state.Codecs;
import olympus.model.state.Decision;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;

final class ZeusTest {

    private final Island island = new Island(1, 1);

    @Test
    void bringsAnAppliedStackToTheNodeAndSeesItRun() {
        var plan = island.apply(stack("first", service("web").replicas(2).ports(8081, 8082)));
        assertThat(plan.baseRevision()).isZero();
        assertThat(plan.revision()).isEqualTo(1);
        assertThat(plan.changes())
                .singleElement()
                .extracting(StackPlan.ServiceChange::effect)
                .isEqualTo("start 2 instances");

        island.run(Duration.ofSeconds(2));

        var web = island.service("first/web");
        assertThat(web.state()).isEqualTo("running");
        assertThat(web.healthy()).isEqualTo(2);
        assertThat(web.instances().get(1).ports()).containsExactly(8082);
        assertThat(island.decisions()).extracting(Decision::action).contains("apply", "place");
    }

    @Test
    void changesNothingWhenTheSameIsAppliedTwice() {
        island.apply(stack("first", service("web")));
        island.run(Duration.ofSeconds(2));
        var before = island.agent().runs().values().iterator().next().spec.runToken();

        var again = island.apply(stack("first", service("web")));
        island.run(Duration.ofSeconds(2));

        assertThat(again.isEmpty()).isTrue();
        assertThat(again.revision()).isEqualTo(1);
        assertThat(island.now(island.zeus.history(new StackName("first")))).hasSize(1);
        assertThat(island.agent().runs().values().iterator().next().spec.runToken())
                .isEqualTo(before);
    }

    @Test
    void startsAServiceOnlyOnceItsDependencyIsHealthy() {
        island.apply(
                stack("first", service("web").command("never"), service("worker").after("web")));
        island.run(Duration.ofSeconds(30));

        assertThat(island.service("first/web").state()).isEqualTo("failed");
        assertThat(island.service("first/worker").state()).isEqualTo("waiting");
        assertThat(island.service("first/worker").reason()).contains("waits for first/web");

        island.apply(stack("first", service("web"), service("worker").after("web")));
        island.run(Duration.ofSeconds(30));
        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.service("first/worker").state()).isEqualTo("running");
    }

    @Test
    void holdsAServiceThatWasStoppedByHandAlsoOverTheNextApply() {
        island.apply(stack("first", service("web")));
        island.run(Duration.ofSeconds(2));
        island.now(island.zeus.stop(ServiceId.parse("first/web"), Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(2));
        island.apply(stack("first", service("web").command("other")));
        island.run(Duration.ofSeconds(5));

        assertThat(island.service("first/web").state()).isEqualTo("stopped");
        assertThat(island.service("first/web").reason()).contains("user:ana");
        assertThat(island.agent().runs().values()).noneMatch(SimulatedAgent.Run::isAlive);

        island.now(island.zeus.start(ServiceId.parse("first/web"), Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(5));
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }

    @Test
    void givesAGivenUpServiceANewRunWhenItIsStarted() {
        island.apply(stack("first", service("web").command("bad")));
        island.run(Duration.ofSeconds(20));
        assertThat(island.service("first/web").state()).isEqualTo("failed");
        var before = island.service("first/web").instances().getFirst().observed().runToken();

        island.now(island.zeus.start(ServiceId.parse("first/web"), Optional.empty(), Island.ANA));
        island.run(Duration.ofMillis(300));

        var seen = island.service("first/web").instances().getFirst().observed();
        assertThat(seen.runToken()).isNotEqualTo(before);
        assertThat(seen.state()).isNotEqualTo(State.GIVEN_UP);
    }

    @Test
    void stopsDependantsFirstWhenAStackIsRemovedAndForgetsIt() {
        island.apply(stack("first", service("web"), service("worker").after("web")));
        island.run(Duration.ofSeconds(5));
        var web = ServiceId.parse("first/web");
        var worker = ServiceId.parse("first/worker");
        island.agent().afterChange =
                () -> {
                    var alive =
                            island.agent().runs().entrySet().stream()
                                    .filter(e -> e.getValue().isAlive())
                                    .map(e -> e.getKey().service())
                                    .toList();
                    assertThat(alive.contains(worker) && !alive.contains(web)).isFalse();
                };

        assertThat(
                        island.now(
                                island.zeus.remove(
                                        new StackName("first"), Optional.empty(), Island.ANA)))
                .containsExactly(web, worker);
        island.run(Duration.ofSeconds(10));

        assertThat(island.agent().runs()).isEmpty();
        assertThat(island.has("first")).isFalse();
        assertThat(island.zeus.view().services()).isEmpty();
    }

    @Test
    void asksBeforeAnApplyRemovesServices() {
        island.apply(stack("first", service("web"), service("db")));
        assertThatThrownBy(() ->
                        island.now(
                                island.zeus.apply(
                                        stack("first", service("web")),
                                        Optional.empty(),
                                        false,
                                        Island.ANA)))
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIRMATION_REQUIRED))
                .hasMessageContaining("first/db");
    }

    @Test
    void namesBothServicesWhenTwoStacksWantOnePort() {
        island.apply(stack("first", service("web").ports(8080, 8080)));
        assertThatThrownBy(() -> island.apply(stack("second", service("front").ports(8080, 8081))))
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("second/front")
                .hasMessageContaining("first/web");
    }

    @Test
    void leavesTheSameServiceNameInAnotherStackAlone() {
        island.apply(stack("first", service("web")));
        island.run(Duration.ofSeconds(2));
        var token = island.service("first/web").instances().getFirst().observed().runToken();
        island.apply(stack("second", service("web").replicas(2)));
        island.run(Duration.ofSeconds(2));
        island.now(island.zeus.remove(new StackName("second"), Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(5));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.service("first/web").instances().getFirst().observed().runToken())
                .isEqualTo(token);
    }

    @Test
    void updatesOneInstanceAfterTheOther() {
        var web =
                service("web")
                        .replicas(3)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.agent().afterChange =
                () ->
                        assertThat(
                                        island.agent().runs().values().stream()
                                                .filter(SimulatedAgent.Run::isAlive)
                                                .count())
                                .isGreaterThanOrEqualTo(2);
        island.apply(stack("first", web.command("second-version")));
        island.run(Duration.ofSeconds(30));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.agent().runs().values())
                .hasSize(3)
                .allMatch(
                        r -> r.spec.definition().workload().toString().contains("second-version"));
    }

    @Test
    void startsExtraInstancesFirstWhereThePortsAllowIt() {
        var web =
                service("web")
                        .replicas(2)
                        .ports(8080, 8089)
                        .update(
                                1,
                                DeployPolicy.FailureAction.PAUSE,
                                DeployPolicy.Order.START_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.agent().afterChange =
                () ->
                        assertThat(
                                        island.agent().runs().values().stream()
                                                .filter(r ->
                                                        r.state == State.RUNNING
                                                                || r.state == State.STOPPING)
                                                .count())
                                .isBetween(2L, 3L);
        island.apply(stack("first", web.command("second-version")));
        island.run(Duration.ofSeconds(40));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.agent().runs().values())
                .hasSize(2)
                .allMatch(
                        r -> r.spec.definition().workload().toString().contains("second-version"));
    }

    @Test
    void returnsToTheRevisionBeforeWhenAnUpdateFails() {
        var web =
                service("web")
                        .replicas(2)
                        .update(
                                1,
                                DeployPolicy.FailureAction.ROLLBACK,
                                DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.apply(stack("first", web.command("bad")));
        island.run(Duration.ofMinutes(1));

        var history = island.now(island.zeus.history(new StackName("first")));
        assertThat(history).hasSize(3);
        assertThat(history.getFirst().summary()).contains("update of first/web failed");
        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.agent().runs().values())
                .hasSize(2)
                .noneMatch(r -> r.spec.definition().workload().toString().contains("bad"));
    }

    @Test
    void haltsAFailedUpdateAndSaysSo() {
        var web =
                service("web")
                        .replicas(2)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.apply(stack("first", web.command("bad")));
        island.run(Duration.ofMinutes(1));

        assertThat(island.service("first/web").state()).isEqualTo("degraded");
        assertThat(island.service("first/web").reason())
                .contains("the update is halted")
                .contains("first/web.1");
        assertThat(island.service("first/web").healthy()).isEqualTo(1);

        island.now(
                island.zeus.rollback(
                        new StackName("first"), Optional.empty(), Optional.empty(), Island.ANA));
        island.run(Duration.ofMinutes(1));
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }

    @Test
    void returningToTheRevisionBeforeLeavesAloneWhatTheFailedUpdateHadNotReached() {
        var web =
                service("web")
                        .replicas(2)
                        .update(
                                1,
                                DeployPolicy.FailureAction.ROLLBACK,
                                DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        var second = island.service("first/web").instances().get(1).observed().runToken();
        island.apply(stack("first", web.command("bad")));
        island.run(Duration.ofMinutes(2));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.service("first/web").stackRevision()).isEqualTo(3);
        assertThat(island.service("first/web").instances().get(1).observed().runToken())
                .isEqualTo(second);
    }

    @Test
    void changesScaleAndRecoveryWithoutARestart() {
        island.apply(stack("first", service("web").replicas(3)));
        island.run(Duration.ofSeconds(2));
        var token = island.service("first/web").instances().getFirst().observed().runToken();
        var plan = island.apply(stack("first", service("web").replicas(1).attempts(9)));
        island.run(Duration.ofSeconds(5));

        assertThat(plan.changes().getFirst().effect()).isEqualTo("stop 2");
        var web = island.service("first/web");
        assertThat(web.instances())
                .singleElement()
                .satisfies(i -> assertThat(i.observed().runToken()).isEqualTo(token));
        assertThat(island.agent().runs().values()).hasSize(1);
        assertThat(
                        island.assignments
                                .getLast()
                                .instances()
                                .getFirst()
                                .definition()
                                .recovery()
                                .attempts())
                .isEqualTo(9);
    }

    @Test
    void restartsEveryInstanceWithANewRun() {
        island.apply(stack("first", service("web").replicas(2)));
        island.run(Duration.ofSeconds(2));
        var before =
                island.service("first/web").instances().stream()
                        .map(i -> i.observed().runToken())
                        .toList();
        island.now(island.zeus.restart(ServiceId.parse("first/web"), Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.service("first/web").instances())
                .noneMatch(i -> before.contains(i.observed().runToken()));
    }

    @Test
    void removesWhatNobodyDeclaredAndRecordsIt() {
        island.apply(stack("first", service("web")));
        island.run(Duration.ofSeconds(2));
        var spec = island.assignments.getLast().instances().getFirst();
        var foreign =
                new olympus.model.state.InstanceSpec(
                        olympus.model.InstanceId.parse("first/ghost.1"),
                        "forged",
                        spec.desired(),
                        spec.desiredReason(),
                        spec.definition(),
                        spec.directory(),
                        spec.ports());
        island.agent().runUndeclared(foreign);
        island.run(Duration.ofSeconds(15));

        assertThat(island.agent().runs()).hasSize(1);
        assertThat(island.decisions())
                .anyMatch(d ->
                        d.action().equals("mend drift") && d.subject().equals("first/ghost.1"));
    }

    @Test
    void recordsAnAgentsEventsOnceHoweverOftenTheyAreSent() {
        island.apply(stack("first", service("web").command("bad")));
        island.lossPercent = 30;
        island.run(Duration.ofSeconds(20));
        island.lossPercent = 0;
        island.connect(island.agent());
        island.run(Duration.ofSeconds(2));

        assertThat(island.decisions().stream().filter(d -> d.actor().equals("agent:node1")).count())
                .isEqualTo(island.agent().lastEvent());
    }

    @Test
    void explainsInSentencesWhyAServiceIsNotRunning() {
        island.apply(
                stack("first", service("web").command("never"), service("worker").after("web")));
        island.run(Duration.ofSeconds(20));

        var web = island.now(island.zeus.why("web"));
        assertThat(web.getFirst().sentence())
                .startsWith("first/web is failed: 0 of 1 instances are healthy. first/web.1: ");
        assertThat(web)
                .anyMatch(c ->
                        c.kind().equals("decision")
                                && c.sentence().contains("give up first/web.1"));
        assertThat(island.now(island.zeus.why("first/worker")).getFirst().sentence())
                .contains("aits for first/web, but first/web.1 was given up");
        assertThat(island.now(island.zeus.why("node1")).getFirst().sentence())
                .contains("Node node1 is connected");
        assertThatThrownBy(() -> island.now(island.zeus.why("nothing")))
                .cause()
                .hasMessageContaining("nothing is called");
    }

    @Test
    void findsACauseBehindAThousandDecisionsOfOthersAndTellsNewestFirst() {
        island.apply(stack("first", service("web").command("never")));
        island.run(Duration.ofSeconds(20));
        crashTimes(1_500);

        var web = island.now(island.zeus.why("web"));

        assertThat(web)
                .anyMatch(c ->
                        c.kind().equals("decision")
                                && c.sentence().contains("give up first/web.1"));
        assertThat(web)
                .isSortedAccordingTo(
                        java.util.Comparator.comparing(StackCommands.Cause::at).reversed());
        assertThat(web).noneMatch(c -> c.kind().equals("search"));
    }

    /** Another service's decisions, as a crashing one brings them. */
    private void crashTimes(int times) {
        for (var i = 0; i < times; i++) {
            var decision =
                    new Decision(
                            island.clock.wall(),
                            "agent:node1",
                            "restart",
                            "other/crasher.1",
                            "node1",
                            "it ended",
                            "restarted");
            island.now(
                    island.hermes.transact(
                            Transaction.of(
                                    new Operation.Append(
                                            Key.of("zeus/decisions"),
                                            Bytes.wrap(Codecs.DECISION.encodeBytes(decision))))));
        }
    }

    @Test
    void keepsFiftyRevisions() {
        for (var i = 0; i < 60; i++) {
            island.apply(stack("first", service("web").attempts(i + 1)));
            island.run(Duration.ofMillis(500));
        }
        var history = island.now(island.zeus.history(new StackName("first")));
        assertThat(history).hasSizeBetween(50, 51);
        assertThat(history.getFirst().revision()).isEqualTo(60);
    }

    @Test
    void waitsWithAnUpdateWhilePausedUnlessItIsOrderedThen() {
        var web =
                service("web")
                        .replicas(2)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.apply(stack("first", web.command("second")));
        island.now(island.zeus.pause("all", "looking", Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(island.service("first/web").reason()).contains("paused by user:ana");

        island.now(island.zeus.resume("all", Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(island.service("first/web").state()).isEqualTo("running");
    }

    @Test
    void goesOnWithAnUpdateAfterTheServerRestarts() {
        var web =
                service("web")
                        .replicas(3)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.apply(stack("first", web.command("second-version")));
        island.run(Duration.ofSeconds(4));
        assertThat(island.service("first/web").state()).isEqualTo("updating");
        island.restartZeus();
        island.run(Duration.ofSeconds(40));

        assertThat(island.service("first/web").state()).isEqualTo("running");
        assertThat(island.agent().runs().values())
                .hasSize(3)
                .allMatch(
                        r -> r.spec.definition().workload().toString().contains("second-version"));
    }

    @Test
    void waitsTheDelayBetweenTheBatchesOfAnUpdate() {
        var delay = Duration.ofSeconds(20);
        var web =
                service("web")
                        .replicas(3)
                        .update(1, DeployPolicy.FailureAction.PAUSE, DeployPolicy.Order.STOP_FIRST)
                        .delay(delay);
        island.apply(stack("first", web));
        island.run(Duration.ofSeconds(2));
        island.apply(stack("first", web.command("second-version")));
        var replaced = new TreeMap<Integer, Instant>();
        for (var i = 0; i < 1_200 && replaced.size() < 3; i++) {
            island.run(Duration.ofMillis(100));
            island.agent()
                    .runs()
                    .forEach((id, run) -> {
                        if (run.spec.definition().workload().toString().contains("second")) {
                            replaced.putIfAbsent(id.ordinal(), island.clock.wall());
                        }
                    });
        }

        assertThat(replaced).hasSize(3);
        var times = replaced.values().stream().sorted().toList();
        for (var i = 1; i < times.size(); i++) {
            assertThat(Duration.between(times.get(i - 1), times.get(i)))
                    .isBetween(delay, delay.plusSeconds(15));
        }
    }
}
