package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.observed;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.stack.Workload;
import olympus.model.state.Decision;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import org.junit.jupiter.api.Test;

/** What Zeus does with stacks that it may not, or not yet, or no longer act on. */
final class ModesTest extends AdoptedShop {

    @Test
    void observesWhatRunsAndHandsItOverWithoutARestart() {
        var shop = inContainers(stack("shop", service("web")));
        var before = alreadyRunning(shop);

        island.apply(observed(shop));
        island.run(Duration.ofMinutes(2));

        assertThat(run()).isSameAs(before);
        assertThat(before.state).isEqualTo(State.RUNNING);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.service("shop/web").mode()).isEqualTo(Mode.OBSERVE);

        order(Mode.MANAGE);
        assertThat(run()).isSameAs(before);
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.RUN);

        order(Mode.OBSERVE);
        assertThat(run()).isSameAs(before);
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(island.decisions())
                .extracting(Decision::action)
                .contains("mode manage", "mode observe");
    }

    @Test
    void startsNothingThatIsOnlyObservedUntilItIsManaged() {
        island.apply(observed(inContainers(stack("shop", service("web")))));
        island.run(Duration.ofMinutes(2));
        assertThat(run().isAlive()).isFalse();
        assertThat(island.service("shop/web").running()).isZero();

        order(Mode.MANAGE);
        assertThat(run().state).isEqualTo(State.RUNNING);
    }

    @Test
    void rollsOutANewDeclarationOnlyOnceItMayManage() {
        var shop = inContainers(stack("shop", service("web")));
        var before = alreadyRunning(shop);
        island.apply(observed(shop));
        island.run(Duration.ofSeconds(5));

        island.apply(observed(inContainers(stack("shop", service("web").command("other")))));
        island.run(Duration.ofMinutes(2));
        assertThat(run()).isSameAs(before);
        assertThat(before.state).isEqualTo(State.RUNNING);
        assertThat(island.zeus.view().pending())
                .singleElement()
                .satisfies(would -> {
                    assertThat(would.action()).isEqualTo("update");
                    assertThat(would.why()).contains("revision 2").contains("image");
                });

        order(Mode.MANAGE);
        assertThat(run().spec.definition()).isNotEqualTo(before.spec.definition());
        assertThat(run().state).isEqualTo(State.RUNNING);
        assertThat(island.service("shop/web").state()).isEqualTo("running");
    }

    /** Runs, in mode ask. */
    private SimulatedAgent.Run asked() {
        var shop = inContainers(stack("shop", service("web")));
        var run = alreadyRunning(shop);
        island.now(
                island.zeus.apply(
                        shop, Optional.empty(), false, Optional.of(Mode.ASK), Island.ANA));
        island.run(Duration.ofSeconds(5));
        assertThat(island.zeus.view().pending()).isEmpty();
        return run;
    }

    private ClusterView.PendingView pending() {
        assertThat(island.zeus.view().pending()).hasSize(1);
        return island.zeus.view().pending().getFirst();
    }

    @Test
    void asksBeforeItStartsWhatHasEndedAndOnlyWatchesItAfterwards() {
        asked();
        island.agent().crash(WEB_1);
        island.run(Duration.ofMinutes(5));
        assertThat(run().isAlive()).isFalse();
        assertThat(pending().action()).isEqualTo("start");

        island.now(island.zeus.approve(pending().id(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run().state).isEqualTo(State.RUNNING);
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(island.zeus.view().pending()).isEmpty();

        island.agent().crash(WEB_1);
        island.run(Duration.ofMinutes(5));
        assertThat(run().isAlive()).isFalse();
        assertThat(pending().action()).isEqualTo("start");
        assertThat(island.decisions()).extracting(Decision::action).contains("approve start");
    }

    @Test
    void doesNotAskAgainForWhatWasDeniedButForAnotherCause() {
        asked();
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        assertThat(seen().reason()).contains("waits for a decision: start " + pending().id());
        island.now(island.zeus.deny(pending().id(), Island.ANA));
        island.run(Duration.ofMinutes(5));
        assertThat(island.zeus.view().open()).isEmpty();
        assertThat(seen().reason()).contains("start " + pending().id() + " was denied by user:ana");
        assertThat(run().isAlive()).isFalse();

        // Somebody starts it by hand, and it ends again.
        run().state = State.RUNNING;
        island.agent().report();
        island.run(Duration.ofSeconds(5));
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        assertThat(pending().action()).isEqualTo("start");
    }

    private InstanceObservation seen() {
        return island.service("shop/web").instances().getFirst().observed();
    }

    /** In mode ask; declared otherwise meanwhile. */
    private SimulatedAgent.Run askedAndDeclaredOtherwise() {
        var before = asked();
        declareOtherwise();
        return before;
    }

    private void declareOtherwise() {
        island.now(
                island.zeus.apply(
                        inContainers(stack("shop", service("web").command("other"))),
                        Optional.empty(),
                        false,
                        Island.ANA));
        island.run(Duration.ofSeconds(5));
    }

    private ClusterView.PendingView pending(String action) {
        return island.zeus.view().pending().stream()
                .filter(one -> one.action().equals(action))
                .findFirst()
                .orElseThrow();
    }

    private String image() {
        return run().spec.definition().workload() instanceof Workload.Container container
                ? container.image().reference()
                : "";
    }

    @Test
    void anApprovedStartStartsWhatTheInstanceHadAndTheUpdateStaysAQuestion() {
        askedAndDeclaredOtherwise();
        var update = pending().id();
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        assertThat(island.zeus.view().pending())
                .extracting(ClusterView.PendingView::action)
                .containsExactly("start", "update");

        island.now(island.zeus.approve(pending("start").id(), Island.ANA));
        island.run(Duration.ofSeconds(30));

        assertThat(run().state).isEqualTo(State.RUNNING);
        assertThat(image()).isEqualTo("run-web");
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(pending().id()).as("the same question").isEqualTo(update);
        island.run(Duration.ofMinutes(5));
        assertThat(image()).isEqualTo("run-web");

        island.now(island.zeus.approve(update, Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(image()).isEqualTo("other");
        assertThat(island.zeus.view().pending()).isEmpty();
    }

    @Test
    void whatWasDeniedCanStillBeApproved() {
        askedAndDeclaredOtherwise();
        var update = pending().id();
        island.now(island.zeus.deny(update, Island.ANA));
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        island.now(island.zeus.deny(pending("start").id(), Island.ANA));
        island.run(Duration.ofMinutes(1));
        assertThat(island.zeus.view().open()).isEmpty();
        assertThat(island.zeus.view().pending()).hasSize(2);

        island.now(island.zeus.approve(update, Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run().state).isEqualTo(State.RUNNING);
        assertThat(image()).isEqualTo("other");
    }

    @Test
    void anOrderToStartOrRestartCountsAsApprovalOfThatAlone() {
        var before = askedAndDeclaredOtherwise();
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        island.now(island.zeus.deny(pending("start").id(), Island.ANA));
        island.now(island.zeus.start(WEB, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        var started = run();
        assertThat(started).isNotSameAs(before);
        assertThat(started.state).isEqualTo(State.RUNNING);
        assertThat(image()).isEqualTo("run-web");

        island.now(island.zeus.restart(WEB, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run()).isNotSameAs(started);
        assertThat(run().state).isEqualTo(State.RUNNING);
        assertThat(image()).isEqualTo("run-web");
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(pending().action()).isEqualTo("update");
        assertThatThrownBy(() -> island.now(island.zeus.stop(WEB, Optional.empty(), Island.ANA)))
                .cause()
                .hasMessageContaining("mode ask");
    }

    private void orderImage(String image) {
        island.now(
                island.zeus.updateImages(SHOP, Map.of("web", image), Optional.empty(), Island.ANA));
    }

    @Test
    void anOrderOfOtherImagesIsItsOwnApprovalAndGoesBackWhereItFails() {
        asked();
        orderImage("newer");
        assertThat(island.zeus.view().pending()).isEmpty();
        island.run(Duration.ofMinutes(5));
        assertThat(image()).isEqualTo("newer");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(island.zeus.view().pending()).isEmpty();

        orderImage("bad");
        island.run(Duration.ofMinutes(5));
        assertThat(image()).isEqualTo("newer");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(island.now(island.zeus.history(SHOP)).getFirst().returned())
                .hasValueSatisfying(returned -> {
                    assertThat(returned.service()).isEqualTo(WEB);
                    assertThat(returned.toRevision()).isEqualTo(2);
                    assertThat(returned.reason()).contains("did not stay up");
                });
        assertThat(island.zeus.view().pending()).isEmpty();
    }

    @Test
    void anOrderOfOtherImagesCarriesOutNoUpdateThatNobodyApproved() {
        askedAndDeclaredOtherwise();
        assertThatThrownBy(() -> orderImage("newer"))
                .cause()
                .hasMessageContaining("shop/web is declared otherwise already");
        assertThat(image()).isEqualTo("run-web");
    }

    private List<StackCommands.Handover.Step> handover() {
        return island.now(island.zeus.handover(SHOP)).instances();
    }

    @Test
    void tellsWhatManageWouldDoAlsoOfWhatWasDenied() {
        asked();
        assertThat(handover())
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.action()).isEqualTo("keep");
                    assertThat(step.why()).contains("restart policy");
                });

        declareOtherwise();
        island.now(island.zeus.deny(pending().id(), Island.ANA));
        island.run(Duration.ofSeconds(1));
        assertThat(handover())
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.action()).isEqualTo("replace");
                    assertThat(step.why()).contains("image");
                });

        order(Mode.MANAGE);
        assertThat(image()).isEqualTo("other");
        assertThat(handover()).isEmpty();
        assertThat(island.decisions())
                .anySatisfy(decision -> {
                    assertThat(decision.action()).isEqualTo("mode manage");
                    assertThat(decision.result()).contains("replace shop/web.1");
                });
    }

    @Test
    void manageStartsWhatHasEnded() {
        asked();
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        assertThat(handover())
                .extracting(StackCommands.Handover.Step::action)
                .containsExactly("start");
        order(Mode.MANAGE);
        assertThat(run().state).isEqualTo(State.RUNNING);
    }

    @Test
    void tellsWhatIsDeclaredOfWhatIsOnlyWatched() {
        askedAndDeclaredOtherwise();
        assertThat(island.assignments.getLast().instances().getFirst().definition())
                .isEqualTo(run().spec.definition());
        assertThat(island.now(island.zeus.declared(SHOP)))
                .singleElement()
                .satisfies(spec -> {
                    assertThat(spec.id()).isEqualTo(WEB_1);
                    assertThat(spec.definition()).isNotEqualTo(run().spec.definition());
                    assertThat(spec.desired()).isEqualTo(InstanceSpec.Desired.WATCH);
                });
    }

    @Test
    void anUpdateIsPendingSinceItWasDeclaredAndAnUnhealthyInstanceSinceItIs() {
        asked();
        island.run(Duration.ofHours(1));
        var declaredAt = island.clock.wall();
        declareOtherwise();
        assertThat(pending().since()).isBetween(declaredAt, declaredAt.plus(Duration.ofSeconds(1)));

        island.run(Duration.ofHours(1));
        var unhealthyAt = island.clock.wall();
        run().health = Health.FAILING;
        island.agent().report();
        island.run(Duration.ofMinutes(5));
        assertThat(pending("restart").since())
                .isBetween(unhealthyAt, unhealthyAt.plus(Duration.ofSeconds(1)));
    }

    @Test
    void whatRunsUnhealthilyIsNotCalledStopped() {
        asked();
        run().health = Health.FAILING;
        island.agent().report();
        island.run(Duration.ofSeconds(5));
        assertThat(island.service("shop/web").state()).isEqualTo("unhealthy");
        assertThat(island.service("shop/web").running()).isEqualTo(1);

        run().health = Health.STARTING;
        island.agent().report();
        island.run(Duration.ofSeconds(5));
        assertThat(island.service("shop/web").state()).isEqualTo("starting");
    }

    @Test
    void asksBeforeItStartsAHostProcess() {
        island.now(
                island.zeus.apply(
                        stack("shop", service("web")),
                        Optional.empty(),
                        false,
                        Optional.of(Mode.ASK),
                        Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run().isAlive()).isFalse();
        assertThat(pending().action()).isEqualTo("start");

        island.now(island.zeus.approve(pending().id(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        var approved = run();
        assertThat(approved.state).isEqualTo(State.RUNNING);
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
        assertThat(island.zeus.view().pending()).isEmpty();

        island.now(
                island.zeus.apply(
                        stack("shop", service("web").command("other")),
                        Optional.empty(),
                        false,
                        Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run()).isSameAs(approved);
        assertThat(pending().action()).isEqualTo("update");
        island.now(island.zeus.approve(pending().id(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run()).isNotSameAs(approved);
        assertThat(run().state).isEqualTo(State.RUNNING);
    }

    @Test
    void asksBeforeAnUpdate() {
        var before = asked();
        island.now(
                island.zeus.apply(
                        inContainers(stack("shop", service("web").command("other"))),
                        Optional.empty(),
                        false,
                        Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run()).isSameAs(before);
        assertThat(pending().action()).isEqualTo("update");

        island.now(island.zeus.approve(pending().id(), Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run()).isNotSameAs(before);
        assertThat(run().state).isEqualTo(State.RUNNING);
        assertThat(island.zeus.view().pending()).isEmpty();
    }

    @Test
    void whatIsOnlyObservedCanBeLookedAtButNotApproved() {
        island.apply(observed(inContainers(stack("shop", service("web")))));
        island.run(Duration.ofSeconds(5));
        var would = pending();
        assertThat(would.mode()).isEqualTo(Mode.OBSERVE);
        assertThatThrownBy(() -> island.now(island.zeus.approve(would.id(), Island.ANA)))
                .cause()
                .hasMessageContaining("olympus mode shop ask");
        assertThatThrownBy(() -> island.now(island.zeus.approve("00000000", Island.ANA)))
                .cause()
                .hasMessageContaining("no decision 00000000 is pending");
        assertThat(run().isAlive()).isFalse();
    }

    @Test
    void leavesAloneWhatIsNoLongerDeclaredWhileItIsOnlyObserved() {
        var shop = inContainers(stack("shop", service("web"), service("db")));
        var before = alreadyRunning(inContainers(stack("shop", service("web"))));
        island.apply(observed(shop));
        island.run(Duration.ofSeconds(5));

        island.apply(observed(inContainers(stack("shop", service("db")))));
        island.run(Duration.ofSeconds(30));

        assertThat(island.agent().left).containsEntry(WEB_1, before);
        assertThat(before.state).isEqualTo(State.RUNNING);
    }

    @Test
    void keepsTheOrderedModeOverAnApplyUntilTheFilesDeclareAnother() {
        var shop = inContainers(stack("shop", service("web")));
        island.apply(shop);
        island.run(Duration.ofSeconds(5));
        order(Mode.OBSERVE);

        island.apply(inContainers(stack("shop", service("web").replicas(2))));
        assertThat(island.zeus.view().stacks().getFirst().mode()).isEqualTo(Mode.OBSERVE);

        island.apply(observed(shop));
        island.apply(inContainers(stack("shop", service("web").replicas(2))));
        island.run(Duration.ofSeconds(5));
        assertThat(island.zeus.view().stacks().getFirst().mode()).isEqualTo(Mode.MANAGE);
    }

    @Test
    void anApplyMayOrderTheMode() {
        var shop = inContainers(stack("shop", service("web")));
        island.now(
                island.zeus.apply(
                        shop, Optional.empty(), false, Optional.of(Mode.OBSERVE), Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run().isAlive()).isFalse();

        // The same files again, now to be managed: there is no other change.
        island.now(
                island.zeus.apply(
                        shop, Optional.empty(), false, Optional.of(Mode.MANAGE), Island.ANA));
        island.run(Duration.ofSeconds(30));
        assertThat(run().state).isEqualTo(State.RUNNING);
    }

    @Test
    void refusesToTouchWhatIsOnlyObserved() {
        island.apply(observed(inContainers(stack("shop", service("web")))));
        island.run(Duration.ofSeconds(5));

        assertThatThrownBy(() -> island.now(island.zeus.stop(WEB, Optional.empty(), Island.ANA)))
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("mode observe")
                .hasMessageContaining("olympus mode shop manage");
        assertThatThrownBy(() -> island.now(island.zeus.remove(SHOP, Optional.empty(), Island.ANA)))
                .cause()
                .hasMessageContaining("olympus release shop");
    }

    @Test
    void releasesAStackAndLeavesItRunning() {
        var shop = inContainers(stack("shop", service("web")));
        island.apply(shop);
        island.run(Duration.ofSeconds(5));
        var before = run();
        assertThat(before.state).isEqualTo(State.RUNNING);

        island.now(island.zeus.release(SHOP, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));

        assertThat(before.state).isEqualTo(State.RUNNING);
        assertThat(island.agent().left).containsEntry(WEB_1, before);
        assertThat(island.has("shop")).isFalse();
        assertThat(island.decisions())
                .extracting(Decision::action)
                .contains("release", "leave", "forget", "forget stack")
                .doesNotContain("retire", "stop", "remove");
    }

    @Test
    void letsGoOfAllServicesOfAReleasedStackAtOnce() {
        island.apply(inContainers(stack("shop", service("cache"), service("web").after("cache"))));
        island.run(Duration.ofSeconds(5));
        island.assignments.clear();

        island.now(island.zeus.release(SHOP, Optional.empty(), Island.ANA));

        island.run(Duration.ofSeconds(5));

        assertThat(island.assignments)
                .extracting(assignment ->
                        assignment.instances().stream().map(InstanceSpec::desired).toList())
                .contains(List.of(InstanceSpec.Desired.RELEASE, InstanceSpec.Desired.RELEASE))
                .doesNotContain(List.of(InstanceSpec.Desired.RUN, InstanceSpec.Desired.RELEASE));
    }

    @Test
    void releasesNoHostProcesses() {
        island.apply(stack("shop", service("web")));
        island.run(Duration.ofSeconds(5));
        assertThatThrownBy(
                        () -> island.now(island.zeus.release(SHOP, Optional.empty(), Island.ANA)))
                .cause()
                .hasMessageContaining("shop/web")
                .hasMessageContaining("olympus remove shop");
        assertThat(run().state).isEqualTo(State.RUNNING);
    }
}
