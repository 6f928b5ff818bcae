package olympus.zeus;

import static olympus.zeus.Stacks.service;
import static olympus.zeus.Stacks.stack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackLimits;
import org.junit.jupiter.api.Test;

/** Orders for a revision that is no longer the present one, and orders as large as may be. */
final class RevisionsAndLimitsTest {

    private final Island island = new Island(1, 1);

    private void refusesForRevision(long expected, CompletionStage<?> order) {
        assertThatThrownBy(() -> island.now(order))
                .cause()
                .isInstanceOfSatisfying(
                        OlympusException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                            assertThat(e)
                                    .hasMessageContaining("revision " + expected)
                                    .hasMessageContaining("is at revision 2");
                        });
    }

    @Test
    void refusesEveryOrderThatWasMadeForAnotherRevision() {
        island.apply(stack("first", service("web")));
        island.apply(stack("first", service("web").command("second")));
        island.run(Duration.ofSeconds(30));
        var stack = new StackName("first");
        var web = ServiceId.parse("first/web");
        var decisions = island.decisions().size();
        for (var other : List.of(0L, 1L, 999L)) {
            var expected = Optional.of(other);
            refusesForRevision(other, island.zeus.remove(stack, expected, Island.ANA));
            refusesForRevision(
                    other, island.zeus.rollback(stack, Optional.of(1L), expected, Island.ANA));
            refusesForRevision(
                    other, island.zeus.rollbackService(web, Optional.of(1L), expected, Island.ANA));
            refusesForRevision(other, island.zeus.stop(web, expected, Island.ANA));
            refusesForRevision(other, island.zeus.start(web, expected, Island.ANA));
            refusesForRevision(other, island.zeus.restart(web, expected, Island.ANA));
        }
        assertThat(island.decisions()).hasSize(decisions);

        var present = Optional.of(2L);
        island.now(island.zeus.restart(web, present, Island.ANA));
        island.now(island.zeus.stop(web, present, Island.ANA));
        island.now(island.zeus.start(web, present, Island.ANA));
        assertThat(island.now(island.zeus.rollback(stack, Optional.empty(), present, Island.ANA)))
                .extracting(StackPlan::revision)
                .isEqualTo(3L);
        island.now(island.zeus.remove(stack, Optional.of(3L), Island.ANA));
        assertThat(island.decisions()).hasSizeGreaterThanOrEqualTo(decisions + 5);
    }

    @Test
    void twoOrdersForTheSameRevisionAreNotBothCarriedOut() {
        island.apply(stack("first", service("web")));
        var web = ServiceId.parse("first/web");
        var apply =
                island.zeus.apply(
                        stack("first", service("web").command("second")),
                        Optional.of(1L),
                        true,
                        Island.ANA);
        var stop = island.zeus.stop(web, Optional.of(1L), Island.ANA);
        assertThat(island.now(apply).revision()).isEqualTo(2);
        refusesForRevision(1, stop);
    }

    private static StackDefinition wide(int services, String command) {
        var drafts = new Stacks.Draft[services];
        for (var i = 0; i < services; i++) {
            drafts[i] = service("s%03d".formatted(i)).command(command).replicas(0);
        }
        return stack("wide", drafts);
    }

    @Test
    void changesAllServicesOfTheLargestStackAtOnce() {
        island.apply(wide(StackLimits.MAX_SERVICES, "first"));
        var next = wide(StackLimits.MAX_SERVICES, "second");
        assertThat(island.now(island.zeus.plan(next)).changes()).hasSize(StackLimits.MAX_SERVICES);
        assertThat(island.apply(next).revision()).isEqualTo(2);
        assertThat(island.apply(wide(StackLimits.MAX_SERVICES, "third")).revision()).isEqualTo(3);
    }

    @Test
    void runsAsManyReplicasAsAServiceMayHaveAndPlanRefusesOneMore() {
        var largest = stack("first", service("web").replicas(StackLimits.MAX_REPLICAS));
        island.now(island.zeus.plan(largest));
        island.apply(largest);
        island.run(Duration.ofSeconds(10));
        assertThat(island.service("first/web").running()).isEqualTo(StackLimits.MAX_REPLICAS);
        assertThatThrownBy(() ->
                        island.now(
                                island.zeus.plan(
                                        stack(
                                                "first",
                                                service("web")
                                                        .replicas(StackLimits.MAX_REPLICAS + 1)))))
                .hasMessageContaining("asks for 1001 replicas; 0 to 1000 are possible");
    }

    @Test
    void planRefusesWhatTheStoreWouldNotTake() {
        var tooLarge = stack("first", service("web").command("x".repeat(525_000)));
        for (var order :
                List.of(
                        island.zeus.plan(tooLarge),
                        island.zeus.apply(tooLarge, Optional.empty(), true, Island.ANA))) {
            assertThatThrownBy(() -> island.now(order))
                    .cause()
                    .isInstanceOfSatisfying(
                            OlympusException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE))
                    .hasMessageContaining("make it several stacks");
        }
    }
}
