package olympus.link;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.Outbox.Lane;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.link.proto.AgentLinkGrpc;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.Answer;
import olympus.link.proto.Certificate;
import olympus.link.proto.Hello;
import olympus.link.proto.LeaseRequest;
import olympus.link.proto.LogLines;
import olympus.link.proto.Question;
import olympus.link.proto.ServerMessage;
import olympus.link.proto.Welcome;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeReport;
import org.jspecify.annotations.Nullable;

/**
 * One stream from an agent to a server, from dialling to its end.
 *
 * <pre>
 *   awaiting Welcome ──Welcome accepted──▶ open ──▶ ended
 *          └──── refused, cut, or no Welcome in time ───▲
 * </pre>
 *
 * <p>Threading: messages come from gRPC, one at a time; reports from any thread.
 */
final class AgentConnection implements ClientResponseObserver<AgentMessage, ServerMessage> {

    /** What a message adds to what it carries, at most. */
    private static final int ENVELOPE_BYTES = 64;

    private final AgentSide.Identity identity;
    private final AgentSide.Orders orders;
    private final Dial dial;
    private final EventLoop loop;
    private final Events events;
    private final ManagedChannel channel;
    private final Map<Long, OpenLog> logs = new ConcurrentHashMap<>();
    private final AgentExecs execs;
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable Outbox<AgentMessage> outbox;
    private volatile boolean open;
    private volatile int level;
    private final AtomicReference<@Nullable CompletableFuture<IssuedCertificate>> signing =
            new AtomicReference<>();

    /** What the client wants to know of its connection. */
    interface Events {
        /** Before the agent is told: from now on what it reports goes here. */
        void opened(AgentConnection connection, String serverId);

        /** Where the island's servers are, as the server says. */
        void servers(ServerList servers);

        /** Once, whether it was ever open or not. */
        void ended(AgentConnection connection, String reason);
    }

    private record OpenLog(AgentLogStream stream, Runnable cancel) {}

    AgentConnection(
            AgentSide.Identity identity,
            AgentSide.Orders orders,
            Dial dial,
            EventLoop loop,
            Events events,
            ManagedChannel channel) {
        this.identity = identity;
        this.orders = orders;
        this.dial = dial;
        this.loop = loop;
        this.events = events;
        this.channel = channel;
        this.execs = new AgentExecs(orders, message -> send(Lane.BULK, new Object(), message));
    }

    /** Dials, says Hello, and allows the answer its time. */
    void start(Assignment.Stamp accepted) {
        AgentLinkGrpc.newStub(channel).connect(this);
        var hello =
                Hello.newBuilder()
                        .setProtocol(LinkLimits.PROTOCOL)
                        .setNodeId(identity.node().toString())
                        .setNodeName(identity.name())
                        .setAgentVersion(identity.version())
                        .setAccepted(Wire.stamp(accepted))
                        .setLevel(LinkLimits.LEVEL)
                        .setAdvertised(identity.advertised().orElse(""));
        outbox().add(Lane.CONTROL, AgentMessage.newBuilder().setHello(hello).build());
        loop.schedule(LinkLimits.HANDSHAKE_DEADLINE, this::welcomeOverdue);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AgentMessage> out) {
        var box = new Outbox<>(out);
        outbox = box;
        out.setOnReadyHandler(box::drain);
    }

