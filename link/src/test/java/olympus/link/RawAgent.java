package olympus.link;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import olympus.link.proto.AgentLinkGrpc;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.Hello;
import olympus.link.proto.ServerMessage;

/** An agent of another make: says what the test wants, by the rules or not. */
final class RawAgent implements AutoCloseable {

    final Journal<ServerMessage> received = new Journal<>();
    final Journal<String> end = new Journal<>();
    private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
    private final ManagedChannel channel;
    private final StreamObserver<AgentMessage> out;

    RawAgent(Dial dial) {
        channel = dial.open(callbacks);
        out =
                AgentLinkGrpc.newStub(channel)
                        .connect(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(ServerMessage message) {
                                        received.add(message);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        end.add(Reasons.of(failure));
                                    }

                                    @Override
                                    public void onCompleted() {
                                        end.add("completed");
                                    }
                                });
    }

    void send(AgentMessage message) {
        out.onNext(message);
    }

    void hello(int protocol, String nodeId) {
        hello(protocol, nodeId, "");
    }

    void hello(int protocol, String nodeId, String advertised) {
        hello(protocol, 0, nodeId, advertised);
    }

    /** As an agent of that level of the link. */
    void hello(int protocol, int level, String nodeId) {
        hello(protocol, level, nodeId, "");
    }

    private void hello(int protocol, int level, String nodeId, String advertised) {
        send(
                AgentMessage.newBuilder()
                        .setHello(
                                Hello.newBuilder()
                                        .setProtocol(protocol)
                                        .setNodeId(nodeId)
                                        .setNodeName("raw")
                                        .setAgentVersion("0.0.9")
                                        .setLevel(level)
                                        .setAdvertised(advertised))
                        .build());
    }

    String awaitEnd() {
        return end.await(reason -> true);
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        callbacks.close();
    }
}
