package olympus.link;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.AgentLinkServer.Certified;
import olympus.link.Outbox.Lane;
import olympus.link.Outbox.Outcome;
import olympus.link.keys.Installation;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.Answer;
import olympus.link.proto.Certificate;
import olympus.link.proto.CertificateRequest;
import olympus.link.proto.EventsRecorded;
import olympus.link.proto.Hello;
import olympus.link.proto.LogCancel;
import olympus.link.proto.LogCredit;
import olympus.link.proto.LogLines;
import olympus.link.proto.Question;
import olympus.link.proto.ServerMessage;
import olympus.link.proto.Welcome;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of one agent's stream.
 *
 * <pre>
 *   awaiting Hello ──Hello accepted──▶ open ──▶ ended
 *          └──── refused, or no Hello within the deadline ───▲
 * </pre>
 *
 * <p>Threading: messages come from gRPC, one at a time; orders from any thread; log requests live
 * on the loop.
 */
final class NodeStream implements StreamObserver<AgentMessage> {

    private static final Logger LOG = LoggerFactory.getLogger(NodeStream.class);

    private static final int QUESTIONS_FROM_LEVEL = 1;
    private static final int COMMANDS_FROM_LEVEL = 2;
    private static final String ASSIGNMENT = "assignment";
    private static final String EVENTS_RECORDED = "events recorded";

    private final Installation server;
    private final NodeStreams streams;
    private final ServerSide.Listener listener;
    private final ServerSide.Island island;
    private final EventLoop loop;
    private final Optional<Certified> certified;
    private final Optional<String> seenFrom;
    private final AtomicBoolean signing = new AtomicBoolean();
    private final Outbox<ServerMessage> outbox;
    private final NodeExecs execs;
    private final EventLoop.Cancellable helloDeadline;
    private final ReentrantLock orders = new ReentrantLock();
    private Assignment.Stamp newest = Assignment.Stamp.NONE;
    private final AtomicLong recorded = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable NodeId node;
    private volatile int level;
    private volatile String version = "";
    private volatile String name = "";
    private volatile Optional<String> advertised = Optional.empty();

    // Owned by the loop.
    private final OpenQuestions questions;
    private final Map<Long, LogRelay> logs = new HashMap<>();
    private long nextLogRequest = 1;
    private boolean over;

    /**
     * Who is at the other end.
     *
     * @param seenFrom its address, where it has come over the network
     */
    record Peer(Optional<Certified> certified, Optional<String> seenFrom) {}

    NodeStream(
            Installation server,
            NodeStreams streams,
            ServerSide.Listener listener,
            ServerSide.Island island,
            EventLoop loop,
            Peer peer,
            ServerCallStreamObserver<ServerMessage> out) {
        this.server = server;
        this.streams = streams;
        this.listener = listener;
        this.island = island;
        this.loop = loop;
        this.certified = peer.certified();
        this.seenFrom = peer.seenFrom();
        this.outbox = new Outbox<>(out);
        this.questions = new OpenQuestions(loop, this::question);
        this.execs = new NodeExecs(loop, message -> send(Lane.BULK, new Object(), message));
        out.setOnReadyHandler(outbox::drain);
        out.setOnCancelHandler(() -> ended("the agent's connection was cut"));
        this.helloDeadline = loop.schedule(LinkLimits.HANDSHAKE_DEADLINE, this::helloOverdue);
    }

