package olympus.zeus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.foundation.EventLoop;
import olympus.hermes.Hermes;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.state.AgentEvent;
import olympus.model.state.InstanceSpec;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import olympus.model.state.NodeSpec;
import olympus.zeus.internal.Controller;
import olympus.zeus.internal.Insights;
import olympus.zeus.internal.Leases;
import olympus.zeus.internal.NodeSpecs;

/**
 * The cluster controller: takes orders from people and reports from agents, and sends every node
 * the whole of what it shall run.
 *
 * <p>Threading: any thread may call; all work is done on the loop given at construction, which owns
 * the projection of {@code zeus/…} and the observed state of nodes.
 */
public final class Zeus implements StackCommands, NodeCommands, Insight, AutoCloseable {

    private final EventLoop loop;
    private final Controller controller;
    private final NodeSpecs specs;
    private final Insights insights;
    private final Leases leases;

    public Zeus(
            Hermes hermes,
            EventLoop loop,
            Clock clock,
            RandomGenerator random,
            NodeOrders orders,
            ZeusOptions options) {
        this.loop = loop;
        this.controller = new Controller(hermes, loop, clock, random, orders, options);
        this.specs = new NodeSpecs(controller);
        this.insights = new Insights(controller, options);
        this.leases = new Leases(controller, hermes, loop, clock, orders);
    }

    /** Begins to project and, as soon as this server leads, to control. */
    public void start() {
        loop.execute(controller::start);
    }

    /** Stops watching and planning; instances are left alone. */
    @Override
    public void close() {
        loop.execute(controller::stop);
    }

    /** The island as seen at this moment. Any thread, at no cost. */
    public ClusterView view() {
        return controller.view();
    }

    /**
     * Whether it knows what is stored; until then the view shows what agents report. Any thread.
     */
    public boolean isListed() {
        return controller.isListed();
    }

    /**
     * Whether it orders and records here. Elsewhere it shows what is stored and reported, and
     * refuses what people order. Any thread.
     */
    public boolean leads() {
        return controller.leads();
    }

    /** How long its looks took: planning, and handing out what the plan says. Any thread. */
    public DurationHistogram.Reading reconcileTimes() {
        return controller.reconcileTimes();
    }

    /**
     * Calls {@code listener} on Zeus' loop with each new view, until cancelled; it must not block.
     */
    public EventLoop.Cancellable onChange(Consumer<ClusterView> listener) {
        return controller.onChange(listener);
    }

    public void nodeConnected(NodeId node, String name) {
        loop.execute(() -> {
            controller.nodeConnected(node, name);
            specs.connected(node);
        });
    }

    public void nodeDisconnected(NodeId node, String reason) {
        loop.execute(() -> controller.nodeDisconnected(node, reason));
    }

    public void reported(NodeReport report) {
        loop.execute(() -> controller.reported(report));
    }

    /** What a node has: soft state, never stored. */
    public void facts(NodeId node, NodeFacts facts) {
        loop.execute(() -> controller.facts(node, facts));
    }

    /**
     * Answered through {@link NodeOrders#eventsRecorded} once they stand in the decision stream.
     */
    public void happened(NodeId node, List<AgentEvent> events) {
        loop.execute(() -> controller.happened(node, events));
    }

    /**
     * An agent asks for leases of the singletons on its node. Answered through {@link
     * NodeOrders#leased} where this server leads, else not at all.
     */
    public void askedForLeases(NodeId node, long number) {
        loop.execute(() -> leases.asked(node, number));
    }

    @Override
    public CompletionStage<StackPlan> plan(
            StackDefinition definition, Optional<StackDefinition.Mode> mode) {
        return onLoop(() -> controller.plan(definition, mode));
    }

    @Override
    public CompletionStage<StackPlan> apply(
            StackDefinition definition,
            Optional<Long> expectedRevision,
            boolean prune,
            Optional<StackDefinition.Mode> mode,
            Actor actor) {
        return onLoop(() -> controller.apply(definition, expectedRevision, prune, mode, actor));
    }

