package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.link.RecordingServer.Heard;
import olympus.link.keys.Installation;
import olympus.model.InstanceId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in instances by way of the link: bytes both ways, room, ends. */
final class ExecTest {

    private static final ExecRequest REQUEST =
            new ExecRequest(
                    InstanceId.parse("shop/web.1"),
                    List.of("sh", "-c", "x y"),
                    Optional.of("ana"),
                    Optional.of("/srv"),
                    Map.of("A", "b"),
                    true,
                    Optional.of(new TerminalSize(80, 24)));

    private static final ExecRequest ON_MACHINE =
            ExecRequest.on(
                    new ExecTarget.Machine("ana from 192.0.2.7", Duration.ofSeconds(30), 1_000),
                    List.of("uptime", "-p"));

    @TempDir Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final RecordingServer listener = new RecordingServer();
    private final RecordingAgent orders = new RecordingAgent();
    private final String name = "exec-" + System.nanoTime();
    private Installation node;
    private ThreadEventLoop loop;
    private AgentLinkServer server;

    @BeforeEach
    void listen() {
        var realm = new Realm(folder);
        node = realm.node("mars");
        loop = new ThreadEventLoop("exec-test", (who, failure) -> failure.printStackTrace());
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
    void bytesGoBothWaysExactlyAndTheExitCodeComesLast() throws Exception {
        var asked = new Journal<ExecRequest>();
        var sizes = new Journal<TerminalSize>();
        command(call -> {
            asked.add(call.request());
            call.onResize(sizes::add);
            call.started();
            call.output(true, new byte[] {0, -1, 10});
            for (var data = call.input(); data.isPresent(); data = call.input()) {
                call.output(false, data.get());
            }
            call.exited(7);
        });
        connect();
        var session = await(server.exec(node.node(), REQUEST));
        var sent = new byte[3 * LinkLimits.EXEC_WINDOW_BYTES + 1];
        new Random(1).nextBytes(sent);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        session.input(sent);
                        session.endInput();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        session.resize(new TerminalSize(100, 50));
        var output = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        var heard = session.next();
        while (heard instanceof ExecSession.Heard.Output piece) {
            var bytes = new byte[piece.data().remaining()];
            piece.data().get(bytes);
            (piece.error() ? errors : output).write(bytes);
            heard = session.next();
        }
        assertThat(heard).isEqualTo(new ExecSession.Heard.Exited(7));
        assertThat(session.next()).isEqualTo(heard);
        assertThat(output.toByteArray()).isEqualTo(sent);
        assertThat(errors.toByteArray()).containsExactly(0, -1, 10);
        assertThat(asked.entries()).containsExactly(REQUEST);
        sizes.await(new TerminalSize(100, 50)::equals);
        assertThat(session.input(new byte[1])).isFalse();
    }

    @Test
    void aFastWriterWaitsForASlowReaderAndFillsNoMemory() throws Exception {
        var written = new AtomicLong();
        command(call -> {
            call.started();
            while (written.get() < (64L << 20)) {
                call.output(false, new byte[8_192]);
                written.addAndGet(8_192);
            }
            call.exited(0);
        });
        connect();
        var session = await(server.exec(node.node(), REQUEST));
        assertThat(session.next()).isInstanceOf(ExecSession.Heard.Output.class);
        var read = 8_192L;
        var ahead = 0L;
        while (session.next() instanceof ExecSession.Heard.Output piece) {
            read += piece.data().remaining();
            ahead = Math.max(ahead, written.get() - read);
        }
        assertThat(ahead).isPositive().isLessThan(LinkLimits.EXEC_WINDOW_BYTES + 65_536);
        assertThat(read).isEqualTo(64L << 20);
    }

    @Test
    void whoAsksHearsWhyTheCommandCannotRun() {
        connect();
        var failure = failure(server.exec(node.node(), REQUEST));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(failure).hasMessage("no commands here");
    }

    @Test
    void cancellingEndsTheCommandOnTheNode() throws Exception {
        var cancelled = new Journal<Boolean>();
        command(call -> {
            call.onCancel(() -> cancelled.add(true));
            call.started();
        });
        connect();
        await(server.exec(node.node(), REQUEST)).cancel();
        cancelled.await(yes -> yes);
    }

    @Test
    void theEndOfTheConnectionEndsTheCommandAndIsHeard() throws Exception {
        var cancelled = new Journal<Boolean>();
        command(call -> {
            call.onCancel(() -> cancelled.add(true));
            call.started();
        });
        var client = connect();
        var session = await(server.exec(node.node(), REQUEST));
        client.close();
        assertThat(session.next())
                .isInstanceOfSatisfying(
                        ExecSession.Heard.Failed.class,
                        failed -> assertThat(failed.reason()).contains("connection ended"));
        cancelled.await(yes -> yes);
    }

    @Test
    void noMoreCommandsThanTheLimitRunOnANode() throws Exception {
        var calls = new Journal<ExecCall>();
        command(call -> {
            calls.add(call);
            call.started();
        });
        connect();
        for (var n = 0; n < LinkLimits.MAX_EXECS; n++) {
            await(server.exec(node.node(), REQUEST));
        }
        var failure = failure(server.exec(node.node(), REQUEST));
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("16 commands run");
    }

    @Test
    void anOlderAgentIsNotAskedToRunCommands() throws Exception {
        server.listenInProcess(name);
        try (var agent = new RawAgent(new Dial.InProcess(name))) {
            agent.hello(LinkLimits.PROTOCOL, node.node().toString());
            listener.await(Heard.Connected.class);
            assertThat(failure(server.exec(node.node(), REQUEST)))
                    .hasMessageContaining("(version 0.0.9) is too old to run commands");
        }
    }

    @Test
    void aCommandOnTheMachineSaysWhoAskedAndItsLimits() throws Exception {
        var asked = new Journal<ExecRequest>();
        command(call -> {
            asked.add(call.request());
            call.started();
            call.exited(0);
        });
        connect();
        var session = await(server.exec(node.node(), ON_MACHINE));
        assertThat(session.next()).isEqualTo(new ExecSession.Heard.Exited(0));
        assertThat(asked.entries()).containsExactly(ON_MACHINE);
    }

    @Test
    void anAgentBeforeCommandsOnTheMachineIsNotAskedForThem() throws Exception {
        server.listenInProcess(name);
        try (var agent = new RawAgent(new Dial.InProcess(name))) {
            agent.hello(
                    LinkLimits.PROTOCOL,
                    LinkLimits.MACHINE_COMMANDS_FROM_LEVEL - 1,
                    node.node().toString());
            listener.await(Heard.Connected.class);
            assertThat(failure(server.exec(node.node(), ON_MACHINE)))
                    .hasMessageContaining(
                            "(version 0.0.9) is too old to run commands on the machine itself; run the same version");
        }
    }

    @Test
    void nothingButItsWordsDecidesWhatACommandOnTheMachineDoes() {
        assertThatThrownBy(() ->
                        new ExecRequest(
                                ON_MACHINE.target(),
                                List.of("uptime"),
                                Optional.empty(),
                                Optional.empty(),
                                Map.of("LD_PRELOAD", "/tmp/x.so"),
                                false,
                                Optional.empty()))
                .hasMessageContaining("no user, directory, variables, input or terminal");
        assertThatThrownBy(() -> new ExecTarget.Machine("ana", Duration.ofDays(1), 1))
                .hasMessageContaining("expected up to 600 s");
    }

    private interface Program {
        void run(ExecCall call) throws InterruptedException;
    }

    private void command(Program program) {
        orders.commands =
                call ->
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        program.run(call);
                                    } catch (InterruptedException e) {
                                        call.failed(ErrorCode.INTERNAL, "interrupted");
                                    }
                                });
    }

    private AgentLinkClient connect() {
        server.listenInProcess(name);
        var client =
                new AgentLinkClient(
                        Realm.identity(node.node()),
                        orders,
                        new Dial.InProcess(name),
                        _ -> {},
                        loop,
                        new Random(1));
        open.add(client);
        client.start();
        orders.awaitConnections(1);
        listener.await(Heard.Connected.class);
        return client;
    }

    private static ExecSession await(CompletionStage<ExecSession> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static OlympusException failure(CompletionStage<ExecSession> stage) {
        var wrapped = catchThrowableOfType(ExecutionException.class, () -> await(stage));
        return (OlympusException) Optional.ofNullable(wrapped.getCause()).orElseThrow();
    }
}
