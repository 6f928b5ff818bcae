package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.link.LogPoint;
import olympus.link.LogSink;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.StackDefinition;
import olympus.model.state.InstanceObservation;
import olympus.server.store.HaltedStore;
import olympus.zeus.ClusterView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines of several instances as one answer or stream; nothing goes missing unsaid. */
class LogsTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final ServiceId WEB = ServiceId.parse("shop/web");
    private static final String LOGS = "/api/v1/services/shop/web/logs";
    private static final String CURSOR = "@6d9dd7a2=";

    @SuppressWarnings("NullAway.Init")
    private RunningApi api;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        var reason = new OlympusException(ErrorCode.UNAVAILABLE, "no store");
        api = new RunningApi(folder, new HaltedStore("island", reason), new ScriptedCommands(), 3);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void instances(int count) {
        var instances =
                IntStream.rangeClosed(1, count)
                        .mapToObj(n ->
                                new ClusterView.InstanceView(
                                        observation(n), "mars", RunningApi.NODE, List.of()))
                        .toList();
        var service =
                new ClusterView.ServiceView(
                        WEB,
                        1,
                        count,
                        count,
                        count,
                        "running",
                        "",
                        StackDefinition.Mode.MANAGE,
                        instances);
        api.view = new ClusterView(1, List.of(service), List.of(), List.of(), List.of());
    }

    private static InstanceObservation observation(int ordinal) {
        return new InstanceObservation(
                new InstanceId(WEB, ordinal),
                "run",
                "process",
                InstanceObservation.State.RUNNING,
                InstanceObservation.Health.NONE,
                1,
                0,
                Instant.EPOCH,
                "",
                Optional.empty());
    }

    private static LogLine line(int ordinal, long millis, long sequence) {
        return new LogLine(
                new InstanceId(WEB, ordinal),
                Instant.ofEpochMilli(millis),
                "stdout",
                ordinal + ":" + sequence,
                1,
                sequence);
    }

    /** Gives an agent's answer as soon as it is asked. */
    private void answer(int request, List<LogLine> lines, Optional<String> error) {
        Thread.startVirtualThread(() -> {
            try {
                var sink = api.agents.awaitSink(request);
                for (var from = 0; from < lines.size(); from += 500) {
                    sink.lines(lines.subList(from, Math.min(lines.size(), from + 500)));
                }
                sink.end(error);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private JsonNode get(String query) throws Exception {
        var response = api.get(LOGS + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static List<String> texts(JsonNode answer) {
        return answer.path("lines").valueStream().map(l -> l.path("text").asString()).toList();
    }

    private static List<LogLine> every(int ordinal, int count, int offsetMillis) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(n -> line(ordinal, 10 * n + offsetMillis, n))
                .toList();
    }

    @Test
    void theOldestLinesOfAllAreLeftOutAndThatIsSaid() throws Exception {
        instances(2);
        answer(0, every(1, 12_000, 0), Optional.empty());
        answer(1, every(2, 12_000, 5), Optional.empty());

        var answer = get("?since=8h");

        var expected = new ArrayList<String>();
        for (var n = 7_001; n <= 12_000; n++) {
            expected.addAll(List.of("1:" + n, "2:" + n));
        }
        assertThat(texts(answer)).isEqualTo(expected);
        assertThat(answer.path("truncated").asBoolean()).isTrue();
        assertThat(answer.path("missing").asInt()).isEqualTo(14_000);
        assertThat(api.agents.requests).allMatch(request -> request.tail() == 10_000);
    }

    @Test
    void moreCanBeAskedForAndWhatTheAgentsLeftOutCounts() throws Exception {
        instances(2);
        answer(0, every(1, 12_000, 0), Optional.empty());
        answer(1, every(2, 12_000, 5), Optional.empty());
        var answer = get("?tail=24000");
        assertThat(answer.path("lines").size()).isEqualTo(24_000);
        assertThat(answer.path("truncated").asBoolean()).isFalse();
        assertThat(answer.path("problems").size()).isZero();

        assertThat(api.get(LOGS + "?tail=100001").body()).contains("up to 100000");
        instances(1);
        Thread.startVirtualThread(() -> gapAndEnd(2, LogGap.Kind.LEFT_OUT));
        var partly = get("?since=8h");
        assertThat(partly.path("truncated").asBoolean()).isTrue();
        assertThat(partly.path("missing").asInt()).isEqualTo(7);
    }

    private void gapAndEnd(int request, LogGap.Kind kind) {
        try {
            var sink = api.agents.awaitSink(request);
            sink.gap(new LogGap(kind, 7, false));
            sink.lines(List.of(line(1, 1, 8)));
            sink.end(Optional.empty());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anInstanceWhoseLinesCannotBeHadIsNamedBesideTheLinesOfOthers() throws Exception {
        instances(3);
        answer(0, every(1, 2, 0), Optional.empty());
        answer(1, List.of(), Optional.of("the node is not connected"));
        // The third never answers.
        var answer = get("?since=8h");

        assertThat(texts(answer)).containsExactly("1:1", "1:2");
        assertThat(answer.path("problems").valueStream().map(JsonNode::asString))
                .containsExactly(
                        "shop/web.2: the node is not connected",
                        "shop/web.3: its lines did not all come within 2000 ms");
    }

    @Test
    void linesThatWereLostAreCounted() throws Exception {
        instances(1);
        Thread.startVirtualThread(() -> gapAndEnd(0, LogGap.Kind.DROPPED));
        var answer = get("?tail=5");
        assertThat(answer.path("missing").asInt()).isEqualTo(7);
        assertThat(answer.path("problems").get(0).asString())
                .contains("shop/web.1: 7 lines missing");
    }

    @Test
    void manyInstancesAreAskedAFewAtATime() throws Exception {
        instances(40);
        for (var n = 0; n < 40; n++) {
            answer(n, List.of(line(n + 1, n, 1)), Optional.empty());
        }
        assertThat(texts(get("")))
                .isEqualTo(IntStream.rangeClosed(1, 40).mapToObj(n -> n + ":1").toList());
    }

    /** An open stream of events. */
    private final class Events implements AutoCloseable {
        private final BufferedReader reader;
        private String id = "";

        Events(String query, String lastEvent) throws Exception {
            var request = api.authorised(LOGS + query).header("Accept", "text/event-stream");
            if (!lastEvent.isEmpty()) {
                request.header("Last-Event-ID", lastEvent);
            }
            HttpResponse<InputStream> response = api.stream(request);
            assertThat(response.statusCode()).isEqualTo(200);
            reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8));
        }

        /** The next events: the text of a line, or the reason of what is none. */
        List<String> next(int count) throws IOException {
            var found = new ArrayList<String>();
            while (found.size() < count) {
                var text = reader.readLine();
                assertThat(text).as("after " + found).isNotNull();
                if (text != null && text.startsWith("id: ")) {
                    id = text.substring(4);
                } else if (text != null && text.startsWith("data: ")) {
                    var data = JSON.readTree(text.substring(6));
                    found.add(
                            data.path("text")
                                    .asString(
                                            data.path("reason")
                                                    .asString(data.path("detail").asString(""))));
                }
            }
            return found;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private LogSink sink(int request) throws InterruptedException {
        return api.agents.awaitSink(request);
    }

    @Test
    void aNewInstanceIsHeardWhileAnotherOneNeverStopsTalking() throws Exception {
        instances(1);
        try (var events = new Events("?follow=true&tail=3", "")) {
            var first = sink(0);
            var over = new AtomicBoolean();
            var talker =
                    Thread.startVirtualThread(() -> {
                        for (var n = 1L; !over.get(); n++) {
                            first.lines(List.of(line(1, n, n)));
                            LockSupport.parkNanos(1_000_000);
                        }
                    });
            events.next(1);
            instances(2);
            Thread.startVirtualThread(() -> {
                try {
                    sink(1).lines(List.of(line(2, 1, 1)));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            var end = System.nanoTime() + 8_000_000_000L;
            while (!events.next(1).contains("2:1")) {
                assertThat(System.nanoTime()).as("heard in time").isLessThan(end);
            }
            over.set(true);
            talker.join();
            assertThat(api.agents.requests.get(1).tail()).as("nothing of it is left out").isZero();
        }
    }

    @Test
    void aReaderGoesOnExactlyAfterItsLastLineOfEveryInstance() throws Exception {
        instances(2);
        String id;
        try (var events = new Events("?follow=true&tail=9", "")) {
            sink(0).lines(List.of(line(1, 1, 41), line(1, 2, 42)));
            events.next(2);
            sink(1).lines(List.of(line(2, 3, 7)));
            events.next(1);
            id = events.id;
        }
        assertThat(id).isEqualTo("1" + CURSOR + "1.42;2" + CURSOR + "1.7");

        instances(3);
        try (var events = new Events("?follow=true&tail=9", id)) {
            sink(2).lines(List.of(line(1, 4, 43)));
            assertThat(events.next(1)).containsExactly("1:43");
            sink(3);
            sink(4);
            assertThat(events.id).isEqualTo("2" + CURSOR + "1.7;1" + CURSOR + "1.43");
        }
        var resumed = api.agents.requests.subList(2, 5);
        assertThat(resumed)
                .extracting(r -> r.after().orElse(new LogPoint(0, 0)))
                .containsExactly(new LogPoint(1, 42), new LogPoint(1, 7), new LogPoint(0, 0));
        assertThat(resumed.get(2).tail()).isZero();
    }

    @Test
    void anUnknownIdIsSaidToBeSoAndLinesComeFromTheRequestedStart() throws Exception {
        instances(1);
        for (var id : List.of("rotated-away", "x/y/z", "1@6d9dd7a2=1")) {
            var request = api.agents.requests.size();
            try (var events = new Events("?follow=true", id)) {
                sink(request).lines(List.of(line(1, 1, 1), line(1, 2, 2)));
                assertThat(events.next(3))
                        .satisfies(all -> assertThat(all.getFirst()).contains(id, "start"))
                        .endsWith("1:1", "1:2");
            }
            assertThat(api.agents.requests.get(request).after()).isEmpty();
        }
    }

    @Test
    void anIdThatAnInstanceDoesNotKnowOrThatIsGoneIsSaidToBeSo() throws Exception {
        instances(1);
        try (var events = new Events("?follow=true", "1" + CURSOR + "9.9;2" + CURSOR + "1.1")) {
            assertThat(events.next(1).getFirst()).startsWith("shop/web.2 is no longer on the node");
            var sink = sink(0);
            sink.gap(new LogGap(LogGap.Kind.UNKNOWN_POINT, 0, true));
            sink.lines(List.of(line(1, 1, 1)));
            assertThat(events.next(2).getFirst()).contains("shop/web.1").contains("not known");
            assertThat(events.id).isEqualTo("1" + CURSOR + "1.1");
        }
    }

    @Test
    void theIdInsideALineServesToGoOnToo() throws Exception {
        instances(1);
        try (var events = new Events("?follow=true", RunningApi.NODE + "/shop/web.1/1/42")) {
            sink(0).lines(List.of(line(1, 4, 43)));
            assertThat(events.next(2)).endsWith("1:43");
        }
        assertThat(api.agents.requests.getFirst().after()).contains(new LogPoint(1, 42));
    }

    @Test
    void aSourceThatEndsIsToldAndAskedAgainAfterItsLastLine() throws Exception {
        instances(1);
        try (var events = new Events("?follow=true&tail=2", "")) {
            sink(0).lines(List.of(line(1, 1, 1), line(1, 2, 2)));
            sink(0).end(Optional.of("the node's connection ended"));
            assertThat(events.next(3)).containsExactly("1:1", "1:2", "the node's connection ended");
            sink(1).lines(List.of(line(1, 2, 2), line(1, 3, 3)));
            assertThat(events.next(1)).containsExactly("1:3");
        }
        var again = api.agents.requests.get(1);
        assertThat(again.after()).contains(new LogPoint(1, 2));
        assertThat(again.tail()).isZero();
    }

    @Test
    void anAnswerHasBoundedBytesAndSaysWhatItLeavesOut() {
        var lines = new NewestLines(1_000);
        for (var n = 1; n <= 900; n++) {
            lines.add(
                    RunningApi.NODE,
                    new LogLine(
                            new InstanceId(WEB, 1),
                            Instant.ofEpochMilli(n),
                            "stdout",
                            "x".repeat(64 << 10),
                            1,
                            n));
        }
        var left = lines.beyondBytes();
        assertThat(left).isBetween(385L, 395L);
        var kept = lines.take();
        assertThat(kept).hasSize((int) (900 - left));
        assertThat(kept.getLast().at()).isEqualTo(Instant.ofEpochMilli(900));
    }

    @Test
    void linesOfOneInstanceStayInOrderWhenItsClockIsSteppedBack() {
        var lines = new NewestLines(10);
        for (var line : Arrays.asList(line(1, 100, 1), line(1, 50, 2), line(2, 70, 1))) {
            lines.add(RunningApi.NODE, line);
        }
        assertThat(lines.take())
                .extracting(Answers.Line::text)
                .containsExactly("2:1", "1:1", "1:2");
    }
}
