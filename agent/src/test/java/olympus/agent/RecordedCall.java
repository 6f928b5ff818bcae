package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import olympus.foundation.ErrorCode;
import olympus.link.ExecCall;
import olympus.link.ExecRequest;
import olympus.link.TerminalSize;
import olympus.model.InstanceId;

/** A command asked for by a test, that keeps what it hears. */
final class RecordedCall implements ExecCall {

    private final ExecRequest request;
    private final BlockingQueue<Optional<byte[]>> input = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final CompletableFuture<Boolean> started = new CompletableFuture<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final CompletableFuture<Runnable> cancel = new CompletableFuture<>();
    private volatile Consumer<TerminalSize> resize = size -> {};

    RecordedCall(ExecRequest request) {
        this.request = request;
    }

    static RecordedCall of(String instance, String... command) {
        return new RecordedCall(request(instance, Optional.empty(), command));
    }

    static ExecRequest request(
            String instance, Optional<TerminalSize> terminal, String... command) {
        return new ExecRequest(
                InstanceId.parse(instance),
                List.of(command),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                true,
                terminal);
    }

    RecordedCall on(RunningAgent agent) {
        agent.agent().exec(this);
        return this;
    }

    RecordedCall say(String text) {
        return say(text.getBytes(StandardCharsets.UTF_8));
    }

    RecordedCall say(byte[] bytes) {
        input.add(Optional.of(bytes));
        return this;
    }

    RecordedCall endInput() {
        input.add(Optional.empty());
        return this;
    }

    void resizeTo(int columns, int rows) {
        resize.accept(new TerminalSize(columns, rows));
    }

    RecordedCall awaitStart() throws Exception {
        assertThat(started.get(20, TimeUnit.SECONDS)).isTrue();
        return this;
    }

    void cancel() throws Exception {
        cancel.get(20, TimeUnit.SECONDS).run();
    }

    int exitCode() throws Exception {
        return ended.get(30, TimeUnit.SECONDS);
    }

    /** Why it could not be run. */
    String failure() {
        return ended.handle((code, why) -> why == null ? "exited " + code : why.getMessage())
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    synchronized byte[] outputBytes() {
        return output.toByteArray();
    }

    String output() {
        return new String(outputBytes(), StandardCharsets.UTF_8);
    }

    synchronized String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    @Override
    public ExecRequest request() {
        return request;
    }

    @Override
    public void started() {
        started.complete(true);
    }

    @Override
    public synchronized void output(boolean error, byte[] data) {
        (error ? errors : output).writeBytes(data);
    }

    @Override
    public Optional<byte[]> input() throws InterruptedException {
        return input.take();
    }

    @Override
    public void onResize(Consumer<TerminalSize> action) {
        resize = action;
    }

    @Override
    public void onCancel(Runnable action) {
        cancel.complete(action);
    }

    @Override
    public void exited(int code) {
        ended.complete(code);
    }

    @Override
    public void failed(ErrorCode code, String reason) {
        started.complete(false);
        ended.completeExceptionally(new IllegalStateException(code.slug() + ": " + reason));
    }
}
