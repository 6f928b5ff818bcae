package olympus.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.proto.Answer;
import olympus.link.proto.Events;
import olympus.link.proto.Facts;
import olympus.link.proto.Failure;
import olympus.link.proto.LogGap.Kind;
import olympus.link.proto.LogLines;
import olympus.link.proto.Order;
import olympus.link.proto.Question;
import olympus.link.proto.Refusal;
import olympus.link.proto.Report;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.state.AgentEvent;
import olympus.model.state.AnsweredByNode;
import olympus.model.state.AskedOfNode;
import olympus.model.state.Assignment;
import olympus.model.state.Codecs;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeReport;

/**
 * Records to messages and back; pure. What a message says wrongly is an {@link OlympusException} of
 * code INVALID. Messages with secrets are never logged: their text shows them.
 */
final class Wire {

    /** What a gap counts against the credit of its request. */
    static final long GAP_COST = 64;

    private Wire() {}

    static Order order(Assignment assignment, Map<SecretRef, String> secrets) {
        var order =
                Order.newBuilder()
                        .setStamp(stamp(assignment.stamp()))
                        .setAssignmentJson(
                                ByteString.copyFrom(Codecs.ASSIGNMENT.encodeBytes(assignment)));
        secrets.forEach(
                (ref, clear) -> order.putSecrets(secretKey(ref), ByteString.copyFromUtf8(clear)));
        return order.build();
    }

    static Assignment assignment(Order order) {
        var assignment = Codecs.ASSIGNMENT.decode(order.getAssignmentJson().toByteArray());
        if (!assignment.stamp().equals(stamp(order.getStamp()))) {
            throw invalid(
                    "an order",
                    "stamp " + stamp(order.getStamp()),
                    "the assignment's, " + assignment.stamp());
        }
        return assignment;
    }

    static Map<SecretRef, String> secrets(Order order) {
        var secrets = new HashMap<SecretRef, String>();
        order.getSecretsMap()
                .forEach((key, clear) -> secrets.put(secretRef(key), clear.toStringUtf8()));
        return Map.copyOf(secrets);
    }

    static olympus.link.proto.Stamp stamp(Assignment.Stamp stamp) {
        return olympus.link.proto.Stamp.newBuilder()
                .setIncarnation(stamp.incarnation())
                .setEpoch(stamp.epoch())
                .setGeneration(stamp.generation())
                .build();
    }

    static Assignment.Stamp stamp(olympus.link.proto.Stamp stamp) {
        return new Assignment.Stamp(
                stamp.getIncarnation(), stamp.getEpoch(), stamp.getGeneration());
    }

    static Report report(NodeReport report) {
        return Report.newBuilder()
                .setNodeReportJson(ByteString.copyFrom(Codecs.NODE_REPORT.encodeBytes(report)))
                .build();
    }

    static Facts facts(NodeFacts facts) {
        return Facts.newBuilder()
                .setNodeFactsJson(ByteString.copyFrom(Codecs.NODE_FACTS.encodeBytes(facts)))
                .build();
    }

    static NodeFacts facts(Facts facts) {
        return Codecs.NODE_FACTS.decode(facts.getNodeFactsJson().toByteArray());
    }

    static NodeReport report(Report report) {
        return Codecs.NODE_REPORT.decode(report.getNodeReportJson().toByteArray());
    }

    static Events events(List<AgentEvent> events) {
        var message = Events.newBuilder();
        events.forEach(event ->
                message.addAgentEventJson(
                        ByteString.copyFrom(Codecs.AGENT_EVENT.encodeBytes(event))));
        return message.build();
    }

    static List<AgentEvent> events(Events events) {
        return events.getAgentEventJsonList().stream()
                .map(json -> Codecs.AGENT_EVENT.decode(json.toByteArray()))
                .toList();
    }

    static Refusal refusal(Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        return Refusal.newBuilder()
                .setRefused(stamp(refused))
                .setInForce(stamp(inForce))
                .setReason(LinkLimits.reason(reason))
                .build();
    }

