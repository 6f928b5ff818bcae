package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import olympus.link.LogGap;
import olympus.link.LogLine;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.model.InstanceId;
import olympus.model.stack.RecoveryPolicy.Restart;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

    private static final int LINES = 300_000;

    @TempDir Path folder;

    @Test
    void losesNothingInABurstWhileAgentsComeAndGo() throws IOException {
        var roomy = new OutputLimits(16 << 20, 8);
        try (var agent = new RunningAgent(folder, roomy, Brake.STANDARD)) {
            agent.assign(Specs.shell(folder, "first/loud.1", "seq 1 " + LINES).restart(Restart.NO));
            for (var n = 0; n < 3; n++) {
                agent.restartAgent();
            }
            agent.awaitState("first/loud.1", State.COMPLETED);

            var lines = agent.lines("first/loud.1", LINES);

            assertThat(lines).hasSize(LINES);
            for (var i = 0; i < LINES; i++) {
                assertThat(lines.get(i).text()).isEqualTo(Integer.toString(i + 1));
                assertThat(lines.get(i).sequence()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void boundsTheDiskItTakes() throws IOException {
        var small = new OutputLimits(1 << 20, 2);
        try (var agent = new RunningAgent(folder, small, Brake.STANDARD)) {
            agent.assign(
                    Specs.shell(folder, "first/loud.1", "seq 1 2000000; echo end; exec sleep 600"));
            Eventually.check(() -> {
                var lines = tail(agent, 1);
                assertThat(lines).isNotEmpty();
                assertThat(lines.getLast().text()).isEqualTo("end");
            });

            Eventually.check(() ->
                    assertThat(diskBlocks(folder.resolve("agent/instances"))).isLessThan(5L << 20));
        }
    }

    @Test
    void givesBackTheDiskOfOutputThatNeverEndsALine() {
        var small = new OutputLimits(1 << 20, 2);
        try (var agent = new RunningAgent(folder, small, Brake.STANDARD)) {
            agent.assign(
                    Specs.shell(
                            folder,
                            "first/loud.1",
                            "for i in $(seq 60); do head -c 200001 /dev/zero | tr '\\0' '#'; sleep 0.05; done; touch written; exec sleep 600"));
            Eventually.check(() -> assertThat(folder.resolve("written")).exists());

            Eventually.check(() ->
                    assertThat(diskBlocks(folder.resolve("agent/instances"))).isLessThan(4L << 20));
        }
    }

    @Test
    void takesOutputOverAlsoIntoTheSmallestSegments() {
        try (var agent = new RunningAgent(folder, new OutputLimits(1 << 17, 2), Brake.STANDARD)) {
            agent.assign(Specs.shell(folder, "first/web.1", "echo one; echo two; exec sleep 600"));

            assertThat(agent.lines("first/web.1", 2))
                    .extracting(LogLine::text)
                    .containsExactly("one", "two");
        }
    }

    @Test
    void followsWithBackPressure() throws InterruptedException {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(
                    Specs.shell(
                            folder,
                            "first/web.1",
                            "for i in 1 2 3 4 5; do echo $i; sleep 0.1; done; exec sleep 600"));
            agent.awaitRunning("first/web.1");
            var lines = new CopyOnWriteArrayList<LogLine>();
            var all = new CountDownLatch(5);
            var ended = new CountDownLatch(1);
            agent.lines("first/web.1", 1);
            var cancel =
                    agent.agent()
                            .streamLogs(
                                    new LogRequest(
                                            InstanceId.parse("first/web.1"),
                                            Optional.empty(),
                                            0,
                                            true),
                                    new LogSink() {
                                        @Override
                                        public boolean lines(List<LogLine> batch) {
                                            lines.addAll(batch);
                                            batch.forEach(line -> all.countDown());
                                            return false;
                                        }

                                        @Override
                                        public void gap(LogGap gap) {}

                                        @Override
                                        public void ready(Runnable resume) {
                                            resume.run();
                                        }

                                        @Override
                                        public void end(Optional<String> error) {
                                            ended.countDown();
                                        }
                                    });

            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
            cancel.run();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(lines).extracting(LogLine::text).containsExactly("1", "2", "3", "4", "5");
        }
    }

    private List<LogLine> tail(RunningAgent agent, int count) {
        var lines = new CopyOnWriteArrayList<LogLine>();
        var ended = new CountDownLatch(1);
        agent.agent()
                .streamLogs(
                        new LogRequest(
                                InstanceId.parse("first/loud.1"), Optional.empty(), count, false),
                        new LogSink() {
                            @Override
                            public boolean lines(List<LogLine> batch) {
                                lines.addAll(batch);
                                return true;
                            }

                            @Override
                            public void gap(LogGap gap) {}

                            @Override
                            public void ready(Runnable resume) {
                                resume.run();
                            }

                            @Override
                            public void end(Optional<String> error) {
                                ended.countDown();
                            }
                        });
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return lines;
    }

    /** Bytes of the blocks really taken, holes not counted. */
    private static long diskBlocks(Path root) {
        try {
            var process = new ProcessBuilder("du", "-s", "--block-size=1", root.toString()).start();
            var text =
                    new String(
                            process.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.US_ASCII);
            return Long.parseLong(text.split("\\s")[0]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
