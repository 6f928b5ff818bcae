package olympus.hermes.internal.ratis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.log.Group;
import olympus.hermes.log.Group.Member;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * Our own messages between members, as one more service on the engine's port, behind the same
 * certificates: questions of the store, and parts of a snapshot.
 *
 * <p>Threading: any. Limits: {@link Group#MAX_MESSAGE_BYTES} a message, {@link #DEADLINE} a call.
 */
final class PeerMessages implements GrpcServices.Customizer, AutoCloseable {

    static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final String SERVICE = "olympus.hermes.Members";
    private static final MethodDescriptor<byte[], byte[]> ASK = method("Ask");
    private static final MethodDescriptor<byte[], byte[]> READ_SNAPSHOT = method("ReadSnapshot");
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final String self;
    private final Optional<GrpcTlsConfig> tls;
    private final SnapshotParts parts;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private volatile Group.Answerer answerer =
            (from, _) ->
                    CompletableFuture.failedFuture(
                            new OlympusException(
                                    ErrorCode.UNAVAILABLE,
                                    "the store is not ready to answer " + from));

    PeerMessages(String self, Optional<GrpcTlsConfig> tls, SnapshotParts parts) {
        this.self = self;
        this.tls = tls;
        this.parts = parts;
    }

    void onQuestion(Group.Answerer present) {
        answerer = present;
    }

    @Override
    public NettyServerBuilder customize(
            NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return types.contains(GrpcServices.Type.SERVER)
                ? builder.addService(
                        ServerServiceDefinition.builder(SERVICE)
                                .addMethod(ASK, ServerCalls.asyncUnaryCall(this::asked))
                                .addMethod(
                                        READ_SNAPSHOT,
                                        ServerCalls.asyncUnaryCall(this::snapshotAsked))
                                .build())
                : builder;
    }

    CompletableFuture<ByteBuffer> ask(Member member, ByteBuffer question) {
        var name = self.getBytes(StandardCharsets.UTF_8);
        var message = ByteBuffer.allocate(1 + name.length + question.remaining());
        message.put((byte) name.length).put(name).put(question.duplicate());
        return call(ASK, member, message.array()).thenApply(ByteBuffer::wrap);
    }

    /** A part of that member's snapshot; of its newest when {@code wanted} is empty. */
    CompletableFuture<SnapshotParts.Part> snapshot(Member member, SnapshotParts.Wanted wanted) {
        return call(READ_SNAPSHOT, member, wanted.encode())
                .thenApply(bytes -> SnapshotParts.Part.decode(ByteBuffer.wrap(bytes)));
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }

    private CompletableFuture<byte[]> call(
            MethodDescriptor<byte[], byte[]> method, Member member, byte[] message) {
        if (message.length > Group.MAX_MESSAGE_BYTES) {
            return CompletableFuture.failedFuture(
                    new OlympusException(
                            ErrorCode.TOO_LARGE,
                            "a message of %d bytes to %s; at most %d fit"
                                    .formatted(
                                            message.length, member.id(), Group.MAX_MESSAGE_BYTES)));
        }
        var answer = new CompletableFuture<byte[]>();
        var channel = channels.computeIfAbsent(member.address(), this::connect);
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            // By itself it would wait longer after each failure, up to two minutes.
            channel.resetConnectBackoff();
        }
        var call =
                channel.newCall(
                        method,
                        CallOptions.DEFAULT.withDeadlineAfter(
                                DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
        ClientCalls.asyncUnaryCall(
                call,
                message,
                new Receiver(answer, member, () -> giveUp(member.address(), channel)));
        return answer;
    }

    /**
     * Nothing came back in time: the connection may be dead without knowing it, and would stay so
     * for about as long as the network was cut. The next call dials anew.
     */
    private void giveUp(String address, ManagedChannel channel) {
        if (channels.remove(address, channel)) {
            channel.shutdown();
        }
    }

    private ManagedChannel connect(String address) {
        var builder =
                NettyChannelBuilder.forTarget(address)
                        .maxInboundMessageSize(Group.MAX_MESSAGE_BYTES)
                        .idleTimeout(IDLE.toSeconds(), TimeUnit.SECONDS);
        return tls.map(config -> builder.sslContext(GrpcUtil.buildSslContextForClient(config)))
                .orElseGet(builder::usePlaintext)
                .build();
    }

    private void asked(byte[] message, StreamObserver<byte[]> observer) {
        answer(message, observer, this::answered);
    }

    private CompletionStage<byte[]> answered(ByteBuffer message, Integer nameBytes) {
        var name = new byte[nameBytes];
        message.get(name);
        return answerer.answer(new String(name, StandardCharsets.UTF_8), message.slice())
                .thenApply(PeerMessages::bytes);
    }

    private void snapshotAsked(byte[] message, StreamObserver<byte[]> observer) {
        try {
            observer.onNext(parts.read(SnapshotParts.Wanted.decode(message)).encode());
            observer.onCompleted();
        } catch (IOException | RuntimeException e) {
            refuse(observer, e);
        }
    }

    private static void answer(
            byte[] message,
            StreamObserver<byte[]> observer,
            BiFunction<ByteBuffer, Integer, CompletionStage<byte[]>> answering) {
        var buffer = ByteBuffer.wrap(message);
        if (!buffer.hasRemaining() || buffer.get(0) < 0 || buffer.get(0) >= message.length) {
            refuse(observer, new IllegalArgumentException("it does not say who asks"));
            return;
        }
        var nameBytes = (int) buffer.get();
        var _ =
                answering
                        .apply(buffer, nameBytes)
                        .whenComplete((answer, failure) -> {
                            if (failure != null) {
                                refuse(observer, failure);
                            } else {
                                observer.onNext(answer);
                                observer.onCompleted();
                            }
                        });
    }

    private static void refuse(StreamObserver<byte[]> observer, Throwable cause) {
        observer.onError(
                Status.UNAVAILABLE
                        .withDescription(String.valueOf(cause.getMessage()))
                        .withCause(cause)
                        .asRuntimeException());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        var raw = new RawBytes();
        return MethodDescriptor.<byte[], byte[]>newBuilder(raw, raw)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .build();
    }

    /** Messages are bytes of a layout of our own. */
    private record RawBytes() implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Hands the one answer on. */
    private record Receiver(CompletableFuture<byte[]> answer, Member member, Runnable onSilence)
            implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable cause) {
            if (Status.fromThrowable(cause).getCode() == Status.Code.DEADLINE_EXCEEDED) {
                onSilence.run();
            }
            answer.completeExceptionally(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "server %s at %s did not answer: %s"
                                    .formatted(member.id(), member.address(), cause.getMessage()),
                            cause));
        }

        @Override
        public void onCompleted() {}
    }
}
