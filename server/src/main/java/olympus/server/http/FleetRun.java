package olympus.server.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.ExecRequest;
import olympus.link.ExecSession;
import olympus.link.ServerSide;
import olympus.model.json.DurationText;
import olympus.server.http.FleetAnswers.FleetOutput;
import olympus.server.http.FleetAnswers.FleetResult;
import olympus.server.http.FleetAnswers.Outcome;
import olympus.zeus.ClusterView.NodeView;

/** A command on one of the machines, to its end. Threading: one virtual thread, which blocks. */
final class FleetRun {

    /** What a node may take beyond the deadline to end the command and say so. */
    static final Duration WAY = Duration.ofSeconds(6);

    private final ServerSide.Agents agents;
    private final FleetCall.Wanted wanted;
    private final NodeView node;
    private final BlockingQueue<FleetCall.Event> events;
    private final OutputLines output = new OutputLines();
    private final OutputLines errors = new OutputLines();
    private final long begunNanos = System.nanoTime();
    private long room = FleetCall.MAX_OUTPUT_BYTES;
    private boolean truncated;

    FleetRun(
            ServerSide.Agents agents,
            FleetCall.Wanted wanted,
            NodeView node,
            BlockingQueue<FleetCall.Event> events) {
        this.agents = agents;
        this.wanted = wanted;
        this.node = node;
        this.events = events;
    }

    FleetResult run() throws InterruptedException {
        if (!node.connected()) {
            return ended(
                    Outcome.UNREACHABLE,
                    "it is not connected"
                            + node.lastSeen().map(at -> " (last seen " + at + ")").orElse(""));
        }
        var asked = agents.exec(node.id(), ExecRequest.on(wanted.machine(), wanted.command()));
        try {
            var session = asked.toCompletableFuture().get(left(), TimeUnit.NANOSECONDS);
            return converse(session);
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case OlympusException known ->
                        failed(known.code(), String.valueOf(known.getMessage()));
                case null, default -> failed(ErrorCode.INTERNAL, "a bug: " + e.getCause());
            };
        } catch (TimeoutException e) {
            cancelLate(asked);
            return ended(Outcome.TIMED_OUT, noAnswer());
        } catch (InterruptedException e) {
            cancelLate(asked);
            throw e;
        }
    }

    /** Should it begin after all, nobody is there any more. */
    private static void cancelLate(CompletionStage<ExecSession> asked) {
        var _ = asked.thenAccept(ExecSession::cancel);
    }

    private String noAnswer() {
        return "it did not answer within " + DurationText.format(wanted.timeout().plus(WAY));
    }

    private long left() {
        return wanted.timeout().plus(WAY).toNanos() - (System.nanoTime() - begunNanos);
    }

    private FleetResult converse(ExecSession session) throws InterruptedException {
        var late =
                new CompletableFuture<Boolean>()
                        .completeOnTimeout(true, left(), TimeUnit.NANOSECONDS);
        var _ = late.thenAccept(_ -> session.cancel());
        try {
            var heard = session.next();
            while (heard instanceof ExecSession.Heard.Output(boolean error, ByteBuffer data)) {
                pass(error, data);
                heard = session.next();
            }
            tell("stdout", output.rest());
            tell("stderr", errors.rest());
            return switch (heard) {
                case ExecSession.Heard.Exited(int code) -> exited(code);
                case ExecSession.Heard.Failed _ when late.isDone() ->
                        ended(Outcome.TIMED_OUT, noAnswer());
                case ExecSession.Heard.Failed(ErrorCode code, String why) -> failed(code, why);
                case ExecSession.Heard.Output _ ->
                        throw new IllegalStateException("output after the last");
            };
        } finally {
            late.cancel(false);
            session.cancel(); // nothing to one that has ended
        }
    }

    private void pass(boolean error, ByteBuffer data) throws InterruptedException {
        if (data.remaining() > room) {
            truncated = true;
            data.limit(data.position() + (int) room);
        }
        room -= data.remaining();
        var stream = error ? "stderr" : "stdout";
        for (var line : (error ? errors : output).add(data)) {
            tell(stream, Optional.of(line));
        }
    }

    private void tell(String stream, Optional<String> line) throws InterruptedException {
        if (line.isPresent()) {
            events.put(
                    new FleetCall.Event.Output(
                            new FleetOutput(
                                    node.name(), node.id().toString(), stream, line.get())));
        }
    }

    private FleetResult exited(int code) {
        return FleetResult.of(
                node,
                code == 0 ? Outcome.SUCCEEDED : Outcome.FAILED,
                Optional.of(code),
                "",
                truncated,
                millis());
    }

    private FleetResult failed(ErrorCode code, String why) {
        if (code == ErrorCode.FORBIDDEN) {
            return ended(Outcome.REFUSED, why);
        }
        // The node keeps the same deadline, from a moment later.
        return ended(
                millis() >= wanted.timeout().toMillis() ? Outcome.TIMED_OUT : Outcome.UNREACHABLE,
                why);
    }

    private FleetResult ended(Outcome outcome, String reason) {
        return FleetResult.of(node, outcome, Optional.empty(), reason, truncated, millis());
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    }
}
