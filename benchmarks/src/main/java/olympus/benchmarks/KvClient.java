package olympus.benchmarks;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Calls one member of a store over loopback, by gRPC without TLS, on a few connections. Answers are
 * taken on the connections' own threads: nothing is cheaper, so that the client is the least part
 * of what is measured.
 */
final class KvClient implements AutoCloseable {

    static final int CONNECTIONS = 8;
    static final Duration DEADLINE = Duration.ofSeconds(20);

    private final List<ManagedChannel> channels;

    private KvClient(List<ManagedChannel> channels) {
        this.channels = channels;
    }

    static KvClient to(int port) {
        return to(port, CONNECTIONS);
    }

    static KvClient to(int port, int connections) {
        return new KvClient(
                IntStream.range(0, connections)
                        .<ManagedChannel>mapToObj(_ ->
                                NettyChannelBuilder.forAddress("127.0.0.1", port)
                                        .usePlaintext()
                                        .directExecutor()
                                        .build())
                        .toList());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Calls without waiting; {@code done} gets what went wrong, if anything did. */
    void call(
            int caller,
            MethodDescriptor<byte[], byte[]> method,
            byte[] request,
            Consumer<Optional<Throwable>> done) {
        ClientCalls.asyncUnaryCall(
                channel(caller).newCall(method, options(DEADLINE)), request, new Once(done));
    }

    /** Calls and waits for the answer. */
    byte[] ask(MethodDescriptor<byte[], byte[]> method, byte[] request, Duration deadline) {
        return ClientCalls.blockingUnaryCall(channel(0), method, options(deadline), request);
    }

    KvMessages.Status status() {
        return KvMessages.parseStatus(ask(KvMessages.STATUS, new byte[0], Duration.ofSeconds(2)));
    }

    /** Watches a key; the stream stays open until {@link #close}. */
    void watch(int watcher, byte[] key, Consumer<KvMessages.Told> receiver) {
        var stream =
                ClientCalls.asyncBidiStreamingCall(
                        channel(watcher).newCall(KvMessages.WATCH, CallOptions.DEFAULT),
                        new Watching(receiver));
        stream.onNext(KvMessages.watch(key));
    }

    /** Does not wait any longer before it dials again whom it could not reach. */
    void dialAgain() {
        channels.forEach(ManagedChannel::resetConnectBackoff);
    }

    private ManagedChannel channel(int caller) {
        return channels.get(caller % channels.size());
    }

    private static CallOptions options(Duration deadline) {
        return CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    private record Once(Consumer<Optional<Throwable>> done) implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] answer) {
            // What counts is that it came.
        }

        @Override
        public void onError(Throwable failure) {
            done.accept(Optional.of(failure));
        }

        @Override
        public void onCompleted() {
            done.accept(Optional.empty());
        }
    }

    private record Watching(Consumer<KvMessages.Told> receiver) implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] answer) {
            receiver.accept(KvMessages.parseTold(answer));
        }

        @Override
        public void onError(Throwable failure) {
            // The measurement that misses an event says so; a closed client ends here too.
        }

        @Override
        public void onCompleted() {
            // As above.
        }
    }
}