    @Override
    public CompletionStage<StackPlan> updateImages(
            StackName stack,
            Map<String, String> images,
            Optional<Long> expectedRevision,
            Actor actor) {
        return onLoop(() -> controller.updateImages(stack, images, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> mode(
            StackName stack,
            StackDefinition.Mode mode,
            Optional<Long> expectedRevision,
            Actor actor) {
        return onLoop(() -> controller.mode(stack, mode, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> approve(String decision, Actor actor) {
        return onLoop(() -> controller.approve(decision, actor));
    }

    @Override
    public CompletionStage<Handover> handover(StackName stack) {
        return onLoop(() -> controller.handover(stack));
    }

    @Override
    public CompletionStage<List<InstanceSpec>> declared(StackName stack) {
        return onLoop(() -> controller.declared(stack));
    }

    @Override
    public CompletionStage<Void> deny(String decision, Actor actor) {
        return onLoop(() -> controller.deny(decision, actor));
    }

    @Override
    public CompletionStage<List<ServiceId>> release(
            StackName stack, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.release(stack, expectedRevision, actor));
    }

    @Override
    public CompletionStage<List<ServiceId>> remove(
            StackName stack, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.remove(stack, expectedRevision, actor));
    }

    @Override
    public CompletionStage<StackPlan> rollback(
            StackName stack,
            Optional<Long> toRevision,
            Optional<Long> expectedRevision,
            Actor actor) {
        return onLoop(() -> controller.rollback(stack, toRevision, expectedRevision, actor));
    }

    @Override
    public CompletionStage<StackPlan> rollbackService(
            ServiceId service,
            Optional<Long> toRevision,
            Optional<Long> expectedRevision,
            Actor actor) {
        return onLoop(
                () -> controller.rollbackService(service, toRevision, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> stop(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.stop(service, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> start(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.start(service, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> restart(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.restart(service, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> approveRollout(
            ServiceId service, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.rollouts().approve(service, expectedRevision, actor));
    }

    @Override
    public CompletionStage<StackPlan> rejectRollout(
            ServiceId service, String reason, Optional<Long> expectedRevision, Actor actor) {
        return onLoop(() -> controller.rollouts().reject(service, reason, expectedRevision, actor));
    }

    @Override
    public CompletionStage<Void> pause(String scope, String reason, Actor actor) {
        return onLoop(() -> controller.pause(scope, reason, actor));
    }

    @Override
    public CompletionStage<Void> resume(String scope, Actor actor) {
        return onLoop(() -> controller.resume(scope, actor));
    }

    @Override
    public CompletionStage<NodeId> label(
            String node, Map<String, Optional<String>> labels, Actor actor) {
        return onLoop(() -> specs.label(node, labels, actor));
    }

    @Override
    public CompletionStage<NodeId> withdraw(
            String node, NodeSpec.Kind kind, String reason, boolean force, Actor actor) {
        return onLoop(() -> specs.withdraw(node, kind, reason, force, actor));
    }

    @Override
    public CompletionStage<NodeId> restore(String node, Actor actor) {
        return onLoop(() -> specs.restore(node, actor));
    }

    @Override
    public CompletionStage<NodeId> addExternal(NewExternal node, Actor actor) {
        return onLoop(() -> specs.addExternal(node, actor));
    }

    @Override
    public CompletionStage<NodeId> removeExternal(String node, Actor actor) {
        return onLoop(() -> specs.removeExternal(node, actor));
    }

    @Override
    public CompletionStage<List<RevisionView>> history(StackName stack) {
        return onLoop(() -> controller.history(stack));
    }

    @Override
    public CompletionStage<List<Cause>> why(String thing) {
        return onLoop(() ->
                controller
                        .why(thing)
                        .thenApplyAsync(
                                found ->
                                        Stream.concat(leases.causes(thing).stream(), found.stream())
                                                .toList(),
                                loop));
    }

    @Override
    public CompletionStage<Foresight> foresight() {
        return onLoop(insights::foresight);
    }

    @Override
    public CompletionStage<Directory> directory() {
        return onLoop(insights::directory);
    }

    @Override
    public EventLoop.Cancellable onDirectoryChange(Runnable listener) {
        return insights.onDirectoryChange(listener);
    }

    private <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> task) {
        return CompletableFuture.supplyAsync(task, loop).thenCompose(stage -> stage);
    }
}
