package olympus.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import olympus.agent.internal.NodeSupervision;
import olympus.engine.ContainerEngine;
import olympus.link.AgentSide;
import olympus.link.ExecCall;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.link.Pause;
import olympus.model.InstanceId;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;

/**
 * The agent of one node: keeps the assigned instances running, with or without a server, and
 * reports.
 *
 * <p>{@link #start} adopts what still runs before anything else. {@link #close} leaves everything
 * running. Threading: safe for use by any thread; nothing blocks but {@link #start} and {@link
 * #stopAllInstances}.
 */
public final class Agent implements AgentSide.Orders, AutoCloseable {

    private final NodeSupervision supervision;

    /**
     * Makes an agent; two agents must never share a data folder (the owner of the folder's lock
     * sees to that).
     */
    public Agent(AgentConfig config, List<AgentSide.Reports> reports) {
        supervision =
                new NodeSupervision(
                        config.dataFolder().resolve("agent"),
                        config.identity(),
                        config.clock(),
                        config.random(),
                        config.output(),
                        config.brake(),
                        ContainerEngine.at(config.engine(), System.getenv()),
                        config.systemd(),
                        config.onFailure());
        reports.forEach(supervision::tell);
    }

    /** Adopts running instances, then goes on with the last accepted assignment. */
    public void start() {
        supervision.begin();
    }

    /** From now on reports to this one too. */
    public void reportTo(AgentSide.Reports reports) {
        supervision.tell(reports);
    }

    /**
     * Runs {@code task} on the loop that supervises; a task that never runs shows that it is stuck.
     */
    public void onSupervision(Runnable task) {
        supervision.execute(task);
    }

    /**
     * Ends every instance, dependants before what they depend on; answers with those still running
     * at the deadline.
     */
    public List<InstanceId> stopAllInstances(Duration deadline) {
        return supervision.stopAll(deadline);
    }

    @Override
    public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
        supervision.assign(assignment, secrets);
    }

    @Override
    public void eventsRecorded(long upToSequence) {
        supervision.eventsRecorded(upToSequence);
    }

    @Override
    public void pause(Pause pause) {
        supervision.pause(pause);
    }

    @Override
    public Runnable streamLogs(LogRequest request, LogSink sink) {
        return supervision.streamLogs(request, sink);
    }

    @Override
    public CompletionStage<NodeAnswer> ask(NodeQuestion question) {
        return supervision.ask(question);
    }

    @Override
    public void exec(ExecCall call) {
        supervision.exec(call);
    }

    @Override
    public void leased(LeaseGrant grant) {
        supervision.leased(grant);
    }

    @Override
    public void connected() {
        supervision.connected();
    }

    /** Ends the agent and leaves the instances running. */
    @Override
    public void close() {
        supervision.close();
    }
}
