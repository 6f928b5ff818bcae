package olympus.agent.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import olympus.agent.Brake;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
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
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;

/**
 * The agent's own supervision, files and reports over runs that are made up, so that hundreds of
 * agents fit into one process: they may share a loop, and need neither watches of the kernel nor
 * buffers for output. Has no logs and answers no questions.
 *
 * <p>Threading: any. The loop must outlive it.
 */
public final class AgentWithFakeRuns implements AgentSide.Orders, AutoCloseable {

    private static final RunOutput NO_OUTPUT =
            new RunOutput() {
                @Override
                public void expect(InstanceId id, long run) {}

                @Override
                public void ended(InstanceId id) {}

                @Override
                public void forget(InstanceId id) {}
            };

    private final AgentSide.Identity identity;
    private final FakeRuns runs;
    private final UntilClosed loop;
    private final BlockingWork blocking;
    private final HeldLeases leases;
    private final SupervisedNode node;
    private final Supervisor supervisor;

    /**
     * @param root the agent's folder, {@code D/agent}
     * @param facts what it says that the machine has
     */
    public AgentWithFakeRuns(
            Path root,
            AgentSide.Identity identity,
            Clock clock,
            RandomGenerator random,
            EventLoop shared,
            NodeFacts facts,
            FakeRuns runs) {
        this.identity = identity;
        this.runs = runs;
        loop = new UntilClosed(shared);
        blocking =
                new BlockingWork(failure ->
                        loop.execute(() -> {
                            throw new IllegalStateException("work beside the loop", failure);
                        }));
        leases = new HeldLeases(clock);
        var folders = new InstanceFolders(root, identity.node());
        folders.prepare();
        node =
                new SupervisedNode(
                        loop,
                        leases,
                        () -> Optional.of(facts),
                        told ->
                                new Supervisor(
                                        new SupervisorParts(
                                                identity,
                                                ProcFs.bootId(),
                                                clock,
                                                random,
                                                loop,
                                                blocking,
                                                folders,
                                                new AssignmentFile(root),
                                                new SealedSecrets(root),
                                                new Pauses(root),
                                                new EventJournal(root),
                                                NO_OUTPUT,
                                                Brake.STANDARD,
                                                leases,
                                                List::of,
                                                told::reportSoon,
                                                told::sendEventsSoon),
                                        it -> new FakeDriver(runs, loop, it::feed),
                                        it ->
                                                new ProbeRounds(
                                                        loop,
                                                        blocking,
                                                        clock,
                                                        random,
                                                        (_, _, _) -> new Prober.Answer(true, ""),
                                                        it::secrets,
                                                        it::feed)));
        supervisor = node.supervisor();
    }

    /** What comes after the end is dropped. */
    private static final class UntilClosed implements EventLoop {
        private final EventLoop loop;
        private volatile boolean closed;

        UntilClosed(EventLoop loop) {
            this.loop = loop;
        }

        private Runnable unlessClosed(Runnable task) {
            return () -> {
                if (!closed) {
                    task.run();
                }
            };
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(unlessClosed(task));
        }

        @Override
        public Cancellable schedule(Duration delay, Runnable task) {
            return loop.schedule(delay, unlessClosed(task));
        }

        @Override
        public boolean inLoop() {
            return loop.inLoop();
        }
    }

    /** Goes on with the assignment on disk, and tells {@code reports} of everything. */
    public void start(AgentSide.Reports reports) {
        node.tell(reports);
        loop.execute(() -> {
            supervisor.begin();
            node.beginRounds();
            node.reportAtLast();
        });
    }

    @Override
    public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
        runs.received().accept(assignment);
        node.assign(assignment, secrets);
    }

    @Override
    public void eventsRecorded(long upToSequence) {
        node.eventsRecorded(upToSequence);
    }

    @Override
    public void pause(Pause pause) {
        node.pause(pause);
    }

    @Override
    public Runnable streamLogs(LogRequest request, LogSink sink) {
        sink.end(Optional.of("there is no output on " + identity.name()));
        return () -> {};
    }

    @Override
    public CompletionStage<NodeAnswer> ask(NodeQuestion question) {
        return CompletableFuture.failedStage(
                new OlympusException(
                        ErrorCode.UNAVAILABLE, "nothing runs really on " + identity.name()));
    }

    @Override
    public void exec(ExecCall call) {
        call.failed(ErrorCode.UNAVAILABLE, "nothing runs really on " + identity.name());
    }

    @Override
    public void leased(LeaseGrant grant) {
        loop.execute(() -> {
            leases.granted(grant);
            supervisor.lookAround();
        });
    }

    @Override
    public void connected() {
        node.connected();
    }

    @Override
    public void close() {
        loop.closed = true;
        blocking.close();
    }
}
