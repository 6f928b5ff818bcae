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
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.stack.Workload;
import olympus.model.state.InstanceSpec;
import org.junit.jupiter.api.Test;

/** What becomes of updates and approvals when another mode or declaration comes into force. */
final class ModeChangesTest extends AdoptedShop {

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

    private String image() {
        return run().spec.definition().workload() instanceof Workload.Container container
                ? container.image().reference()
                : "";
    }

    private void orderImage(String image) {
        island.now(
                island.zeus.updateImages(SHOP, Map.of("web", image), Optional.empty(), Island.ANA));
    }

    private static StackDefinition declaring(String image) {
        return inContainers(stack("shop", service("web").command(image)));
    }

    private void applied(StackDefinition shop) {
        island.now(island.zeus.apply(shop, Optional.empty(), false, Island.ANA));
    }

    @Test
    void refusesToDeclareAServiceOtherwiseWhileItsOrderedUpdateIsUnderWay() {
        asked();
        orderImage("newer");
        assertThatThrownBy(() -> applied(declaring("unapproved")))
                .cause()
                .satisfies(refused ->
                        assertThat(((OlympusException) refused).code())
                                .isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("update of shop/web ordered by user:ana is under way")
                .hasMessageContaining("olympus wait shop")
                .hasMessageContaining("olympus rollback shop/web --to 1");
        island.run(Duration.ofMinutes(5));
        assertThat(image()).isEqualTo("newer");

        applied(declaring("unapproved"));
        island.run(Duration.ofMinutes(5));
        assertThat(image()).isEqualTo("newer");
        assertThat(pending().action()).isEqualTo("update");
    }

    @Test
    void anOrderedUpdateCanBeTakenBackWhileItIsUnderWay() {
        asked();
        orderImage("newer");
        island.run(Duration.ofSeconds(2));
        assertThat(image()).isEqualTo("newer");
        island.now(island.zeus.rollbackService(WEB, Optional.of(1L), Optional.empty(), Island.ANA));
        island.run(Duration.ofMinutes(5));
        assertThat(image()).isEqualTo("run-web");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.zeus.view().pending()).isEmpty();
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
    }

    @Test
    void whatIsPendingIsRolledOutWhenTheFilesBringTheStackUnderManage() {
        var shop = inContainers(stack("shop", service("web")));
        var before = alreadyRunning(shop);
        island.apply(observed(shop));
        island.run(Duration.ofSeconds(5));
        island.apply(observed(declaring("other")));
        island.run(Duration.ofSeconds(5));
        assertThat(pending().action()).isEqualTo("update");
        assertThat(run()).isSameAs(before);

        var managed = declaring("other");
        assertThat(island.now(island.zeus.plan(managed, Optional.empty())).handover())
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.action()).isEqualTo("replace");
                    assertThat(step.why()).contains("image");
                });
        applied(managed);
        island.run(Duration.ofMinutes(5));
        assertThat(island.service("shop/web").mode()).isEqualTo(Mode.MANAGE);
        assertThat(image()).isEqualTo("other");
        assertThat(island.service("shop/web").state()).isEqualTo("running");
        assertThat(island.now(island.zeus.plan(declaring("third"), Optional.empty())).handover())
                .isEmpty();
    }

    @Test
    void anOrderedUpdateThatModeObserveEndsIsAQuestionAfterwards() {
        // Its second instance waits for the first to stay well.
        var shop = inContainers(stack("shop", service("web").replicas(2)));
        island.now(
                island.zeus.apply(
                        shop, Optional.empty(), false, Optional.of(Mode.MANAGE), Island.ANA));
        island.run(Duration.ofMinutes(1));
        order(Mode.ASK);
        orderImage("newer");
        island.run(Duration.ofSeconds(2));
        assertThat(island.service("shop/web").state()).isEqualTo("updating");
        order(Mode.OBSERVE);
        var after = images();
        assertThat(after).containsExactlyInAnyOrder("newer", "run-web");

        order(Mode.ASK);
        island.run(Duration.ofMinutes(5));
        assertThat(images()).isEqualTo(after);
        assertThat(pending().action()).isEqualTo("update");
        assertThat(island.decisions())
                .anySatisfy(decision -> {
                    assertThat(decision.action()).isEqualTo("mode observe");
                    assertThat(decision.result()).contains("the update of shop/web ends");
                });

        island.now(island.zeus.approve(pending().id(), Island.ANA));
        island.run(Duration.ofMinutes(5));
        assertThat(images()).containsExactly("newer", "newer");
        assertThat(island.zeus.view().pending()).isEmpty();
        assertThat(island.service("shop/web").state()).isEqualTo("running");
    }

    private List<String> images() {
        return island.agent().runs().values().stream()
                .filter(SimulatedAgent.Run::isAlive)
                .map(one ->
                        one.spec.definition().workload() instanceof Workload.Container container
                                ? container.image().reference()
                                : "")
                .toList();
    }

    @Test
    void whatWasApprovedIsNotStartedInModeObserve() {
        asked();
        island.agent().crash(WEB_1);
        island.run(Duration.ofSeconds(5));
        island.assignments.clear();
        island.now(island.zeus.approve(pending().id(), Island.ANA));
        island.now(island.zeus.mode(SHOP, Mode.OBSERVE, Optional.empty(), Island.ANA));
        island.assignments.clear();
        island.run(Duration.ofMinutes(5));
        assertThat(island.assignments)
                .allSatisfy(assignment ->
                        assertThat(assignment.instances().getFirst().desired())
                                .isEqualTo(InstanceSpec.Desired.WATCH));
        order(Mode.ASK);
        assertThat(ordered()).isEqualTo(InstanceSpec.Desired.WATCH);
    }
}