    @Override
    public void onNext(ServerMessage message) {
        try {
            Wire.checkSize(message);
            if (open) {
                dispatch(message);
            } else {
                welcome(message);
            }
        } catch (OlympusException e) {
            fail(
                    Status.INVALID_ARGUMENT.withDescription(
                            "what the server sent is not understood: " + e.getMessage()));
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended(Reasons.of(failure));
    }

    @Override
    public void onCompleted() {
        ended("the server closed the stream");
    }

    void report(NodeReport report) {
        send(
                Lane.STATE,
                "report",
                AgentMessage.newBuilder().setReport(Wire.report(report)).build());
    }

    void facts(NodeFacts facts) {
        if (level >= LinkLimits.FACTS_FROM_LEVEL) {
            // In the lane of reports, so that it is read before those that follow.
            send(
                    Lane.STATE,
                    "facts",
                    AgentMessage.newBuilder().setFacts(Wire.facts(facts)).build());
        }
    }

    void events(List<AgentEvent> all) {
        for (var from = 0; from < all.size(); from += LinkLimits.MAX_EVENTS_PER_MESSAGE) {
            var some =
                    all.subList(
                            from, Math.min(all.size(), from + LinkLimits.MAX_EVENTS_PER_MESSAGE));
            send(
                    Lane.STATE,
                    new Object(),
                    AgentMessage.newBuilder().setEvents(Wire.events(some)).build());
        }
    }

    void refused(Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        var refusal = Wire.refusal(refused, inForce, reason);
        send(Lane.CONTROL, new Object(), AgentMessage.newBuilder().setRefusal(refusal).build());
    }

    /** Of questions that wait only the last is sent: what it is answered counts from later. */
    void askForLeases(long number) {
        if (open && level >= LinkLimits.LEASES_FROM_LEVEL) {
            send(
                    Lane.CONTROL,
                    "leases",
                    AgentMessage.newBuilder()
                            .setLeaseRequest(LeaseRequest.newBuilder().setNumber(number))
                            .build());
        }
    }

    /** Whether the server can sign certificates of nodes. */
    boolean signs() {
        return open && !ended.get() && level >= LinkLimits.MEMBERSHIP_FROM_LEVEL;
    }

    /** Asks the server to sign the key that follows; one at a time. */
    CompletionStage<IssuedCertificate> renew(CertificateRequest request) {
        var answer = new CompletableFuture<IssuedCertificate>();
        if (!signs() || !signing.compareAndSet(null, answer)) {
            answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "this server cannot be asked for a certificate at present"));
            return answer;
        }
        var _ =
                loop.schedule(
                        LinkLimits.CERTIFICATE_DEADLINE,
                        () ->
                                answer.completeExceptionally(
                                        new OlympusException(
                                                ErrorCode.UNAVAILABLE,
                                                "the server did not sign the certificate within %d s"
                                                        .formatted(
                                                                LinkLimits.CERTIFICATE_DEADLINE
                                                                        .toSeconds()))));
        var _ = answer.whenComplete((_, _) -> signing.compareAndSet(answer, null));
        send(
                Lane.CONTROL,
                new Object(),
                AgentMessage.newBuilder()
                        .setCertificateRequest(MemberWire.request(request))
                        .build());
        if (ended.get()) {
            notSigned("the connection has ended");
        }
        return answer;
    }

    private void signed(Certificate certificate) {
        var waiting = signing.get();
        if (waiting != null) {
            try {
                waiting.complete(MemberWire.issued(certificate));
            } catch (OlympusException e) {
                waiting.completeExceptionally(e);
            }
        }
    }

    private void notSigned(String why) {
        var waiting = signing.get();
        if (waiting != null) {
            waiting.completeExceptionally(new OlympusException(ErrorCode.UNAVAILABLE, why));
        }
    }

    /** Ends the stream in good order. */
    void complete() {
        outbox().end(StreamObserver::onCompleted);
        ended("this agent closed the stream");
    }

    /** Cuts the stream. */
    void fail(Status why) {
        outbox().end(out -> out.onError(why.asRuntimeException()));
        ended(Optional.ofNullable(why.getDescription()).orElse(why.getCode().name()));
    }

    ManagedChannel channel() {
        return channel;
    }

    private void welcome(ServerMessage first) {
        if (first.getMessageCase() != ServerMessage.MessageCase.WELCOME) {
            throw Wire.invalid("the first message", first.getMessageCase().name(), "WELCOME");
        }
        var welcome = first.getWelcome();
        var refusal = refusal(welcome);
        if (refusal.isPresent()) {
            fail(refusal.get());
            return;
        }
        level = welcome.getLevel();
        open = true;
        events.opened(this, welcome.getServerId());
        orders.connected();
    }

    private Optional<Status> refusal(Welcome welcome) {
        if (welcome.getProtocol() != LinkLimits.PROTOCOL) {
            return Optional.of(
                    Status.FAILED_PRECONDITION.withDescription(
                            "server %s speaks protocol %d of the link, this agent speaks %d; run the same version of Olympus on both"
                                    .formatted(
                                            welcome.getServerId(),
                                            welcome.getProtocol(),
                                            LinkLimits.PROTOCOL)));
        }
        var island = Wire.uuid("Welcome", welcome.getIslandId());
        if (dial.expectedIsland().isPresent() && !dial.expectedIsland().get().equals(island)) {
            return Optional.of(
                    Status.PERMISSION_DENIED.withDescription(
                            "server %s belongs to island %s; expected %s"
                                    .formatted(
                                            welcome.getServerId(),
                                            island,
                                            dial.expectedIsland().get())));
        }
        return Optional.empty();
    }

    private void dispatch(ServerMessage message) {
        switch (message.getMessageCase()) {
            case ORDER -> assign(message);
            case EVENTS_RECORDED ->
                    orders.eventsRecorded(message.getEventsRecorded().getUpToSequence());
            case PAUSE -> orders.pause(Wire.pause(message.getPause()));
            case LOG_REQUEST -> openLog(message.getLogRequest());
            case LOG_CREDIT -> {
                var log = logs.get(message.getLogCredit().getRequestId());
                if (log != null) {
                    log.stream().credit(message.getLogCredit().getBytes());
                }
            }
            case LOG_CANCEL -> cancelLog(message.getLogCancel().getRequestId());
            case QUESTION -> answer(message.getQuestion());
            case EXEC_START -> execs.start(message.getExecStart());
            case EXEC_INPUT -> execs.input(message.getExecInput());
            case EXEC_RESIZE -> {
                var resize = message.getExecResize();
                execs.resize(resize.getRequestId(), ExecWire.size(resize.getSize()));
            }
            case EXEC_CREDIT -> {
                var credit = message.getExecCredit();
                execs.credit(credit.getRequestId(), credit.getBytes());
            }
            case SERVERS -> events.servers(MemberWire.servers(message.getServers()));
            case CERTIFICATE -> signed(message.getCertificate());
            case LEASE_GRANT -> orders.leased(LeaseWire.grant(message.getLeaseGrant()));
            case EXEC_CANCEL -> execs.cancel(message.getExecCancel().getRequestId());
            case WELCOME ->
                    throw Wire.invalid(
                            "a later message", "WELCOME", "WELCOME once, as the first message");
            case MESSAGE_NOT_SET ->
                    throw Wire.invalid("a message", "nothing known here", "one of protocol 1");
        }
    }

    private void assign(ServerMessage message) {
        var assignment = Wire.assignment(message.getOrder());
        if (!assignment.node().equals(identity.node())) {
            throw Wire.invalid(
                    "an order", "node " + assignment.node(), "this one, " + identity.node());
        }
        orders.assign(assignment, Wire.secrets(message.getOrder()));
    }

    private void answer(Question question) {
        var id = question.getRequestId();
        if (questions.incrementAndGet() > LinkLimits.MAX_QUESTIONS) {
            answered(
                    Wire.refusedAnswer(
                            id,
                            ErrorCode.UNAVAILABLE,
                            "%d questions wait for this node's answer; no more are taken"
                                    .formatted(LinkLimits.MAX_QUESTIONS)));
            return;
        }
        NodeQuestion asked;
        try {
            asked = Wire.question(question);
        } catch (OlympusException e) {
            answered(
                    Wire.refusedAnswer(
                            id,
                            ErrorCode.INVALID,
                            "the agent on %s (version %s) does not understand the question; run the same version of Olympus on both: %s"
                                    .formatted(
                                            identity.name(), identity.version(), e.getMessage())));
            return;
        }
        orders.ask(asked)
                .whenComplete((answer, failure) ->
                        answered(
                                failure == null
                                        ? Wire.answer(id, answer)
                                        : Wire.refusedAnswer(id, failure)));
    }

    private void answered(Answer answer) {
        questions.decrementAndGet();
        var fits = answer.getSerializedSize() <= LinkLimits.MAX_MESSAGE_BYTES - ENVELOPE_BYTES;
        var sent =
                fits
                        ? answer
                        : Wire.refusedAnswer(
                                answer.getRequestId(),
                                ErrorCode.TOO_LARGE,
                                "the answer has %d bytes; one message may have at most %d"
                                        .formatted(
                                                answer.getSerializedSize(),
                                                LinkLimits.MAX_MESSAGE_BYTES));
        send(Lane.BULK, new Object(), AgentMessage.newBuilder().setAnswer(sent).build());
    }

    private void openLog(olympus.link.proto.LogRequest request) {
        var id = request.getRequestId();
        if (logs.size() >= LinkLimits.MAX_LOG_REQUESTS) {
            send(
                    Lane.BULK,
                    new Object(),
                    AgentMessage.newBuilder()
                            .setLogLines(
                                    LogLines.newBuilder()
                                            .setRequestId(id)
                                            .setEnd(true)
                                            .setError(
                                                    "%d log requests are open on this node; no more are served"
                                                            .formatted(logs.size())))
                            .build());
            return;
        }
        var stream =
                new AgentLogStream(id, request.getCredit(), outbox(), loop, () -> logs.remove(id));
        var cancel = orders.streamLogs(Wire.logRequest(request), stream);
        if (!stream.isOver()) {
            logs.put(id, new OpenLog(stream, cancel));
        }
        if (stream.isOver()) {
            logs.remove(id);
        } else if (ended.get()) {
            cancelLog(id);
        }
    }

    private void cancelLog(long id) {
        var log = logs.remove(id);
        if (log != null) {
            log.stream().abandon();
            log.cancel().run();
        }
    }

    private void send(Lane lane, Object key, AgentMessage message) {
        switch (outbox().put(lane, key, message)) {
            case QUEUED,
                    ENDED -> {} // after the end of a stream, connected() has everything told again
            case FULL ->
                    fail(
                            Status.RESOURCE_EXHAUSTED.withDescription(
                                    "the server takes nothing: %d messages wait for it"
                                            .formatted(LinkLimits.MAX_QUEUED_MESSAGES)));
            case TOO_LARGE ->
                    fail(
                            Status.RESOURCE_EXHAUSTED.withDescription(
                                    "the agent's %s has %d bytes; one message may have at most %d: run fewer instances on this node"
                                            .formatted(
                                                    message.getMessageCase()
                                                            .name()
                                                            .toLowerCase(Locale.ROOT),
                                                    message.getSerializedSize(),
                                                    LinkLimits.MAX_MESSAGE_BYTES)));
        }
    }

    private void welcomeOverdue() {
        if (!open) {
            fail(
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "no Welcome within %d s"
                                    .formatted(LinkLimits.HANDSHAKE_DEADLINE.toSeconds())));
        }
    }

    private void ended(String reason) {
        if (ended.compareAndSet(false, true)) {
            outbox().end(out -> {});
            logs.keySet().forEach(this::cancelLog);
            execs.cancelAll();
            notSigned("the connection has ended: " + reason);
            events.ended(this, reason);
        }
    }

    private Outbox<AgentMessage> outbox() {
        var box = outbox;
        if (box == null) {
            throw new IllegalStateException("the stream has not begun");
        }
        return box;
    }
}
