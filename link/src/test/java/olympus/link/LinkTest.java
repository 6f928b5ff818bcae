package olympus.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import olympus.foundation.ThreadEventLoop;
import olympus.link.RecordingAgent.Told;
import olympus.link.RecordingServer.Heard;
import olympus.link.keys.Installation;
import olympus.model.InstanceId;
import olympus.model.StackName;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What both transports promise alike. */
final class LinkTest {

    private static final InstanceId WEB = InstanceId.parse("shop/web.1");

    enum Transport {
        IN_PROCESS,
        TLS
    }

    @TempDir Path folder;

    private final Samples samples = new Samples(new Random(7));
    private final List<AutoCloseable> open = new ArrayList<>();
    private final RecordingServer listener = new RecordingServer();
    private final RecordingAgent orders = new RecordingAgent();
    private Realm realm;
    private Installation node;
    private ThreadEventLoop loop;
    private AgentLinkServer server;
    private Dial dial;

    @BeforeEach
    void prepare() {
        realm = new Realm(folder);
        node = realm.node("mars");
        loop = new ThreadEventLoop("link-test", (name, failure) -> failure.printStackTrace());
        server = new AgentLinkServer(realm.server, listener, new EveryNode(), loop);
        dial = new Dial.InProcess("nowhere");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var closeable : open.reversed()) {
            closeable.close();
        }
        loop.close();
    }

    @ParameterizedTest
    @EnumSource
    void carriesQuestionsForLeasesAndWhatIsGranted(Transport transport) {
        var agent = connected(transport);

        agent.askForLeases(7);

        assertThat(listener.await(RecordingServer.Heard.AskedForLeases.class))
                .isEqualTo(new RecordingServer.Heard.AskedForLeases(node.node(), 7));
        var grant =
                new LeaseGrant(
                        7,
                        new Assignment.Stamp(1, 20, 300),
                        List.of(new LeaseGrant.Lease(WEB, "run-1", Duration.ofMillis(9_500))));
        server.leased(node.node(), grant);
        assertThat(orders.journal.await(RecordingAgent.Told.Leased.class::isInstance))
                .isEqualTo(new RecordingAgent.Told.Leased(grant));
    }

    @ParameterizedTest
    @EnumSource
    void whereANodeIsReachedIsKnownAlsoOnceItHasGone(Transport transport) {
        listen(transport, 0);
        var identity =
                new AgentSide.Identity(
                        node.node(), "mars", "0.1.0", Optional.of("mars.example.org"));
        assertThat(server.advertised(node.node())).isEmpty();
        assertThat(server.seenFrom(node.node())).isEmpty();

        try (var agent =
                new AgentLinkClient(identity, orders, dial, _ -> {}, loop, new Random(1))) {
            agent.start();
            listener.await(Heard.Connected.class);
        }
        listener.await(Heard.Disconnected.class);

        assertThat(server.connected()).isEmpty();
        assertThat(server.advertised(node.node())).hasValue("mars.example.org");
        assertThat(server.seenFrom(node.node()))
                .isEqualTo(
                        switch (transport) {
                            case IN_PROCESS -> Optional.empty();
                            case TLS -> Optional.of("127.0.0.1");
                        });
    }

    @ParameterizedTest
    @EnumSource
    void carriesOrdersReportsEventsAndRefusals(Transport transport) {
        var agent = connected(transport);
        var assignment = samples.assignment(node.node(), 3);
        var secrets = samples.secrets(4);

        server.assign(assignment, secrets);
        var told = orders.awaitAssignment(assignment.stamp());
        assertThat(told.assignment()).isEqualTo(assignment);
        assertThat(told.secrets()).isEqualTo(secrets);

        agent.facts(Samples.FACTS);
        var report = samples.report(node.node(), 5);
        agent.report(report);
        assertThat(listener.await(Heard.Reported.class).report()).isEqualTo(report);
        assertThat(listener.journal.entries())
                .as("told before the report that follows")
                .contains(new Heard.Facts(node.node(), Samples.FACTS));

        var events = List.of(samples.event(1), samples.event(2));
        agent.events(events);
        assertThat(listener.await(Heard.Happened.class).events()).isEqualTo(events);
        server.eventsRecorded(node.node(), 2);
        orders.journal.await(new Told.Recorded(2)::equals);

        agent.refused(new Assignment.Stamp(1, 2, 3), new Assignment.Stamp(1, 2, 4), "older");
        assertThat(listener.await(Heard.Refused.class))
                .isEqualTo(
                        new Heard.Refused(
                                node.node(),
                                new Assignment.Stamp(1, 2, 3),
                                new Assignment.Stamp(1, 2, 4),
                                "older"));

        var pause = new Pause(true, Optional.of(new StackName("shop")), "maintenance");
        server.pause(node.node(), pause);
        orders.journal.await(new Told.Paused(pause)::equals);
    }

    @ParameterizedTest
    @EnumSource
    void everyRecordSurvivesTheWire(Transport transport) {
        var agent = connected(transport);
        for (var round = 1; round <= 50; round++) {
            var assignment = samples.assignment(node.node(), round % 7);
            assignment =
                    new Assignment(
                            node.node(),
                            new Assignment.Stamp(1, 1, round),
                            assignment.stacks(),
                            assignment.instances());
            var secrets = samples.secrets(round % 3);
            server.assign(assignment, secrets);
            assertThat(orders.awaitAssignment(assignment.stamp()))
                    .isEqualTo(new Told.Assigned(assignment, secrets));

            var report = samples.report(node.node(), round % 7);
            agent.report(report);
            listener.journal.await(new Heard.Reported(report)::equals);
            var event = samples.event(round);
            agent.events(List.of(event));
            listener.journal.await(new Heard.Happened(node.node(), List.of(event))::equals);
            var pause = samples.pause();
            server.pause(node.node(), pause);
            orders.journal.await(new Told.Paused(pause)::equals);
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectsAgainAfterTheServerWasRestarted(Transport transport) {
        var agent = connected(transport);
        server.close();
        open.remove(server);
        assertThat(listener.await(Heard.Disconnected.class).reason()).contains("shutting down");

        listen(transport, dial instanceof Dial.Tls tls ? tls.port() : 0);
        orders.awaitConnections(2);
        var report = samples.report(node.node(), 1);
        agent.report(report);
        listener.journal.await(new Heard.Reported(report)::equals);
    }

    @ParameterizedTest
    @EnumSource
    void anOrderlyEndIsHeardAsSuch(Transport transport) {
        var agent = connected(transport);
        agent.close();
        open.remove(agent);
        assertThat(listener.await(Heard.Disconnected.class).reason())
                .contains("the agent closed the stream");
        assertThat(server.connected()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void tenThousandLinesForASlowReaderHoldUpNoOrder(Transport transport) throws Exception {
        connected(transport);
        var sent = new AtomicInteger();
        orders.logs = (request, sink) -> new LineSource(sink, 10_000, sent).start();
        var reader = new SlowReader();
        server.streamLogs(node.node(), new LogRequest(WEB, Optional.empty(), 0, false), reader);
        reader.batches.await(batch -> true);

        for (var generation = 1; generation <= 20; generation++) {
            var order = Samples.empty(node.node(), generation);
            server.assign(order, Map.of());
            orders.journal.await(
                    told -> told instanceof Told.Assigned a && a.assignment().equals(order),
                    Duration.ofSeconds(1));
        }
        var bound = (LinkLimits.LOG_WINDOW_BYTES + 2 * LineSource.BATCH * 1_100) / 1_000;
        assertThat(sent.get()).as("lines sent to a reader that takes none").isLessThan(bound);

        reader.takeAll();
        assertThat(reader.end.await(end -> true)).isEmpty();
        assertThat(reader.sequences()).isEqualTo(LongStream.range(0, 10_000).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledLogRequestIsCancelledAtTheAgent(Transport transport) throws Exception {
        connected(transport);
        orders.logs =
                (request, sink) -> {
                    sink.lines(List.of(samples.line(1)));
                    return () -> {};
                };
        var reader = new SlowReader();
        reader.takeAll();
        var cancel =
                server.streamLogs(
                        node.node(),
                        new LogRequest(WEB, Optional.of(Instant.EPOCH), 5, true),
                        reader);
        reader.batches.await(batch -> true);
        cancel.run();
        orders.journal.await(new Told.LogsCancelled()::equals);
    }

    @ParameterizedTest
    @EnumSource
    void aLogRequestArrivesWholeAndWhatIsMissingIsToldInItsPlace(Transport transport) {
        connected(transport);
        var asked = new Journal<LogRequest>();
        var gaps =
                Arrays.stream(LogGap.Kind.values())
                        .map(kind -> new LogGap(kind, 7, kind == LogGap.Kind.DROPPED))
                        .toList();
        orders.logs =
                (request, sink) -> {
                    asked.add(request);
                    gaps.forEach(sink::gap);
                    sink.lines(List.of(samples.line(1)));
                    sink.end(Optional.empty());
                    return () -> {};
                };
        var request =
                new LogRequest(
                        WEB,
                        Optional.of(Instant.ofEpochMilli(5)),
                        Optional.of(Instant.ofEpochMilli(9)),
                        Optional.of(new LogPoint(3, 4)),
                        11,
                        true);
        var reader = new SlowReader();
        reader.takeAll();
        server.streamLogs(node.node(), request, reader);

        assertThat(reader.end.await(end -> true)).isEmpty();
        assertThat(asked.entries()).containsExactly(request);
        assertThat(reader.gaps.entries()).isEqualTo(gaps);
        assertThat(reader.batches.entries()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aLogOfANodeThatIsAwayEndsWithAnError(Transport transport) {
        var agent = connected(transport);
        orders.logs = (request, sink) -> () -> {};
        var reader = new SlowReader();
        server.streamLogs(node.node(), new LogRequest(WEB, Optional.empty(), 0, true), reader);
        agent.close();
        open.remove(agent);
        assertThat(reader.end.await(end -> true).orElse("")).contains("closed the stream");

        var second = new SlowReader();
        server.streamLogs(node.node(), new LogRequest(WEB, Optional.empty(), 0, true), second);
        assertThat(second.end.await(end -> true).orElse("")).contains("is not connected");
    }

    @ParameterizedTest
    @EnumSource
    void anAssignmentThatIsTooLargeIsRefusedWithItsSize(Transport transport) {
        connected(transport);
        var secrets = Map.of(samples.secret(), "x".repeat(LinkLimits.MAX_MESSAGE_BYTES));
        server.assign(Samples.empty(node.node(), 9), secrets);
        var refused = listener.await(Heard.Refused.class);
        assertThat(refused.refused().generation()).isEqualTo(9);
        assertThat(refused.reason())
                .contains("one message may have at most 16777216")
                .doesNotContain("xxx");

        server.assign(Samples.empty(node.node(), 10), Map.of());
        orders.awaitAssignment(new Assignment.Stamp(1, 1, 10));
    }

    @ParameterizedTest
    @EnumSource
    void aReportThatIsTooLargeEndsTheStreamWithItsSize(Transport transport) {
        var agent = connected(transport);
        agent.report(samples.report(node.node(), 30_000));
        assertThat(listener.await(Heard.Disconnected.class)).isNotNull();
        orders.awaitConnections(2);
        assertThat(listener.journal.entries()).noneMatch(Heard.Reported.class::isInstance);
    }

    @ParameterizedTest
    @EnumSource
    void anOlderAssignmentNeverFollowsANewerOne(Transport transport) {
        connected(transport);
        server.assign(Samples.empty(node.node(), 5), Map.of());
        server.assign(Samples.empty(node.node(), 4), Map.of());
        assertThat(listener.await(Heard.Refused.class).reason()).contains("newer assignment");
        server.assign(Samples.empty(node.node(), 6), Map.of());
        orders.awaitAssignment(new Assignment.Stamp(1, 1, 6));
        assertThat(orders.journal.entries())
                .noneMatch(told ->
                        told instanceof Told.Assigned a
                                && a.assignment().stamp().generation() == 4);
    }

    @ParameterizedTest
    @EnumSource
    void manyEventsTravelInSeveralMessagesAndInOrder(Transport transport) {
        var agent = connected(transport);
        var events = IntStream.rangeClosed(1, 1_234).mapToObj(samples::event).toList();
        agent.events(events);
        listener.journal.await(heard ->
                heard instanceof Heard.Happened h && h.events().getLast().sequence() == 1_234);
        var arrived =
                listener.journal.entries().stream()
                        .filter(Heard.Happened.class::isInstance)
                        .flatMap(heard -> ((Heard.Happened) heard).events().stream())
                        .toList();
        assertThat(arrived).isEqualTo(events);
    }

    private AgentLinkClient connected(Transport transport) {
        listen(transport, 0);
        var agent =
                new AgentLinkClient(
                        Realm.identity(node.node()), orders, dial, _ -> {}, loop, new Random(1));
        open.add(agent);
        agent.start();
        orders.awaitConnections(1);
        assertThat(listener.await(Heard.Connected.class))
                .isEqualTo(new Heard.Connected(node.node(), "mars"));
        assertThat(agent.status())
                .isEqualTo(new AgentLinkClient.Status(true, realm.server.node().toString()));
        assertThat(server.connected()).containsExactly(node.node());
        return agent;
    }

    private void listen(Transport transport, int port) {
        server = new AgentLinkServer(realm.server, listener, new EveryNode(), loop);
        open.add(server);
        switch (transport) {
            case IN_PROCESS -> {
                var name = "link-test-" + folder.getFileName();
                server.listenInProcess(name);
                dial = new Dial.InProcess(name);
            }
            case TLS -> {
                var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                var bound = server.listenTls(address, LinkTls.ofServer(realm.serverCertificates));
                var certificates = realm.certificates(node, Instant.now());
                dial =
                        new Dial.Tls(
                                "127.0.0.1",
                                bound,
                                realm.server.island(),
                                LinkTls.ofAgent(certificates));
            }
        }
    }

    /**
     * Sends numbered lines of 1,000 bytes as fast as the sink takes them, on a thread of its own.
     */
    private record LineSource(LogSink sink, int count, AtomicInteger sent) {

        static final int BATCH = 50;

        Runnable start() {
            var thread = Thread.startVirtualThread(this::send);
            return thread::interrupt;
        }

        private void send() {
            var from = sent.get();
            if (from >= count) {
                sink.end(Optional.empty());
                return;
            }
            var lines = new ArrayList<LogLine>();
            for (var n = from; n < Math.min(count, from + BATCH); n++) {
                lines.add(new LogLine(WEB, Instant.EPOCH, "stdout", "x".repeat(1_000), 1, n));
            }
            sent.addAndGet(lines.size());
            if (sink.lines(lines)) {
                Thread.startVirtualThread(this::send);
            } else {
                sink.ready(() -> Thread.startVirtualThread(this::send));
            }
        }
    }

    /** Takes one batch and no more, until told to take all. */
    private static final class SlowReader implements LogSink {

        private final Journal<List<LogLine>> batches = new Journal<>();
        private final Journal<LogGap> gaps = new Journal<>();
        private final Journal<Optional<String>> end = new Journal<>();
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private boolean eager;

        @Override
        public synchronized boolean lines(List<LogLine> lines) {
            batches.add(lines);
            return eager;
        }

        @Override
        public void gap(LogGap gap) {
            gaps.add(gap);
        }

        @Override
        public synchronized void ready(Runnable resume) {
            if (eager) {
                resume.run();
            } else {
                waiting.add(resume);
            }
        }

        @Override
        public void end(Optional<String> error) {
            end.add(error);
        }

        synchronized void takeAll() {
            eager = true;
            waiting.forEach(Runnable::run);
            waiting.clear();
        }

        List<Long> sequences() {
            return batches.entries().stream().flatMap(List::stream).map(LogLine::sequence).toList();
        }
    }
}
