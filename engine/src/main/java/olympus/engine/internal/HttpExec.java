package olympus.engine.internal;

import static olympus.engine.internal.EngineCalls.quote;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import olympus.engine.AttachedExec;
import olympus.engine.EngineException;
import olympus.engine.ExecOrder;
import olympus.engine.internal.EngineCalls.Call;

/** A command in a container by the engine's exec API. */
final class HttpExec implements AttachedExec {

    private static final Duration STARTED_WITHIN = Duration.ofSeconds(15);
    private static final int PIECE = 32 << 10;

    private final EngineCalls calls;
    private final String id;
    private final Attempt attempt;
    private final RawStream stream;
    private final boolean terminal;
    private final DataInputStream data;
    private Optional<Output> frame = Optional.empty();

    private HttpExec(
            EngineCalls calls, String id, Attempt attempt, RawStream stream, boolean terminal) {
        this.calls = calls;
        this.id = id;
        this.attempt = attempt;
        this.stream = stream;
        this.terminal = terminal;
        this.data = new DataInputStream(stream.input());
    }

    static HttpExec start(EngineCalls calls, String container, ExecOrder order) {
        var attempt =
                Attempt.container("run %s in".formatted(order.command().getFirst()), container);
        var made = Call.post("/containers/%s/exec".formatted(quote(container)), body(order));
        var id = Json.text(calls.json(made, attempt), "Id");
        var start = new LinkedHashMap<String, Object>();
        start.put("Detach", false);
        start.put("Tty", order.terminal().isPresent());
        var path = "%s/exec/%s/start".formatted(calls.version(), id);
        var stream =
                calls.within(
                        attempt,
                        STARTED_WITHIN,
                        () -> RawStream.open(calls.address(), path, Json.bytes(start), attempt));
        var exec = new HttpExec(calls, id, attempt, stream, order.terminal().isPresent());
        order.terminal().ifPresent(exec::resizeUnlessEnded);
        return exec;
    }

    /**
     * A quick command may have ended by now; its output and its exit code are there all the same.
     */
    private void resizeUnlessEnded(ExecOrder.Size size) {
        try {
            resize(size);
        } catch (EngineException refused) {
            if (standing().running()) {
                throw refused;
            }
        }
    }

    private static Map<String, Object> body(ExecOrder order) {
        var body = new LinkedHashMap<String, Object>();
        body.put("AttachStdin", order.input());
        body.put("AttachStdout", true);
        body.put("AttachStderr", true);
        body.put("Tty", order.terminal().isPresent());
        body.put("Cmd", order.command());
        order.user().ifPresent(user -> body.put("User", user));
        order.directory().ifPresent(directory -> body.put("WorkingDir", directory));
        body.put(
                "Env",
                order.environment().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .sorted()
                        .toList());
        return body;
    }

    @Override
    public Optional<Output> next() throws IOException {
        try {
            return terminal ? plain() : framed();
        } catch (AsynchronousCloseException closed) {
            return Optional.empty();
        }
    }

    private Optional<Output> plain() throws IOException {
        var piece = new byte[PIECE];
        var count = data.read(piece);
        return count < 0
                ? Optional.empty()
                : Optional.of(new Output(false, ByteBuffer.wrap(piece, 0, count)));
    }

    private Optional<Output> framed() throws IOException {
        frame = Optional.empty();
        var more =
                Frames.next(
                        data,
                        (error, content) ->
                                frame = Optional.of(new Output(error, ByteBuffer.wrap(content))));
        return more ? frame : Optional.empty();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        stream.output().write(bytes);
    }

    @Override
    public void endInput() throws IOException {
        stream.endOutput();
    }

    @Override
    public void resize(ExecOrder.Size size) {
        calls.json(
                Call.post("/exec/%s/resize?h=%d&w=%d".formatted(id, size.rows(), size.columns())),
                attempt);
    }

    @Override
    public Standing standing() {
        var seen = calls.json(Call.get("/exec/%s/json".formatted(id)), attempt);
        return new Standing(
                seen.path("Running").asBoolean(false),
                (int) Json.number(seen, "ExitCode"),
                Json.number(seen, "Pid"));
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
