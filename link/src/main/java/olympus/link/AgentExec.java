package olympus.link;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.ExecCredit;
import olympus.link.proto.ExecEnd;
import olympus.link.proto.ExecInput;
import olympus.link.proto.ExecOutput;
import olympus.link.proto.ExecStart;
import olympus.link.proto.ExecStarted;
import org.jspecify.annotations.Nullable;

/** The agent's end of one command that a server has it run. Threading: as {@link ExecCall}. */
final class AgentExec implements ExecCall {

    private final long id;
    private final ExecRequest request;
    private final Consumer<AgentMessage> send;
    private final Runnable onEnd;
    private final CreditGate outputRoom;
    private final Inbox<Optional<byte[]>> input;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> onCancel = new AtomicReference<>();
    private volatile Consumer<TerminalSize> onResize = size -> {};

    AgentExec(ExecStart start, Consumer<AgentMessage> send, Runnable onEnd) {
        this.id = start.getRequestId();
        this.request = ExecWire.request(start);
        this.send = send;
        this.onEnd = onEnd;
        this.outputRoom = new CreditGate(start.getCredit());
        this.input = new Inbox<>(this::grant);
        if (!request.input()) {
            input.offer(Optional.empty(), 0);
        }
    }

    @Override
    public ExecRequest request() {
        return request;
    }

    @Override
    public void started() {
        send.accept(
                AgentMessage.newBuilder()
                        .setExecStarted(
                                ExecStarted.newBuilder()
                                        .setRequestId(id)
                                        .setCredit(LinkLimits.EXEC_WINDOW_BYTES))
                        .build());
    }

    @Override
    public void output(boolean error, byte[] data) throws InterruptedException {
        for (var piece : ExecWire.pieces(data)) {
            if (!outputRoom.pass(ExecWire.cost(piece))) {
                return;
            }
            send.accept(
                    AgentMessage.newBuilder()
                            .setExecOutput(
                                    ExecOutput.newBuilder()
                                            .setRequestId(id)
                                            .setError(error)
                                            .setData(piece))
                            .build());
        }
    }

    @Override
    public Optional<byte[]> input() throws InterruptedException {
        return input.take(Optional::isEmpty);
    }

    @Override
    public void onResize(Consumer<TerminalSize> resize) {
        onResize = resize;
    }

    @Override
    public void onCancel(Runnable cancel) {
        onCancel.set(cancel);
        if (cancelled.get()) {
            runCancel();
        }
    }

    @Override
    public void exited(int code) {
        end(ExecEnd.newBuilder().setExitCode(code));
    }

    @Override
    public void failed(ErrorCode code, String reason) {
        end(ExecEnd.newBuilder().setFailure(Wire.failure(code, reason)));
    }

    private void end(ExecEnd.Builder end) {
        if (over.compareAndSet(false, true)) {
            onEnd.run();
            send.accept(AgentMessage.newBuilder().setExecEnd(end.setRequestId(id)).build());
        }
    }

    private void grant(long bytes) {
        send.accept(
                AgentMessage.newBuilder()
                        .setExecCredit(ExecCredit.newBuilder().setRequestId(id).setBytes(bytes))
                        .build());
    }

    // ---- from the server

    /** False when it came without credit. */
    boolean heard(ExecInput message) {
        var data = message.getData();
        var taken =
                data.isEmpty() || input.offer(Optional.of(data.toByteArray()), ExecWire.cost(data));
        if (message.getEnd()) {
            input.offer(Optional.empty(), 0);
        }
        return taken;
    }

    void credit(long bytes) {
        outputRoom.add(bytes);
    }

    void resize(TerminalSize size) {
        onResize.accept(size);
    }

    /** Nobody is there any more. */
    void cancel() {
        cancelled.set(true);
        outputRoom.close();
        input.offer(Optional.empty(), 0);
        runCancel();
    }

    private void runCancel() {
        var cancel = onCancel.getAndSet(null);
        if (cancel != null) {
            cancel.run();
        }
    }
}
