package olympus.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeSpec;
import olympus.zeus.Directory;
import olympus.zeus.Foresight;
import olympus.zeus.Insight;
import olympus.zeus.NodeCommands;
import olympus.zeus.StackCommands;
import olympus.zeus.StackPlan;

/**
 * Stands where Zeus would, when the store could not be opened: answers every order with the reason.
 */
record AbsentController(OlympusException cause) implements StackCommands, NodeCommands, Insight {

    private <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(cause);
    }

    @Override
    public CompletionStage<StackPlan> plan(
            StackDefinition definition, Optional<StackDefinition.Mode> mode) {
        return refused();
    }

    @Override
    public CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expectedRevision,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> mode(
            StackName stack,
            StackDefinition.Mode mode,
            Optional<Long> expectedRevision,
            Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> approve(String decision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Handover> handover(StackName stack) {
        return refused();
    }

    @Override
    public CompletionStage<List<InstanceSpec>> declared(StackName stack) {
        return refused();
    }

    @Override
    public CompletionStage<Void> deny(String decision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<List<ServiceId>> release(
            StackName stack, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<List<ServiceId>> remove(
            StackName stack, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<StackPlan> updateImages(
            StackName stack,
            Map<String, String> images,
            Optional<Long> expectedRevision,
            Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<StackPlan> rollback(
            StackName stack,
            Optional<Long> toRevision,
            Optional<Long> expectedRevision,
            Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<StackPlan> rollbackService(
            ServiceId service,
            Optional<Long> toRevision,
            Optional<Long> expectedRevision,
            Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> stop(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> start(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> restart(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> approveRollout(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<StackPlan> rejectRollout(
            ServiceId service, String reason, Optional<Long> expectedRevision, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> pause(String scope, String reason, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<Void> resume(String scope, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<NodeId> label(
            String node, Map<String, Optional<String>> labels, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<NodeId> withdraw(
            String node, NodeSpec.Kind kind, String reason, boolean force, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<NodeId> restore(String node, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<NodeId> addExternal(NewExternal node, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<NodeId> removeExternal(String node, Actor actor) {
        return refused();
    }

    @Override
    public CompletionStage<List<RevisionView>> history(StackName stack) {
        return refused();
    }

    @Override
    public CompletionStage<List<Cause>> why(String thing) {
        return refused();
    }

    @Override
    public CompletionStage<Foresight> foresight() {
        return refused();
    }

    @Override
    public CompletionStage<Directory> directory() {
        return refused();
    }

    @Override
    public EventLoop.Cancellable onDirectoryChange(Runnable listener) {
        return () -> {};
    }
}