    static Question question(long id, NodeQuestion question) {
        return Question.newBuilder()
                .setRequestId(id)
                .setQuestionJson(
                        ByteString.copyFrom(
                                Codecs.ASKED_OF_NODE.encodeBytes(new AskedOfNode(question))))
                .build();
    }

    static NodeQuestion question(Question question) {
        return Codecs.ASKED_OF_NODE.decode(question.getQuestionJson().toByteArray()).question();
    }

    static Answer answer(long id, NodeAnswer answer) {
        return Answer.newBuilder()
                .setRequestId(id)
                .setAnswerJson(
                        ByteString.copyFrom(
                                Codecs.ANSWERED_BY_NODE.encodeBytes(new AnsweredByNode(answer))))
                .build();
    }

    static NodeAnswer answer(Answer answer) {
        return Codecs.ANSWERED_BY_NODE.decode(answer.getAnswerJson().toByteArray()).answer();
    }

    static Answer refusedAnswer(long id, ErrorCode code, String message) {
        return Answer.newBuilder().setRequestId(id).setFailure(failure(code, message)).build();
    }

    static Answer refusedAnswer(long id, Throwable failure) {
        var cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof OlympusException known
                ? refusedAnswer(id, known.code(), String.valueOf(known.getMessage()))
                : refusedAnswer(id, ErrorCode.INTERNAL, "a bug: " + cause);
    }

    static Failure failure(ErrorCode code, String message) {
        return Failure.newBuilder()
                .setCode(code.slug())
                .setMessage(LinkLimits.reason(message))
                .build();
    }

    /** A code that is not known here counts as unavailable. */
    static OlympusException failure(Failure failure) {
        var code =
                Arrays.stream(ErrorCode.values())
                        .filter(known -> known.slug().equals(failure.getCode()))
                        .findFirst()
                        .orElse(ErrorCode.UNAVAILABLE);
        return new OlympusException(code, LinkLimits.reason(failure.getMessage()));
    }

    static olympus.link.proto.Pause pause(Pause pause) {
        return olympus.link.proto.Pause.newBuilder()
                .setPaused(pause.paused())
                .setStack(pause.stack().map(StackName::value).orElse(""))
                .setReason(LinkLimits.reason(pause.reason()))
                .build();
    }

    static Pause pause(olympus.link.proto.Pause pause) {
        return parsed(
                "a pause",
                pause.getStack(),
                stack ->
                        new Pause(
                                pause.getPaused(),
                                stack.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(new StackName(stack)),
                                pause.getReason()));
    }

    static olympus.link.proto.LogRequest logRequest(long id, LogRequest request) {
        var message =
                olympus.link.proto.LogRequest.newBuilder()
                        .setRequestId(id)
                        .setInstance(request.instance().toString())
                        .setSinceUnixMillis(millis(request.since()))
                        .setUntilUnixMillis(millis(request.until()))
                        .setTail(request.tail())
                        .setFollow(request.follow())
                        .setCredit(LinkLimits.LOG_WINDOW_BYTES);
        request.after()
                .ifPresent(after ->
                        message.setAfter(
                                olympus.link.proto.LogPoint.newBuilder()
                                        .setSourceEpoch(after.epoch())
                                        .setSequence(after.sequence())));
        return message.build();
    }

    private static long millis(Optional<Instant> at) {
        return at.map(Instant::toEpochMilli).orElse(0L);
    }

