package olympus.zeus;

import java.time.Duration;
import java.util.stream.Stream;
import olympus.model.NodeId;
import olympus.model.state.InstanceRecord;
import olympus.zeus.internal.Plan;
import olympus.zeus.internal.Step;

/** A plan as a person reads it: a line for each step, what is waited for, when it looks again. */
final class PlanText {

    private PlanText() {}

    static String of(Plan plan, long nowNanos) {
        var text = new StringBuilder();
        plan.steps().stream()
                .flatMap(PlanText::each)
                .forEach(step ->
                        text.append(of(step)).append("\n    ").append(step.why()).append('\n'));
        plan.waits()
                .forEach((service, why) ->
                        text.append("wait ")
                                .append(service)
                                .append("\n    ")
                                .append(why)
                                .append('\n'));
        plan.wakeNanos()
                .ifPresent(at ->
                        text.append("look again in ")
                                .append(Duration.ofNanos(at - nowNanos).toMillis())
                                .append(" ms\n"));
        return text.isEmpty() ? "nothing to do\n" : text.toString();
    }

    private static Stream<Step> each(Step step) {
        return step instanceof Step.MoveTogether(var moves)
                ? moves.stream().map(Step.class::cast)
                : Stream.of(step);
    }

    private static String of(Step step) {
        return switch (step) {
            case Step.MoveTogether(var moves) -> throw new AssertionError(moves);
            case Step.PlaceInstance(var record, var why) -> "place " + record(record);
            case Step.ReplaceRun(var from, var to, var action, var why) ->
                    action + " " + record(from.value()) + " -> " + record(to);
            case Step.ReleaseInstance(var from, var to, var why) -> "release " + record(to);
            case Step.StopInstance(var from, var to, var why) -> "stop " + record(to);
            case Step.RetireInstance(var from, var to, var why) -> "retire " + record(to);
            case Step.ForgetInstance(var from, var why) -> "forget " + record(from.value());
            case Step.AmendInstance(var from, var to, var why) -> "amend " + record(to);
            case Step.ConfirmInstance(var from, var to, var why) -> "confirm " + record(to);
            case Step.AdvanceRollout(var from, var to, var why) ->
                    "advance rollout of %s to %s".formatted(from.value().service(), to.stage());
            case Step.FinishRollout(var from, var why) ->
                    "finish update of " + from.value().service();
            case Step.HaltRollout(var from, var why) -> "halt update of " + from.value().service();
            case Step.RollBackService(var from, var revision, var why) ->
                    "roll back %s to revision %d".formatted(from.value().service(), revision);
            case Step.ForgetService(var service, var why) -> "forget service " + service;
            case Step.ForgetStack(var stack, var why) -> "forget stack " + stack;
            case Step.LoseNode(var from, var to, var heard, var why) ->
                    "%s %s"
                            .formatted(
                                    to.heldBack().isEmpty() ? "count as lost" : "hold back",
                                    name(to.node()));
            case Step.ReturnNode(var from, var why) -> "count as back " + name(from.value().node());
            case Step.MendDrift(var node, var subject, var why) ->
                    "mend drift of %s on %s".formatted(subject, name(node));
        };
    }

    private static String record(InstanceRecord record) {
        var ports =
                record.placement().ports().isEmpty() ? "" : " ports " + record.placement().ports();
        return "%s on %s %s g%d r%d%s"
                .formatted(
                        record.id(),
                        name(record.placement().node()),
                        record.order().phase(),
                        record.run().generation(),
                        record.run().revision(),
                        ports);
    }

    private static String name(NodeId node) {
        return "node" + node.value().getLeastSignificantBits();
    }
}
