package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.link.RecordingAgent.Told;
import olympus.link.RecordingServer.Heard;
import olympus.link.keys.Installation;
import olympus.link.proto.AgentLinkGrpc;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.Question;
import olympus.link.proto.ServerMessage;
import olympus.link.proto.Welcome;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions of a server to an agent, and why there may be no answer. */
final class QuestionsTest {

    private static final NodeQuestion REMOVE =
            new NodeQuestion.RemoveVolume("shop_data", "user:ana");

    @TempDir Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final RecordingServer listener = new RecordingServer();
    private final RecordingAgent orders = new RecordingAgent();
    private final String name = "questions-" + System.nanoTime();
    private Realm realm;
    private Installation node;
    private ThreadEventLoop loop;
    private AgentLinkServer server;

    @BeforeEach
    void listen() {
        realm = new Realm(folder);
        node = realm.node("mars");
        loop = new ThreadEventLoop("questions-test", (who, failure) -> failure.printStackTrace());
        server = new AgentLinkServer(realm.server, listener, new EveryNode(), loop);
    }

    @AfterEach
    void close() throws Exception {
        for (var closeable : open.reversed()) {
            closeable.close();
        }
        server.close();
        loop.close();
    }

    @Test
    void anAnswerReachesWhoeverAsked() throws Exception {
        var asked = new Journal<NodeQuestion>();
        orders.answers =
                question -> {
                    asked.add(question);
                    return CompletableFuture.completedStage(
                            new NodeAnswer.VolumeInUse("shop_data", List.of("shop-db-1")));
                };
        connect();
        assertThat(await(server.ask(node.node(), REMOVE)))
                .isEqualTo(new NodeAnswer.VolumeInUse("shop_data", List.of("shop-db-1")));
        assertThat(asked.entries()).containsExactly(REMOVE);
    }

    @Test
    void theAgentsOwnReasonArrivesWithItsCode() {
        connect();
        assertFails(ErrorCode.NOT_FOUND, "nothing is known here");
    }

    @Test
    void aBugInTheAgentIsToldAsOne() {
        orders.answers = question -> CompletableFuture.failedStage(new IllegalStateException("x"));
        connect();
        assertFails(ErrorCode.INTERNAL, "a bug: java.lang.IllegalStateException: x");
    }

    @Test
    void aNodeThatIsNotConnectedCannotBeAsked() {
        assertFails(ErrorCode.UNAVAILABLE, "node " + node.node() + " is not connected");
    }

    @Test
    void aQuestionEndsWithTheConnection() {
        orders.answers = question -> new CompletableFuture<>();
        var client = connect();
        var answer = server.ask(node.node(), REMOVE);
        client.close();
        assertThat(failure(answer).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure(answer)).hasMessageContaining("connection ended");
    }

    @Test
    void noMoreQuestionsThanTheLimitWaitAtTheSameTime() throws Exception {
        var waiting = new Journal<CompletableFuture<NodeAnswer>>();
        orders.answers =
                question -> {
                    var answer = new CompletableFuture<NodeAnswer>();
                    waiting.add(answer);
                    return answer;
                };
        connect();
        var answers = new ArrayList<CompletionStage<NodeAnswer>>();
        for (var n = 0; n < LinkLimits.MAX_QUESTIONS; n++) {
            answers.add(server.ask(node.node(), REMOVE));
        }
        assertFails(ErrorCode.UNAVAILABLE, "32 questions wait");
        waiting.awaitCount(LinkLimits.MAX_QUESTIONS, answer -> true);
        waiting.entries()
                .forEach(answer -> answer.complete(new NodeAnswer.VolumeAbsent("shop_data")));
        for (var answer : answers) {
            assertThat(await(answer)).isEqualTo(new NodeAnswer.VolumeAbsent("shop_data"));
        }
    }

