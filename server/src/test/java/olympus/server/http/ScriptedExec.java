package olympus.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import olympus.foundation.ErrorCode;
import olympus.link.ExecSession;
import olympus.link.TerminalSize;

/** A command whose words a test says, that keeps what it hears. */
final class ScriptedExec implements ExecSession {

    final BlockingQueue<Heard> says = new LinkedBlockingQueue<>();
    final BlockingQueue<TerminalSize> sizes = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final CountDownLatch inputEnded = new CountDownLatch(1);
    private final CountDownLatch cancelled = new CountDownLatch(1);

    void output(boolean error, byte... bytes) {
        says.add(new Heard.Output(error, ByteBuffer.wrap(bytes)));
    }

    byte[] awaitInput() throws InterruptedException {
        if (!inputEnded.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("its input has no end");
        }
        synchronized (this) {
            return heard.toByteArray();
        }
    }

    boolean awaitCancelled() throws InterruptedException {
        return cancelled.await(20, TimeUnit.SECONDS);
    }

    @Override
    public Heard next() throws InterruptedException {
        return says.take();
    }

    @Override
    public synchronized boolean input(byte[] data) {
        heard.writeBytes(data);
        return true;
    }

    @Override
    public void endInput() {
        inputEnded.countDown();
    }

    @Override
    public void resize(TerminalSize size) {
        sizes.add(size);
    }

    @Override
    public void cancel() {
        cancelled.countDown();
        says.add(new Heard.Failed(ErrorCode.UNAVAILABLE, "the command was ended"));
    }
}
