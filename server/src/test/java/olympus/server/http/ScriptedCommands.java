package olympus.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeSpec;
import olympus.model.state.StackRevision;
import olympus.zeus.NodeCommands;
import olympus.zeus.StackCommands;
import olympus.zeus.StackPlan;

/** Commands that are only written down, and answered as a test says. */
final class ScriptedCommands implements StackCommands, NodeCommands {

    final List<String> ordered = new ArrayList<>();
    Optional<OlympusException> failure = Optional.empty();
    List<RevisionView> history = List.of();
    List<Cause> causes = List.of();
    List<InstanceSpec> declared = List.of();
    boolean silent;

    private <T> CompletionStage<T> answer(String order, T value) {
        synchronized (ordered) {
            ordered.add(order);
        }
        if (silent) {
            return new CompletableFuture<>();
        }
        return failure.<CompletionStage<T>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> CompletableFuture.completedFuture(value));
    }

    private CompletionStage<Void> done(String order) {
        return answer(order, Optional.empty()).thenApply(_ -> nothing());
    }

    @SuppressWarnings("NullAway") // the value of a Void
    private static Void nothing() {
        return null;
    }

    private static StackPlan plan(StackDefinition definition, long base) {
        return new StackPlan(
                definition.name(),
                base,
                base + 1,
                List.of(
                        new StackPlan.ServiceChange(
                                "web", StackPlan.Kind.ADD, "start 1 instance", List.of())),
                List.of());
    }

    @Override
    public CompletionStage<StackPlan> plan(
            StackDefinition definition, Optional<StackDefinition.Mode> mode) {
        return answer("plan " + definition.name(), plan(definition, 3));
    }

    @Override
    public CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expected,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor) {
        history = List.of(revision(definition, 4));
        return answer(
                "apply %s expected=%s prune=%s%s by %s"
                        .formatted(
                                definition.name(),
                                expected,
                                prune,
                                mode.map(ordered -> " mode=" + ordered).orElse(""),
                                actor.name()),
                plan(definition, 3));
    }

    @Override
    public CompletionStage<Void> mode(
            StackName stack, StackDefinition.Mode mode, Optional<Long> expected, Actor actor) {
        return done("mode %s %s expected=%s".formatted(stack, mode, expected));
    }

    @Override
    public CompletionStage<Void> approve(String decision, Actor actor) {
        return done("approve " + decision);
    }

    @Override
    public CompletionStage<Handover> handover(StackName stack) {
        var web = new ServiceId(stack, "web");
        return answer(
                "handover of " + stack,
                new Handover(
                        stack,
                        3,
                        StackDefinition.Mode.ASK,
                        List.of(
                                new Handover.Step(
                                        new InstanceId(web, 1),
                                        "mars",
                                        "replace",
                                        "declared otherwise"))));
    }

    @Override
    public CompletionStage<List<InstanceSpec>> declared(StackName stack) {
        return answer("declared of " + stack, declared);
    }

    @Override
    public CompletionStage<Void> deny(String decision, Actor actor) {
        return done("deny " + decision);
    }

    @Override
    public CompletionStage<List<ServiceId>> release(
            StackName stack, Optional<Long> expected, Actor actor) {
        return answer(
                "release %s expected=%s".formatted(stack, expected),
                List.of(new ServiceId(stack, "web")));
    }

    static RevisionView revision(StackDefinition definition, long number) {
        return new RevisionView(
                definition.name(),
                number,
                true,
                java.time.Instant.EPOCH,
                "user:admin",
                "first",
                definition,
                Optional.of(
                        new StackRevision.Returned(
                                new ServiceId(definition.name(), "web"), 2, "it was given up")));
    }

    @Override
    public CompletionStage<List<ServiceId>> remove(
            StackName stack, Optional<Long> expected, Actor actor) {
        return answer(
                "remove %s expected=%s".formatted(stack, expected),
                List.of(new ServiceId(stack, "web")));
    }

    @Override
    public CompletionStage<StackPlan> updateImages(
            StackName stack, Map<String, String> images, Optional<Long> expected, Actor actor) {
        return answer(
                "images of %s %s expected=%s".formatted(stack, images, expected),
                new StackPlan(stack, 3, 4, List.of(), List.of()));
    }

    @Override
    public CompletionStage<StackPlan> rollback(
            StackName stack, Optional<Long> to, Optional<Long> expected, Actor actor) {
        return answer(
                "rollback %s to %s expected=%s".formatted(stack, to, expected),
                new StackPlan(stack, 3, 4, List.of(), List.of()));
    }

    @Override
    public CompletionStage<StackPlan> rollbackService(
            ServiceId service, Optional<Long> to, Optional<Long> expected, Actor actor) {
        return answer(
                "rollback %s to %s expected=%s".formatted(service, to, expected),
                new StackPlan(service.stack(), 3, 4, List.of(), List.of()));
    }

    @Override
    public CompletionStage<Void> stop(ServiceId service, Optional<Long> expected, Actor actor) {
        return done("stop %s expected=%s".formatted(service, expected));
    }

    @Override
    public CompletionStage<Void> start(ServiceId service, Optional<Long> expected, Actor actor) {
        return done("start %s expected=%s".formatted(service, expected));
    }

    @Override
    public CompletionStage<Void> restart(ServiceId service, Optional<Long> expected, Actor actor) {
        return done("restart %s expected=%s".formatted(service, expected));
    }

    @Override
    public CompletionStage<Void> approveRollout(
            ServiceId service, Optional<Long> expected, Actor actor) {
        return done("approve rollout of %s expected=%s".formatted(service, expected));
    }

    @Override
    public CompletionStage<StackPlan> rejectRollout(
            ServiceId service, String reason, Optional<Long> expected, Actor actor) {
        return answer(
                "reject rollout of %s because \"%s\" expected=%s by %s"
                        .formatted(service, reason, expected, actor.name()),
                new StackPlan(service.stack(), 3, 4, List.of(), List.of()));
    }

    @Override
    public CompletionStage<Void> pause(String scope, String reason, Actor actor) {
        return done("pause " + scope);
    }

    @Override
    public CompletionStage<Void> resume(String scope, Actor actor) {
        return done("resume " + scope);
    }

    @Override
    public CompletionStage<List<RevisionView>> history(StackName stack) {
        return history.isEmpty()
                ? CompletableFuture.failedFuture(
                        new OlympusException(ErrorCode.NOT_FOUND, "there is no stack " + stack))
                : answer("history " + stack, history);
    }

    @Override
    public CompletionStage<List<Cause>> why(String thing) {
        return answer("why " + thing, causes);
    }

    @Override
    public CompletionStage<NodeId> label(
            String node, Map<String, Optional<String>> labels, Actor actor) {
        return answer("label " + node + " " + new java.util.TreeMap<>(labels), RunningApi.NODE);
    }

    @Override
    public CompletionStage<NodeId> withdraw(
            String node, NodeSpec.Kind kind, String reason, boolean force, Actor actor) {
        return answer("withdraw %s %s %s %s".formatted(node, kind, reason, force), RunningApi.NODE);
    }

    @Override
    public CompletionStage<NodeId> restore(String node, Actor actor) {
        return answer("restore " + node, RunningApi.NODE);
    }

    @Override
    public CompletionStage<NodeId> addExternal(NewExternal node, Actor actor) {
        return answer("add external " + node.name(), node.id());
    }

    @Override
    public CompletionStage<NodeId> removeExternal(String node, Actor actor) {
        return answer("remove external " + node, RunningApi.NODE);
    }
}