    private static Optional<Instant> instant(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    static LogRequest logRequest(olympus.link.proto.LogRequest request) {
        var after = request.getAfter();
        return new LogRequest(
                instance("a log request", request.getInstance()),
                instant(request.getSinceUnixMillis()),
                instant(request.getUntilUnixMillis()),
                request.hasAfter()
                        ? Optional.of(new LogPoint(after.getSourceEpoch(), after.getSequence()))
                        : Optional.empty(),
                request.getTail(),
                request.getFollow());
    }

    static olympus.link.proto.LogGap logGap(LogGap gap) {
        var kind =
                switch (gap.kind()) {
                    case DROPPED -> Kind.DROPPED;
                    case LEFT_OUT -> Kind.LEFT_OUT;
                    case NOT_KEPT -> Kind.NOT_KEPT;
                    case UNKNOWN_POINT -> Kind.UNKNOWN_POINT;
                };
        return olympus.link.proto.LogGap.newBuilder()
                .setKind(kind)
                .setLines(gap.lines())
                .setAtLeast(gap.atLeast())
                .build();
    }

    /** What the message says is missing before its lines; a kind of a newer agent is a loss. */
    static Optional<LogGap> logGap(LogLines message) {
        if (!message.hasGap()) {
            return Optional.empty();
        }
        var gap = message.getGap();
        var kind =
                switch (gap.getKind()) {
                    case LEFT_OUT -> LogGap.Kind.LEFT_OUT;
                    case NOT_KEPT -> LogGap.Kind.NOT_KEPT;
                    case UNKNOWN_POINT -> LogGap.Kind.UNKNOWN_POINT;
                    case DROPPED, UNSPECIFIED, UNRECOGNIZED -> LogGap.Kind.DROPPED;
                };
        return Optional.of(new LogGap(kind, gap.getLines(), gap.getAtLeast()));
    }

    static olympus.link.proto.LogLine logLine(LogLine line) {
        return olympus.link.proto.LogLine.newBuilder()
                .setInstance(line.instance().toString())
                .setUnixMillis(line.at().toEpochMilli())
                .setStream(line.stream())
                .setText(ByteString.copyFrom(line.text(), StandardCharsets.UTF_8))
                .setSourceEpoch(line.sourceEpoch())
                .setSequence(line.sequence())
                .build();
    }

    static LogLine logLine(olympus.link.proto.LogLine line) {
        return new LogLine(
                instance("a log line", line.getInstance()),
                Instant.ofEpochMilli(line.getUnixMillis()),
                line.getStream(),
                line.getText().toStringUtf8(),
                line.getSourceEpoch(),
                line.getSequence());
    }

    /** What the lines and the gap of a message count against the credit of their request. */
    static long cost(LogLines message) {
        return message.getLinesList().stream().mapToLong(Wire::cost).sum()
                + (message.hasGap() ? GAP_COST : 0);
    }

    /** What a line counts against the credit of its request. */
    static long cost(olympus.link.proto.LogLine line) {
        return line.getText().size() + 64L;
    }

    static void checkSize(MessageLite message) {
        if (message.getSerializedSize() > LinkLimits.MAX_MESSAGE_BYTES) {
            throw new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "a message of %d bytes; one may have at most %d"
                            .formatted(message.getSerializedSize(), LinkLimits.MAX_MESSAGE_BYTES));
        }
    }

    static NodeId nodeId(String text) {
        return parsed("Hello", text, NodeId::parse);
    }

    /** Empty where nothing is said. What others are told must be an address and nothing else. */
    static Optional<String> advertised(String text) {
        if (!text.isEmpty() && !AgentSide.Identity.ADDRESS.matcher(text).matches()) {
            throw invalid("Hello", text, "a host name or an IP address");
        }
        return Optional.of(text).filter(said -> !said.isEmpty());
    }

    static UUID uuid(String what, String text) {
        return parsed(what, text, UUID::fromString);
    }

    static OlympusException invalid(String what, String found, String expected) {
        return new OlympusException(
                ErrorCode.INVALID,
                "%s carries %s; expected %s".formatted(what, LinkLimits.reason(found), expected));
    }

    private static InstanceId instance(String what, String text) {
        return parsed(what, text, InstanceId::parse);
    }

    private static String secretKey(SecretRef ref) {
        return ref.stack() + "/" + ref.name() + "@" + ref.fingerprint();
    }

    private static SecretRef secretRef(String key) {
        var slash = key.indexOf('/');
        var at = key.lastIndexOf('@');
        if (slash < 0 || at < slash) {
            throw invalid("an order", "a secret named \"" + key + "\"", "stack/name@fingerprint");
        }
        return parsed(
                "an order",
                key,
                text ->
                        new SecretRef(
                                new StackName(text.substring(0, slash)),
                                text.substring(slash + 1, at),
                                text.substring(at + 1)));
    }

    static <T> T parsed(String what, String text, java.util.function.Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new OlympusException(ErrorCode.INVALID, what + ": " + e.getMessage(), e);
        }
    }
}
