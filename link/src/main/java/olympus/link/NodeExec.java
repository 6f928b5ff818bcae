package olympus.link;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.proto.ExecCancel;
import olympus.link.proto.ExecCredit;
import olympus.link.proto.ExecEnd;
import olympus.link.proto.ExecInput;
import olympus.link.proto.ExecOutput;
import olympus.link.proto.ExecResize;
import olympus.link.proto.ServerMessage;

/** The server's end of one command on a node. Threading: as {@link ExecSession}. */
final class NodeExec implements ExecSession {

    private final long id;
    private final Consumer<ServerMessage> send;
    private final Runnable onEnd;
    private final CompletableFuture<ExecSession> started;
    private final CreditGate inputRoom = new CreditGate(0);
    private final Inbox<Heard> heard;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * @param started completed once the command runs
     */
    NodeExec(
            long id,
            Consumer<ServerMessage> send,
            Runnable onEnd,
            CompletableFuture<ExecSession> started) {
        this.id = id;
        this.send = send;
        this.onEnd = onEnd;
        this.started = started;
        this.heard = new Inbox<>(this::grant);
    }

    @Override
    public Heard next() throws InterruptedException {
        return heard.take(last -> !(last instanceof Heard.Output));
    }

    @Override
    public boolean input(byte[] data) throws InterruptedException {
        for (var piece : ExecWire.pieces(data)) {
            if (!inputRoom.pass(ExecWire.cost(piece))) {
                return false;
            }
            send.accept(
                    ServerMessage.newBuilder()
                            .setExecInput(ExecInput.newBuilder().setRequestId(id).setData(piece))
                            .build());
        }
        return true;
    }

    @Override
    public void endInput() {
        send.accept(
                ServerMessage.newBuilder()
                        .setExecInput(ExecInput.newBuilder().setRequestId(id).setEnd(true))
                        .build());
    }

    @Override
    public void resize(TerminalSize size) {
        send.accept(
                ServerMessage.newBuilder()
                        .setExecResize(
                                ExecResize.newBuilder()
                                        .setRequestId(id)
                                        .setSize(ExecWire.size(size)))
                        .build());
    }

    @Override
    public void cancel() {
        if (!over.get()) {
            send.accept(
                    ServerMessage.newBuilder()
                            .setExecCancel(ExecCancel.newBuilder().setRequestId(id))
                            .build());
            fail(ErrorCode.UNAVAILABLE, "the command was ended");
        }
    }

    private void grant(long bytes) {
        send.accept(
                ServerMessage.newBuilder()
                        .setExecCredit(ExecCredit.newBuilder().setRequestId(id).setBytes(bytes))
                        .build());
    }

    // ---- from the agent

    void runs(long credit) {
        inputRoom.add(credit);
        if (!started.complete(this)) {
            cancel(); // whoever asked has given up
        }
    }

    void heard(ExecOutput output) {
        var said = new Heard.Output(output.getError(), output.getData().asReadOnlyByteBuffer());
        if (!heard.offer(said, ExecWire.cost(output.getData()))) {
            cancel();
        }
    }

    void credit(long bytes) {
        inputRoom.add(bytes);
    }

    void heard(ExecEnd end) {
        if (end.hasFailure()) {
            var failure = Wire.failure(end.getFailure());
            fail(failure.code(), String.valueOf(failure.getMessage()));
        } else {
            end(new Heard.Exited(end.getExitCode()));
        }
    }

    void fail(ErrorCode code, String reason) {
        started.completeExceptionally(new OlympusException(code, reason));
        end(new Heard.Failed(code, reason));
    }

    private void end(Heard last) {
        if (over.compareAndSet(false, true)) {
            onEnd.run();
            inputRoom.close();
            heard.offer(last, 0);
        }
    }
}
