package olympus.zeus;

import static olympus.zeus.Stacks.inContainers;
import static olympus.zeus.Stacks.observed;
import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.state.Decision;
import olympus.model.state.InstanceObservation.State;
import olympus.model.state.InstanceSpec;
import org.junit.jupiter.api.Test;

/** What Zeus does with stacks that it may not, or not yet, or no longer act on. */
final class ModesTest {

    private static final StackName SHOP = new StackName("shop");
    private static final ServiceId WEB = ServiceId.parse("shop/web");
    private static final InstanceId WEB_1 = new InstanceId(WEB, 1);

    private final Island island = new Island(1, 1);

    /** As if another tool had started it before Olympus came. */
    private SimulatedAgent.Run alreadyRunning(StackDefinition stack) {
        return island.agent()
                .runsAlready(
                        new InstanceSpec(
                                WEB_1,
                                "made-by-compose",
                                InstanceSpec.Desired.RUN,
                                Optional.empty(),
                                stack.services().values().iterator().next(),
                                stack.directory(),
                                Map.of()));
    }

    private SimulatedAgent.Run run() {
        return Optional.ofNullable(island.agent().runs().get(WEB_1)).orElseThrow();
    }

    private InstanceSpec.Desired ordered() {
        return island.assignments.getLast().instances().getFirst().desired();
    }

    private void order(Mode mode) {
        island.now(island.zeus.mode(SHOP, mode, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));
    }

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
    void replacesNothingForANewDeclarationWhileItIsOnlyObserved() {
        var shop = inContainers(stack("shop", service("web")));
        var before = alreadyRunning(shop);
        island.apply(observed(shop));
        island.run(Duration.ofSeconds(5));

        island.apply(observed(inContainers(stack("shop", service("web").command("other")))));
        island.run(Duration.ofMinutes(2));
        assertThat(run()).isSameAs(before);
        assertThat(before.state).isEqualTo(State.RUNNING);

        order(Mode.MANAGE);
        assertThat(run()).isSameAs(before);
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
        assertThat(island.decisions()).extracting(Decision::action).contains("release");
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
