package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Instances outlive Olympus: after its death they are adopted, never doubled, and drift is mended.
 */
final class AdoptionTest {

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set first thing in each test
    private Installation olympus;

    @AfterEach
    void end() {
        olympus.close();
    }

    private long[] start(int seconds) {
        olympus.up();
        olympus.apply(
                olympus.stack(
                        "shop",
                        """
                        services:
                          web: { process: { command: [sleep, "%d"] }, deploy: { replicas: 3 } }
                        """
                                .formatted(seconds)));
        return pids();
    }

    private long[] pids() {
        return Stream.of(1, 2, 3).mapToLong(n -> olympus.awaitRunning("shop/web." + n)).toArray();
    }

    private List<Long> sleepers(int seconds) {
        return Processes.withCommandLine("sleep " + seconds).stream()
                .filter(pid -> Processes.commandLine(pid).equals("sleep " + seconds))
                .toList();
    }

    @Test
    void adoptsWhatRunsAfterKillNineOfEverythingOfOlympus() {
        olympus = Installation.in(folder);
        var before = start(86_411);

        for (var round = 0; round < 3; round++) {
            olympus.killHard();
            olympus.up();
            assertThat(pids()).containsExactly(before);
            assertThat(sleepers(86_411)).hasSize(3);
        }
        Processes.kill(before[1], "KILL");
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "the adopted one is restarted",
                () -> olympus.awaitRunning("shop/web.2") != before[1]);
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "three of them: " + sleepers(86_411),
                () -> sleepers(86_411).size() == 3);
    }

    @Test
    void aClockSteppedByAnHourEitherWayDoublesNothing() {
        olympus = Installation.in(folder);
        var before = start(86_412);
        for (var step : List.of("+1h", "-1h")) {
            olympus.killHard();
            olympus = Installation.in(folder).withVariables(steppedClock(step));
            olympus.up();
            assertThat(pids()).as(step).containsExactly(before);
            assertThat(sleepers(86_412)).as(step).hasSize(3);
        }
    }

    @Test
    void aKilledShimIsNoticedAndItsInstanceStaysSupervised() {
        olympus = Installation.in(folder);
        var before = start(86_413);
        var shim = parent(before[0]);
        assertThat(Processes.commandLine(shim)).contains(olympus.data().toString());

        Processes.kill(shim, "KILL");
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "the loss shows: " + olympus.olympus("why", "shop/web.1").out(),
                () -> olympus.olympus("why", "shop/web.1").out().contains("shim"));
        assertThat(sleepers(86_413)).hasSize(3);

        Processes.kill(olympus.awaitRunning("shop/web.1"), "KILL");
        Eventually.becomes(
                Duration.ofSeconds(20),
                () -> "three run again",
                () ->
                        sleepers(86_413).size() == 3
                                && olympus.awaitRunning("shop/web.1") != before[0]);
    }

    @Test
    void anAssignmentFileChangedByHandIsNoticedAndRestored() throws IOException {
        olympus = Installation.in(folder);
        var before = start(86_414);
        var file = olympus.data().resolve("agent/assignment.json");
        var original = Files.readString(file);

        Files.writeString(file, original.replace("86414", "86415"));

        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "the file is restored",
                () -> !read(file).contains("86415"));
        assertThat(pids()).containsExactly(before);
        assertThat(olympus.olympus("decisions").out()).contains("assignment");
    }

    /**
     * Steps the wall clock of a process by libfaketime; monotonic time goes on, as after a real
     * step.
     */
    private static Map<String, String> steppedClock(String step) {
        try (var libraries = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu*")) {
            for (var folder : libraries) {
                var library = folder.resolve("faketime/libfaketime.so.1");
                if (Files.exists(library)) {
                    return Map.of("LD_PRELOAD", library.toString(), "FAKETIME", step);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        throw new AssertionError("libfaketime is missing: apt-get install faketime");
    }

    private static long parent(long pid) {
        return ProcessHandle.of(pid).orElseThrow().parent().orElseThrow().pid();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