    @Override
    public void onNext(AgentMessage message) {
        try {
            Wire.checkSize(message);
            var known = node;
            if (known == null) {
                welcome(message);
            } else {
                streams.ifCurrent(known, this, () -> dispatch(known, message));
            }
        } catch (OlympusException e) {
            close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended(Reasons.of(failure));
    }

    @Override
    public void onCompleted() {
        outbox.end(StreamObserver::onCompleted);
        ended("the agent closed the stream");
    }

    Optional<String> advertised() {
        return advertised;
    }

    Optional<String> seenFrom() {
        return seenFrom;
    }

    /** Ends the stream, telling the agent why. */
    void close(Status status) {
        outbox.end(out -> out.onError(status.asRuntimeException()));
        ended(Optional.ofNullable(status.getDescription()).orElse(status.getCode().name()));
    }

    void assign(NodeId to, Assignment assignment, Map<SecretRef, String> secrets) {
        var message = ServerMessage.newBuilder().setOrder(Wire.order(assignment, secrets)).build();
        orders.lock();
        try {
            if (assignment.stamp().compareTo(newest) < 0) {
                refused(
                        to,
                        assignment.stamp(),
                        "a newer assignment, %s, is already on its way".formatted(newest));
                return;
            }
            if (outbox.put(Lane.STATE, ASSIGNMENT, message) == Outcome.TOO_LARGE) {
                refused(to, assignment.stamp(), tooLarge(assignment, message));
                return;
            }
            newest = assignment.stamp();
        } finally {
            orders.unlock();
        }
    }

    void eventsRecorded(long upTo) {
        var highest = recorded.accumulateAndGet(upTo, Math::max);
        send(
                Lane.CONTROL,
                EVENTS_RECORDED,
                ServerMessage.newBuilder()
                        .setEventsRecorded(EventsRecorded.newBuilder().setUpToSequence(highest))
                        .build());
    }

    void pause(Pause pause) {
        send(
                Lane.CONTROL,
                pause.stack(),
                ServerMessage.newBuilder().setPause(Wire.pause(pause)).build());
    }

    void leased(LeaseGrant grant) {
        send(
                Lane.CONTROL,
                "leases",
                ServerMessage.newBuilder().setLeaseGrant(LeaseWire.grant(grant)).build());
    }

    /** On the loop. Returns what cancels, to be run on the loop. */
    Runnable openLog(LogRequest request, LogSink sink) {
        if (over) {
            sink.end(Optional.of("the node is not connected"));
            return () -> {};
        }
        if (logs.size() >= LinkLimits.MAX_LOG_REQUESTS) {
            sink.end(
                    Optional.of(
                            "%d readers of this node's logs are open; no more are served at the same time"
                                    .formatted(logs.size())));
            return () -> {};
        }
        var id = nextLogRequest++;
        logs.put(id, new LogRelay(sink, loop, bytes -> grant(id, bytes)));
        send(
                Lane.BULK,
                id,
                ServerMessage.newBuilder().setLogRequest(Wire.logRequest(id, request)).build());
        return () -> cancelLog(id);
    }

    /** On the loop. */
    void ask(NodeQuestion question, CompletableFuture<NodeAnswer> answer) {
        if (over) {
            answer.completeExceptionally(unavailable("the node is not connected"));
        } else if (level < QUESTIONS_FROM_LEVEL) {
            answer.completeExceptionally(tooOld("to be asked"));
        } else {
            questions.ask(question, answer);
        }
    }

    void exec(ExecRequest request, CompletableFuture<ExecSession> started) {
        if (level < COMMANDS_FROM_LEVEL) {
            started.completeExceptionally(tooOld("to run commands"));
        } else if (level < LinkLimits.MACHINE_COMMANDS_FROM_LEVEL
                && request.target() instanceof ExecTarget.Machine) {
            started.completeExceptionally(tooOld("to run commands on the machine itself"));
        } else {
            execs.start(request, started);
        }
    }

    private OlympusException tooOld(String forWhat) {
        return unavailable(
                "the agent on this node (version %s) is too old %s; run the same version of Olympus everywhere"
                        .formatted(version, forWhat));
    }

    private static OlympusException unavailable(String reason) {
        return new OlympusException(ErrorCode.UNAVAILABLE, reason);
    }

    private void question(Question question) {
        send(Lane.CONTROL, new Object(), ServerMessage.newBuilder().setQuestion(question).build());
    }

    private void welcome(AgentMessage first) {
        if (first.getMessageCase() != AgentMessage.MessageCase.HELLO) {
            throw Wire.invalid("the first message", first.getMessageCase().name(), "HELLO");
        }
        var hello = first.getHello();
        var claimed = Wire.nodeId(hello.getNodeId());
        var refusal = refusal(hello, claimed);
        if (refusal.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("claimed", claimed)
                    .addKeyValue("certified", certified)
                    .addKeyValue("reason", refusal.get().getDescription())
                    .log("An agent was refused");
            close(refusal.get());
            return;
        }
        helloDeadline.cancel();
        send(
                Lane.CONTROL,
                "welcome",
                ServerMessage.newBuilder()
                        .setWelcome(
                                Welcome.newBuilder()
                                        .setProtocol(LinkLimits.PROTOCOL)
                                        .setServerId(server.node().toString())
                                        .setIslandId(server.island().toString())
                                        .setLevel(LinkLimits.LEVEL))
                        .build());
        level = hello.getLevel();
        version = hello.getAgentVersion();
        advertised = Wire.advertised(hello.getAdvertised());
        node = claimed;
        name = recordedName().orElseGet(hello::getNodeName);
        streams.opened(claimed, name, this);
        // Once more: it may have been removed while it was not among the streams yet.
        islandChanged();
    }

    /** Of an agent that has proved with a certificate which node it is. */
    private Optional<String> recordedName() {
        return certified.flatMap(who -> island.name(who.node().node()));
    }

    /**
     * Ends, when its node does not belong to the island any more, or is called otherwise than was
     * told; else tells where servers are.
     */
    void islandChanged() {
        var refused = certified.flatMap(who -> island.refusal(who.node(), who.key()));
        if (refused.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("reason", refused.get())
                    .log("An agent's link is ended");
            close(Status.PERMISSION_DENIED.withDescription(refused.get()));
        } else if (recordedName().filter(is -> !is.equals(name)).isPresent()) {
            close(
                    Status.UNAVAILABLE.withDescription(
                            "this node is called %s, not %s; connect again"
                                    .formatted(recordedName().orElse(name), name)));
        } else if (level >= LinkLimits.MEMBERSHIP_FROM_LEVEL) {
            send(
                    Lane.CONTROL,
                    "servers",
                    ServerMessage.newBuilder()
                            .setServers(MemberWire.servers(island.servers()))
                            .build());
        }
    }

    /** One at a time, as the newest key of a node is the one that counts. */
    private void renew(CertificateRequest request) {
        if (certified.isEmpty()) {
            certificate(
                    MemberWire.refused(
                            new OlympusException(
                                    ErrorCode.INVALID,
                                    "a link within a process has no certificate")));
        } else if (signing.compareAndSet(false, true)) {
            try {
                var _ =
                        island.renew(
                                        certified.get().node(),
                                        certified.get().key(),
                                        MemberWire.request(request))
                                .whenComplete((issued, failure) -> {
                                    signing.set(false);
                                    certificate(
                                            failure == null
                                                    ? MemberWire.issued(issued)
                                                    : MemberWire.refused(failure));
                                });
            } catch (OlympusException e) {
                signing.set(false);
                certificate(MemberWire.refused(e));
            }
        } else {
            certificate(
                    MemberWire.refused(
                            new OlympusException(
                                    ErrorCode.CONFLICT,
                                    "a certificate for this node is being signed already")));
        }
    }

    private void certificate(Certificate certificate) {
        send(
                Lane.CONTROL,
                new Object(),
                ServerMessage.newBuilder().setCertificate(certificate).build());
    }

    private Optional<Status> refusal(Hello hello, NodeId claimed) {
        if (hello.getProtocol() != LinkLimits.PROTOCOL) {
            return Optional.of(
                    Status.FAILED_PRECONDITION.withDescription(
                            "agent %s (version %s) speaks protocol %d of the link, this server speaks %d; run the same version of Olympus on both"
                                    .formatted(
                                            hello.getNodeName(),
                                            hello.getAgentVersion(),
                                            hello.getProtocol(),
                                            LinkLimits.PROTOCOL)));
        }
        if (certified.isEmpty()) {
            return Optional.empty();
        }
        var identity = certified.get().node();
        if (!identity.node().equals(claimed)) {
            return Optional.of(
                    Status.PERMISSION_DENIED.withDescription(
                            "the agent says it is node %s, but its certificate was issued to node %s"
                                    .formatted(claimed, identity.node())));
        }
        if (!identity.realm().equals(server.realm())
                || !identity.island().equals(server.island())) {
            return Optional.of(
                    Status.PERMISSION_DENIED.withDescription(
                            "the agent's certificate, %s, is not of this server's realm %s and island %s"
                                    .formatted(identity, server.realm(), server.island())));
        }
        return island.refusal(identity, certified.get().key())
                .map(Status.PERMISSION_DENIED::withDescription);
    }

    private void dispatch(NodeId from, AgentMessage message) {
        switch (message.getMessageCase()) {
            case REPORT -> {
                var report = Wire.report(message.getReport());
                if (!report.node().equals(from)) {
                    throw Wire.invalid(
                            "a report", "node " + report.node(), "the stream's own, " + from);
                }
                listener.reported(report);
            }
            case FACTS -> listener.facts(from, Wire.facts(message.getFacts()));
            case EVENTS -> listener.happened(from, Wire.events(message.getEvents()));
            case REFUSAL -> {
                var refusal = message.getRefusal();
                listener.refused(
                        from,
                        Wire.stamp(refusal.getRefused()),
                        Wire.stamp(refusal.getInForce()),
                        LinkLimits.reason(refusal.getReason()));
            }
            case LOG_LINES -> {
                // Read here, where what is malformed ends this stream and nothing else.
                var batch = LogRelay.Batch.of(message.getLogLines());
                loop.execute(() -> logLines(message.getLogLines(), batch));
            }
            case ANSWER -> answered(message.getAnswer());
            case CERTIFICATE_REQUEST -> renew(message.getCertificateRequest());
            case LEASE_REQUEST ->
                    listener.askedForLeases(from, message.getLeaseRequest().getNumber());
            case EXEC_STARTED -> {
                var started = message.getExecStarted();
                execs.with(started.getRequestId(), exec -> exec.runs(started.getCredit()));
            }
            case EXEC_OUTPUT -> {
                var output = message.getExecOutput();
                execs.with(output.getRequestId(), exec -> exec.heard(output));
            }
            case EXEC_CREDIT -> {
                var credit = message.getExecCredit();
                execs.with(credit.getRequestId(), exec -> exec.credit(credit.getBytes()));
            }
            case EXEC_END -> {
                var end = message.getExecEnd();
                execs.with(end.getRequestId(), exec -> exec.heard(end));
            }
            case HELLO ->
                    throw Wire.invalid(
                            "a later message", "HELLO", "HELLO once, as the first message");
            case MESSAGE_NOT_SET ->
                    throw Wire.invalid("a message", "nothing known here", "one of protocol 1");
        }
    }

    private void answered(Answer answer) {
        if (answer.hasFailure()) {
            var failure = Wire.failure(answer.getFailure());
            loop.execute(() ->
                    questions.answered(
                            answer.getRequestId(),
                            waiting -> waiting.completeExceptionally(failure)));
        } else {
            // Read here, where what is malformed ends this stream and nothing else.
            var read = Wire.answer(answer);
            loop.execute(() ->
                    questions.answered(answer.getRequestId(), waiting -> waiting.complete(read)));
        }
    }

    private void logLines(LogLines message, LogRelay.Batch batch) {
        var relay = logs.get(message.getRequestId());
        if (relay == null) {
            return; // cancelled while these were under way
        }
        relay.received(message, batch);
        if (relay.isOver()) {
            cancelLog(message.getRequestId());
        }
    }

    private void cancelLog(long id) {
        var relay = logs.remove(id);
        if (relay != null) {
            relay.cancel();
            send(
                    Lane.BULK,
                    new Object(),
                    ServerMessage.newBuilder()
                            .setLogCancel(LogCancel.newBuilder().setRequestId(id))
                            .build());
        }
    }

    private void grant(long id, long bytes) {
        send(
                Lane.BULK,
                new Object(),
                ServerMessage.newBuilder()
                        .setLogCredit(LogCredit.newBuilder().setRequestId(id).setBytes(bytes))
                        .build());
    }

    private void send(Lane lane, Object key, ServerMessage message) {
        if (outbox.put(lane, key, message) == Outcome.FULL) {
            close(
                    Status.RESOURCE_EXHAUSTED.withDescription(
                            "the agent takes nothing: %d messages wait for it"
                                    .formatted(LinkLimits.MAX_QUEUED_MESSAGES)));
        }
    }

    private void helloOverdue() {
        if (node == null) {
            close(
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "no Hello within %d s"
                                    .formatted(LinkLimits.HANDSHAKE_DEADLINE.toSeconds())));
        }
    }

    private void refused(NodeId to, Assignment.Stamp refused, String reason) {
        var inForce = newest;
        loop.execute(() -> listener.refused(to, refused, inForce, reason));
    }

    private static String tooLarge(Assignment assignment, ServerMessage message) {
        return "the assignment %s of node %s with %d instances has %d bytes; one message may have at most %d: give the node fewer or smaller services"
                .formatted(
                        assignment.stamp(),
                        assignment.node(),
                        assignment.instances().size(),
                        message.getSerializedSize(),
                        LinkLimits.MAX_MESSAGE_BYTES);
    }

    private void ended(String reason) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        outbox.end(out -> {});
        helloDeadline.cancel();
        var known = node;
        if (known != null) {
            streams.ended(known, this, reason);
        }
        execs.failAll("the node's connection ended: " + reason);
        loop.execute(() -> endRequests(reason));
    }

    private void endRequests(String reason) {
        over = true;
        questions.failAll("the node's connection ended: " + reason);
        var open = Map.copyOf(logs);
        logs.clear();
        open.values()
                .forEach(relay -> relay.end(Optional.of("the node's connection ended: " + reason)));
    }
}