    @Test
    void anAnswerBeyondTheLimitOfAMessageIsAFailureAndTheConnectionGoesOn() throws Exception {
        orders.answers =
                question ->
                        CompletableFuture.completedStage(
                                new NodeAnswer.VolumeAbsent(
                                        "x".repeat(LinkLimits.MAX_MESSAGE_BYTES)));
        connect();
        assertFails(ErrorCode.TOO_LARGE, "one message may have at most");
        orders.answers =
                question -> CompletableFuture.completedStage(new NodeAnswer.VolumeAbsent("x"));
        assertThat(await(server.ask(node.node(), REMOVE)))
                .isEqualTo(new NodeAnswer.VolumeAbsent("x"));
    }

    @Test
    void anOlderAgentIsNotAskedWhatWouldEndItsStream() throws Exception {
        server.listenInProcess(name);
        try (var agent = new RawAgent(new Dial.InProcess(name))) {
            agent.hello(LinkLimits.PROTOCOL, node.node().toString());
            listener.await(Heard.Connected.class);
            assertFails(ErrorCode.UNAVAILABLE, "(version 0.0.9) is too old to be asked");
        }
    }

    @Test
    void anAgentSaysThatItDoesNotKnowAQuestion() throws Exception {
        var newer = new NewerServer();
        var grpc = InProcessServerBuilder.forName(name).addService(newer).build().start();
        open.add(grpc::shutdownNow);
        start();
        var answer =
                newer.received
                        .await(message ->
                                message.getMessageCase() == AgentMessage.MessageCase.ANSWER)
                        .getAnswer();
        assertThat(answer.getRequestId()).isEqualTo(7);
        assertThat(answer.getFailure().getCode()).isEqualTo("invalid");
        assertThat(answer.getFailure().getMessage())
                .contains("the agent on mars (version ")
                .contains("does not understand the question")
                .contains("\"dance\"");
        assertThat(orders.journal.entries()).containsExactly(new Told.Connected());
    }

    private AgentLinkClient connect() {
        server.listenInProcess(name);
        var client = start();
        orders.awaitConnections(1);
        listener.await(Heard.Connected.class);
        return client;
    }

    private AgentLinkClient start() {
        var client =
                new AgentLinkClient(
                        new AgentSide.Identity(node.node(), "mars", "0.1.0"),
                        orders,
                        new Dial.InProcess(name),
                        _ -> {},
                        loop,
                        new Random(1));
        open.add(client);
        client.start();
        return client;
    }

    private void assertFails(ErrorCode code, String reason) {
        var failure = failure(server.ask(node.node(), REMOVE));
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure).hasMessageContaining(reason);
    }

    private static OlympusException failure(CompletionStage<NodeAnswer> answer) {
        var wrapped = catchThrowableOfType(ExecutionException.class, () -> await(answer));
        return (OlympusException) Optional.ofNullable(wrapped.getCause()).orElseThrow();
    }

    private static NodeAnswer await(CompletionStage<NodeAnswer> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** Asks what no agent of today knows. */
    private final class NewerServer extends AgentLinkGrpc.AgentLinkImplBase {

        private final Journal<AgentMessage> received = new Journal<>();

        @Override
        public StreamObserver<AgentMessage> connect(StreamObserver<ServerMessage> out) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentMessage message) {
                    if (message.hasHello()) {
                        out.onNext(welcome());
                        out.onNext(dance());
                    }
                    received.add(message);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    out.onCompleted();
                }
            };
        }

        private ServerMessage welcome() {
            return ServerMessage.newBuilder()
                    .setWelcome(
                            Welcome.newBuilder()
                                    .setProtocol(LinkLimits.PROTOCOL)
                                    .setServerId(realm.server.node().toString())
                                    .setIslandId(realm.server.island().toString()))
                    .build();
        }

        private static ServerMessage dance() {
            var json = "{\"format\":1,\"question\":{\"kind\":\"dance\"}}";
            return ServerMessage.newBuilder()
                    .setQuestion(
                            Question.newBuilder()
                                    .setRequestId(7)
                                    .setQuestionJson(ByteString.copyFromUtf8(json)))
                    .build();
        }
    }
}
