package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Poll;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents that die without a word. */
class AdoptionTest {

    private static final int ROUNDS = 5;
    private static final int INSTANCES = 6;
    private static final RecoveryPolicy AT_ONCE =
            new RecoveryPolicy(
                    RecoveryPolicy.Restart.ALWAYS,
                    1_000,
                    Duration.ofMinutes(2),
                    new RecoveryPolicy.Backoff(Duration.ofMillis(1), Duration.ofMillis(1)),
                    RecoveryPolicy.Then.REPORT);

    @TempDir Path folder;

    @Test
    void neverDoublesAnInstanceWhenTheAgentIsKilledAtAnyMoment()
            throws IOException, InterruptedException {
        for (var round = 0; round < ROUNDS; round++) {
            var agent = otherJvm();
            var deadline = System.nanoTime() + RunningAgent.DEADLINE.toNanos();
            // From "nothing started" to "all running": a little later in each round.
            while (markers().size() < round * INSTANCES / (ROUNDS - 1)
                    && System.nanoTime() - deadline < 0) {
                Thread.onSpinWait();
            }
            agent.destroyForcibly().waitFor();
        }
        try (var agent = new RunningAgent(folder)) {
            agent.assign(AgentMain.specs(folder, INSTANCES));
            for (var n = 1; n <= INSTANCES; n++) {
                var seen = agent.awaitRunning("first/web." + n);
                assertThat(seen.pid()).isPositive();
            }
            Eventually.check(() -> assertThat(sleepers()).hasSize(INSTANCES));
        }
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void restartsFastOneHundredTimes() {
        try (var agent = new RunningAgent(folder)) {
            agent.assign(AgentMain.specs(folder, 1)[0].recovery(AT_ONCE));
            var pid = agent.awaitRunning("first/web.1").pid();
            var times = new long[100];
            for (var round = 0; round < times.length; round++) {
                var dead = pid;
                var begun = System.nanoTime();
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                pid =
                        agent.await(
                                        "first/web.1",
                                        seen -> seen.state() == State.RUNNING && seen.pid() != dead)
                                .pid();
                times[round] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            }
            java.util.Arrays.sort(times);
            System.out.printf(
                    "kill to running again, seen by a server: p50 %d ms, p99 %d ms%n",
                    times[50], times[98]);
            // The figure with its floor is the benchmark's; here the machine may be busy.
            assertThat(times[50]).isLessThan(500);
            // Its shell becomes it a moment after it counts as running.
            var left =
                    Poll.within(
                            Duration.ofSeconds(5),
                            () -> Optional.of(sleepers()).filter(all -> !all.isEmpty()));
            assertThat(left.orElse(List.of())).hasSize(1);
        }
    }

    private Process otherJvm() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentMain.class.getName(),
                        folder.toString(),
                        Integer.toString(INSTANCES))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("agent-main.txt").toFile())
                .start();
    }

    private List<Path> markers() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("up.")).toList();
        }
    }

    private List<Long> sleepers() {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info().commandLine().orElse("").contains("sleep 600; : " + folder))
                .map(ProcessHandle::pid)
                .toList();
    }
}
