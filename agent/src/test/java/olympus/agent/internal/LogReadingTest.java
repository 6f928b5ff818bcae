package olympus.agent.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import olympus.agent.OutputLimits;
import olympus.link.LogGap;
import olympus.link.LogGap.Kind;
import olympus.link.LogLine;
import olympus.link.LogPoint;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.model.InstanceId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader gets of segments, line by line; nothing that is missing goes unsaid. */
class LogReadingTest {

    private static final InstanceId WEB = InstanceId.parse("first/web.1");
    private static final int SEGMENT = 1 << 17;

    /** Three of these fill a segment. */
    private static final int LARGE = 40_000;

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init")
    private SegmentedLog log;

    private LogPosition position = LogPosition.NOTHING;

    @BeforeEach
    void open() throws IOException {
        log = new SegmentedLog(folder, new OutputLimits(SEGMENT, 3));
        begin(1);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void begin(long epoch) {
        log.beginEpoch(epoch);
        position = LogPosition.of(epoch);
    }

    /** Appends a line; it was written at so many milliseconds. */
    private void line(long millis, byte[] text) throws IOException {
        position = position.after(false, position.stdout() + text.length + 1);
        var record = ByteBuffer.allocate(SegmentFormat.recordBytes(text.length));
        SegmentFormat.putRecord(record, millis, false, position, ByteBuffer.wrap(text));
        log.append(record.flip(), position);
    }

    private void lines(int count, int bytes) throws IOException {
        for (var n = 0; n < count; n++) {
            line(position.sequence() + 1, "x".repeat(bytes).getBytes(UTF_8));
        }
    }

    /** Writes down lines as their points, and gaps, in order. */
    private static final class Received implements LogSink {
        final List<Object> entries = new ArrayList<>();
        final List<LogLine> lines = new ArrayList<>();
        private final int full;
        final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        Received() {
            this(Integer.MAX_VALUE);
        }

        /** Takes nothing more after so many batches until {@link #release}. */
        Received(int full) {
            this.full = full;
        }

        private int batches;

        @Override
        public synchronized boolean lines(List<LogLine> batch) {
            lines.addAll(batch);
            batch.forEach(line -> entries.add(line.point()));
            notifyAll();
            return ++batches < full;
        }

        @Override
        public synchronized void gap(LogGap gap) {
            entries.add(gap);
            notifyAll();
        }

        @Override
        public void ready(Runnable resume) {
            blocked.countDown();
            Thread.startVirtualThread(() -> {
                try {
                    released.await();
                    resume.run();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }

        void release() {
            released.countDown();
        }

        @Override
        public void end(Optional<String> error) {}

        synchronized void await(Object entry) throws InterruptedException {
            var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!entries.contains(entry)) {
                assertThat(System.nanoTime()).as("%s in %s", entry, entries).isLessThan(end);
                wait(50);
            }
        }
    }

    private void read(LogRequest request, LogSink sink) throws Exception {
        new LogReading(request, sink, folder, () -> Optional.of(log)).run();
    }

    private List<Object> read(LogRequest request) throws Exception {
        var received = new Received();
        read(request, received);
        return received.entries;
    }

    private static LogRequest after(long epoch, long sequence) {
        return new LogRequest(
                WEB,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new LogPoint(epoch, sequence)),
                0,
                false);
    }

    private static LogRequest tail(int lines) {
        return new LogRequest(WEB, Optional.empty(), lines, false);
    }

    private static LogRequest since(long millis, int tail) {
        return new LogRequest(WEB, Optional.of(Instant.ofEpochMilli(millis)), tail, false);
    }

    private static LogPoint point(long epoch, long sequence) {
        return new LogPoint(epoch, sequence);
    }

    private static LogGap gap(Kind kind, long lines, boolean atLeast) {
        return new LogGap(kind, lines, atLeast);
    }

    @Test
    void goesOnExactlyAfterALine() throws Exception {
        lines(3, 10);
        begin(2);
        lines(2, 10);

        assertThat(read(after(1, 2))).containsExactly(point(1, 3), point(2, 1), point(2, 2));
        assertThat(read(after(1, 3))).containsExactly(point(2, 1), point(2, 2));
        assertThat(read(after(2, 2))).isEmpty();
    }

    @Test
    void saysHowManyLinesWereDroppedBeforeTheReaderCameBack() throws Exception {
        lines(12, LARGE);

        assertThat(read(after(1, 1)))
                .containsExactly(
                        gap(Kind.DROPPED, 2, false),
                        point(1, 4),
                        point(1, 5),
                        point(1, 6),
                        point(1, 7),
                        point(1, 8),
                        point(1, 9),
                        point(1, 10),
                        point(1, 11),
                        point(1, 12));
    }

    @Test
    void saysThatTheEndOfAnEarlierRunWasDropped() throws Exception {
        lines(2, LARGE);
        begin(2);
        lines(13, LARGE);

        assertThat(read(after(1, 1)))
                .startsWith(gap(Kind.DROPPED, 4, true), point(2, 5))
                .endsWith(point(2, 13))
                .hasSize(10);
    }

    @Test
    void anUnknownLineIsSaidToBeSoAndWhatWasAskedForIsSent() throws Exception {
        lines(3, 10);

        assertThat(read(after(7, 1_000)))
                .containsExactly(
                        gap(Kind.UNKNOWN_POINT, 0, true), point(1, 1), point(1, 2), point(1, 3));
        assertThat(read(after(1, 4))).startsWith(gap(Kind.UNKNOWN_POINT, 0, true));
    }

    @Test
    void theLastLinesAreFoundFromTheEndBackwards() throws Exception {
        lines(8, LARGE);

        assertThat(read(tail(1))).containsExactly(gap(Kind.LEFT_OUT, 1, true), point(1, 8));
        assertThat(read(tail(4)))
                .containsExactly(
                        gap(Kind.LEFT_OUT, 1, true),
                        point(1, 5),
                        point(1, 6),
                        point(1, 7),
                        point(1, 8));
        assertThat(read(tail(8))).hasSize(8);
        Files.delete(SegmentedLog.segments(folder).getFirst());
        assertThat(read(tail(2)))
                .containsExactly(gap(Kind.LEFT_OUT, 3, false), point(1, 7), point(1, 8));
    }

    @Test
    void countsWhatATailLeavesOutOfAPeriod() throws Exception {
        lines(8, LARGE);

        assertThat(read(since(3, 2)))
                .containsExactly(gap(Kind.LEFT_OUT, 4, false), point(1, 7), point(1, 8));
        assertThat(read(since(7, 2))).containsExactly(point(1, 7), point(1, 8));
    }

    @Test
    void aPeriodHasAnEnd() throws Exception {
        lines(5, 10);
        var request =
                new LogRequest(
                        WEB,
                        Optional.of(Instant.ofEpochMilli(2)),
                        Optional.of(Instant.ofEpochMilli(4)),
                        Optional.empty(),
                        2,
                        false);

        assertThat(read(request))
                .containsExactly(gap(Kind.LEFT_OUT, 1, false), point(1, 3), point(1, 4));
    }

    @Test
    void saysThatTheBeginningOfAPeriodIsNotKept() throws Exception {
        lines(12, LARGE);

        assertThat(read(since(2, 0))).startsWith(gap(Kind.NOT_KEPT, 0, true), point(1, 4));
        assertThat(read(since(4, 0))).startsWith(point(1, 4));
        assertThat(read(tail(10))).startsWith(gap(Kind.NOT_KEPT, 0, true), point(1, 4));
        assertThat(read(tail(0))).startsWith(point(1, 4));
    }

    @Test
    void linesThatWereNeverStoredAreCounted() throws Exception {
        lines(2, 10);
        position = new LogPosition(1, 9, 500, 0);
        log.skipTo(position);

        assertThat(read(tail(0)))
                .containsExactly(point(1, 1), point(1, 2), gap(Kind.DROPPED, 7, false));

        lines(1, 10);
        assertThat(read(tail(0)))
                .containsExactly(
                        point(1, 1), point(1, 2), gap(Kind.DROPPED, 7, false), point(1, 10));
    }

    @Test
    void damagedLinesAreCounted() throws Exception {
        lines(8, LARGE);
        damage(SegmentedLog.segments(folder).get(1), SEGMENT / 2);
        damage(SegmentedLog.segments(folder).get(2), 100);

        assertThat(read(tail(0)))
                .containsExactly(
                        point(1, 1),
                        point(1, 2),
                        point(1, 3),
                        point(1, 4),
                        gap(Kind.DROPPED, 2, false),
                        gap(Kind.DROPPED, 2, false));
    }

    private static void damage(Path file, long at) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'y'}), at);
        }
    }

    @Test
    void aFollowerThatIsSlowerThanTheRotationHearsWhatItMissed() throws Exception {
        lines(6, LARGE);
        var received = new Received(1);
        var follow = new LogRequest(WEB, Optional.empty(), 0, true);
        var thread =
                Thread.startVirtualThread(() -> {
                    try {
                        read(follow, received);
                    } catch (InterruptedException cancelled) {
                        received.release();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        assertThat(received.blocked.await(10, TimeUnit.SECONDS)).isTrue();
        lines(15, LARGE);
        received.release();
        received.await(point(1, 21));
        thread.interrupt();
        thread.join();

        var seen = new ArrayList<Long>();
        var missed = 0L;
        for (var entry : received.entries) {
            switch (entry) {
                case LogPoint line -> seen.add(line.sequence());
                case LogGap gap -> missed += gap.lines();
                default -> throw new AssertionError(entry);
            }
        }
        assertThat(missed).isPositive();
        assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(21 - (int) missed);
    }

    @Test
    void aFollowerSeesALineWhoseFirstWriteWasTakenBack() throws Exception {
        lines(1, 10);
        var segment = SegmentedLog.segments(folder).getFirst();
        try (var reader = new SegmentReader(FileChannel.open(segment));
                var writer = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            assertThat(reader.readHeader()).isTrue();
            assertThat(reader.next()).isTrue();
            var end = writer.size();
            writer.write(ByteBuffer.wrap(new byte[50]), end);
            assertThat(reader.next()).isFalse();
            writer.truncate(end);
            lines(1, 10);

            assertThat(reader.next()).isTrue();
            assertThat(SegmentFormat.point(reader.record())).isEqualTo(point(1, 2));
        }
    }

    @Test
    void malformedBytesAreShownAsReplacementCharacters() throws Exception {
        line(1, new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3});
        var received = new Received();
        read(tail(0), received);

        assertThat(received.lines).extracting(LogLine::text).containsExactly("a\ufffdb\ufffd");
    }
}
