package olympus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five hundred instances on one agent: how long it takes, and what they cost at rest. */
@Tag("long")
class ScaleTest {

    private static final int INSTANCES = 500;
    private static final int IDLE_SECONDS = 20;

    @TempDir Path folder;

    @Test
    void runsFiveHundredInstancesCheaply() throws IOException, InterruptedException {
        try (var agent = new RunningAgent(folder)) {
            var begun = System.nanoTime();
            agent.assign(
                    IntStream.rangeClosed(1, INSTANCES)
                            .mapToObj(n -> Specs.of(folder, "first/idle." + n, "sleep", "6000"))
                            .toArray(Specs[]::new));
            agent.awaitReport(report ->
                    report.instances().size() == INSTANCES
                            && report.instances().stream()
                                    .allMatch(seen -> seen.state() == State.RUNNING));
            var took = Duration.ofNanos(System.nanoTime() - begun);
            var cpuBefore = cpuTicks();
            assertThat(new CountDownLatch(1).await(IDLE_SECONDS, TimeUnit.SECONDS)).isFalse();
            var cpu = (cpuTicks() - cpuBefore) / (double) IDLE_SECONDS;
            System.out.printf(
                    "%d instances running after %d ms; idle %.2f %% of a core; %d threads; shim: PSS %d kB each%n",
                    INSTANCES, took.toMillis(), cpu, Thread.activeCount(), shimPss());
            assertThat(took).isLessThan(Duration.ofSeconds(60));
            assertThat(cpu).isLessThan(3);
            var stopped = System.nanoTime();
            assertThat(agent.agent().stopAllInstances(Duration.ofSeconds(60))).isEmpty();
            System.out.printf(
                    "%d instances stopped after %d ms%n",
                    INSTANCES, Duration.ofNanos(System.nanoTime() - stopped).toMillis());
        }
    }

    /** Clock ticks (hundredths of a second) that this process has used. */
    private static long cpuTicks() throws IOException {
        var fields =
                Files.readString(Path.of("/proc/self/stat")).replaceFirst(".*\\) ", "").split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private long shimPss() throws IOException {
        var shims =
                ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info()
                                        .commandLine()
                                        .orElse("")
                                        .contains("shim.sh hold " + folder))
                        .toList();
        var total = 0L;
        for (var shim : shims) {
            try (Stream<String> lines =
                    Files.lines(Path.of("/proc/" + shim.pid() + "/smaps_rollup"))) {
                total +=
                        lines.filter(line -> line.startsWith("Pss:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                                .sum();
            }
        }
        return total / Math.max(1, shims.size());
    }
}
