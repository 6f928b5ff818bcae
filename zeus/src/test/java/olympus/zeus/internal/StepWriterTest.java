package olympus.zeus.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import olympus.hermes.Transaction;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.state.InstanceRecord;
import org.junit.jupiter.api.Test;

/** How much of a plan goes into one write. */
final class StepWriterTest {

    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private final NodeId from = new NodeId(UUID.randomUUID());
    private final NodeId to = new NodeId(UUID.randomUUID());

    private InstanceRecord record(int ordinal, NodeId node) {
        return new InstanceRecord(
                new InstanceId(ServiceId.parse("shop/web"), ordinal),
                new InstanceRecord.Placement(node, Map.of(), List.of()),
                new InstanceRecord.Run("token", 1, 1, true),
                new InstanceRecord.Order(InstanceRecord.Phase.RUN, "", NOW));
    }

    private List<Step.ReplaceRun> moves(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(n ->
                        new Step.ReplaceRun(
                                new Versioned<>(record(n, from), 1),
                                record(n, to),
                                "move",
                                "node mars is lost; venus has the fewest instances"))
                .toList();
    }

    private static WriteQueue.Write<List<Step>> write(List<Step> steps) {
        var plan = new Plan(steps, Map.of(), OptionalLong.empty());
        return new StepWriter(new Projection().desired(1), NOW, () -> "new").write(plan);
    }

    @Test
    void whatMovesTogetherIsNeverCut() {
        var together = new Step.MoveTogether(moves(200, 350));
        var steps = Stream.concat(moves(1, 199).stream(), Stream.of(together)).toList();

        var first = write(List.copyOf(steps));
        assertThat(first.answer()).hasSize(199).doesNotContain(together);

        var second = write(List.of(together));
        assertThat(second.answer()).containsExactly(together);
        assertThat(second.conditions()).hasSize(350);
    }

    @Test
    void whatMovesEachItsOwnWayIsCutAtTheLimit() {
        assertThat(write(List.copyOf(moves(1, 301))).answer()).hasSize(StepWriter.MAX_STEPS);
    }

    @Test
    void asManyAsMoveTogetherFitIntoOneWrite() {
        var most = write(List.of(new Step.MoveTogether(moves(1, Step.MoveTogether.MOST))));
        assertThat(most.operations()).hasSizeLessThanOrEqualTo(Transaction.MAX_OPERATIONS);
        assertThat(new Transaction(most.conditions(), most.operations()).operations()).isNotEmpty();
    }

    @Test
    void moreThanThatGoInSeveralWrites() {
        var draft =
                new PlanDraft(
                        new Projection().desired(1),
                        new Observed(0, Map.of(), Map.of()),
                        new PlanDraft.Now(0, NOW));
        draft.relocate(moves(1, Step.MoveTogether.MOST + 1));
        assertThat(draft.finish().steps())
                .extracting(step -> ((Step.MoveTogether) step).moves().size())
                .containsExactly(Step.MoveTogether.MOST, 1);
        assertThat(draft.isRelocated(new InstanceId(ServiceId.parse("shop/web"), 1))).isTrue();
    }
}
