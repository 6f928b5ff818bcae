package olympus.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What happens to the data folder: two owners, a full disk, death under load, damage. */
final class DataFolderTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Installation olympus;

    @BeforeEach
    void prepare() {
        olympus = Installation.in(folder);
    }

    @AfterEach
    void end() {
        olympus.close();
    }

    private Path stack(int number) {
        return stack(olympus, number);
    }

    static Path stack(Installation olympus, int number) {
        return olympus.stack(
                "shop",
                "services: { web: { process: { command: [sleep, \"%d\"] } } }"
                        .formatted(70_000 + number));
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefusedNamingTheFirst()
            throws IOException, InterruptedException {
        olympus.up();

        var second = Installation.in(folder);
        var output = second.startUp();
        assertThat(second.process().waitFor(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();

        assertThat(second.process().exitValue()).isEqualTo(4);
        assertThat(Files.readString(output)).contains(Long.toString(olympus.process().pid()));
        assertThat(olympus.olympus("status").exitCode()).isZero();
    }

    @Test
    void nothingAcknowledgedIsLostWhenKilledWhileApplying() {
        killWhileApplying(8);
    }

    @Test
    @Tag("long")
    void nothingAcknowledgedIsLostInTwoHundredKills() {
        killWhileApplying(200);
    }

    /**
     * Applies revision after revision and kills the server while an apply is under way: in every
     * second round only after one was acknowledged, so that slowness alone does not empty the test.
     */
    private void killWhileApplying(int rounds) {
        var random = new Random(4711);
        var numberOf = new HashMap<Long, Integer>();
        var acknowledged = 0L;
        var number = 0;
        for (var round = 0; round < rounds; round++) {
            olympus.up();
            if (acknowledged > 0) {
                assertPresent(acknowledged, numberOf);
            }
            var victim = olympus.process();
            var delay = Duration.ofMillis(100 + random.nextInt(900));
            var armed = round % 2 == 1;
            if (armed) {
                Thread.ofVirtual().start(() -> killAfter(victim, delay));
            }
            while (victim.isAlive()) {
                number++;
                var run = olympus.olympus("apply", stack(number).toString(), "-o", "json");
                if (run.exitCode() == 0) {
                    acknowledged = JSON.readTree(run.out()).path("revision").asLong();
                    numberOf.put(acknowledged, number);
                }
                if (!armed) {
                    assertThat(run.exitCode()).as(run.err()).isZero();
                    armed = true;
                    Thread.ofVirtual().start(() -> killAfter(victim, delay));
                }
            }
        }
        assertThat(numberOf).as("applies that were acknowledged").isNotEmpty();
        olympus.up();
        assertPresent(acknowledged, numberOf);
    }

    private void assertPresent(long acknowledged, Map<Long, Integer> numberOf) {
        var newest =
                olympus.json("history", "shop").path("revisions").path(0).path("revision").asLong();
        assertThat(newest).isGreaterThanOrEqualTo(acknowledged);
        if (newest == acknowledged) {
            var command = "sleep " + (70_000 + numberOf.getOrDefault(acknowledged, 0));
            Eventually.becomes(
                    Duration.ofSeconds(30),
                    () -> command + " runs; " + olympus.olympus("status").out(),
                    () ->
                            Processes.commandLine(olympus.awaitRunning("shop/web.1"))
                                    .equals(command));
        }
    }

    private static void killAfter(Process victim, Duration delay) {
        java.util.concurrent.locks.LockSupport.parkNanos(delay.toNanos());
        victim.destroyForcibly();
    }

    /** On a disk of 160 MB in a mount namespace of its own, which every user may have. */
    @Test
    void aFullDiskRefusesWritesKeepsSupervisingAndAllReturnsByItself()
            throws IOException, InterruptedException {
        var disk = Files.createDirectories(folder.resolve("data"));
        var script = "mount -t tmpfs -o size=160m tmpfs \"$0\" && exec \"$@\"";
        var command =
                List.of(
                        "unshare",
                        "-rm",
                        "sh",
                        "-c",
                        script,
                        disk.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        FullDiskScenario.class.getName(),
                        folder.toString());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(30, java.util.concurrent.TimeUnit.SECONDS))
                    .as(output)
                    .isTrue();
            assertThat(output.lines())
                    .contains(
                            "refused on a full disk",
                            "restarted on a full disk",
                            "applies again",
                            "done");
            assertThat(process.exitValue()).as(output).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void damageIsRefusedNamingTheFileAndTheCommandThatHelps() throws IOException {
        olympus.up();
        for (var i = 1; i <= 5; i++) {
            olympus.apply(stack(i));
        }
        var pid = olympus.awaitRunning("shop/web.1");
        olympus.killHard();
        var log = largestLogFile();
        assertThat(
                        olympus.olympus("store", "verify", "--data-dir", olympus.data().toString())
                                .exitCode())
                .isZero();

        flipBit(log, 2_000);

        var verify = olympus.olympus("store", "verify", "--data-dir", olympus.data().toString());
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out() + verify.err()).contains(log.getFileName().toString());
        var output = olympus.startUp();
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> "the refusal is printed: " + text(output),
                () ->
                        text(output).contains(log.getFileName().toString())
                                && text(output).contains("olympus store"));
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "status tells what is wrong",
                () -> olympus.olympus("status").err().contains("the store has halted"));
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "status lists what runs: " + olympus.olympus("status").out(),
                () -> olympus.olympus("status").out().contains(Long.toString(pid)));
        assertThat(olympus.olympus("status").out())
                .contains("shop/web.1", "running", "what is declared is not known");
        assertThat(olympus.json("nodes").path("nodes").path(0).path("connected").asBoolean())
                .isTrue();
        assertThat(olympus.olympus("logs", "shop/web").exitCode()).isZero();
        olympus.killHard();

        flipBit(log, 2_000);
        olympus.up();
        assertThat(Processes.commandLine(olympus.awaitRunning("shop/web.1"))).contains("70005");
    }

    /** The commands that {@code text} advises, as they stand there. */
    private static List<String> advised(String text) {
        return Pattern.compile("olympus store [^;\\n\"]+")
                .matcher(text)
                .results()
                .map(found -> found.group().strip())
                .toList();
    }

    /** Types {@code command} into a shell, as a person would who copies it. */
    private Installation.Run type(String command) {
        var path = Installation.root() + ":" + System.getenv("PATH");
        return olympus.run(List.of("/bin/sh", "-c", command), Map.of("PATH", path));
    }

    @Test
    void theRecoveryCommandsThatArePrintedWorkAsPrinted() throws IOException {
        olympus.up();
        for (var i = 1; i <= 5; i++) {
            olympus.apply(stack(i));
        }
        olympus.killHard();
        flipBit(largestLogFile(), 2_000);

        var output = olympus.startUp();
        Eventually.becomes(
                Duration.ofSeconds(60),
                () -> "up prints what helps: " + text(output),
                () -> text(output).contains("degraded: ") && advised(text(output)).size() >= 2);
        var printed = advised(text(output));
        olympus.killHard();
        var look = type(printed.getFirst());
        assertThat(look.exitCode()).as(look.err()).isEqualTo(1);
        assertThat(advised(look.out())).contains(printed.getLast());
        var doctor = olympus.olympus("doctor");
        assertThat(doctor.exitCode()).isEqualTo(1);
        assertThat(doctor.out()).contains("not reachable").contains(printed.getLast());

        var mend = type(printed.getLast());
        assertThat(mend.exitCode()).as(mend.err()).isZero();
        assertThat(mend.out()).contains("the log now ends at entry");
        assertThat(type(printed.getFirst()).exitCode()).isZero();
        olympus.up();
    }

    @Test
    void aDamagedLogWhoseEntriesASnapshotHoldsIsNotNeeded() throws IOException {
        olympus.up();
        for (var i = 1; i <= 5; i++) {
            olympus.apply(stack(i));
        }
        olympus.terminate(); // ends with a snapshot of everything
        flipBit(largestLogFile(), 2_000);
        var data = olympus.data().toString();

        var verify = olympus.olympus("store", "verify", "--data-dir", data);
        assertThat(verify.exitCode()).as(verify.out() + verify.err()).isZero();
        olympus.up();
        assertThat(Processes.commandLine(olympus.awaitRunning("shop/web.1"))).contains("70005");
        olympus.apply(stack(6));
        runs(6);
    }

    @Test
    void aStoreThatIsLostWholeAndBegunAnewTakesItsAgentsOver() throws IOException {
        olympus.up();
        olympus.apply(stack(1));
        var pid = olympus.awaitRunning("shop/web.1");
        olympus.killHard();
        deleteTree(olympus.data().resolve("hermes"));

        olympus.up();
        awaitUnclaimed(pid);
        var taken = olympus.olympus("apply", stack(1).toString());
        assertThat(taken.out()).contains("without a restart");
        awaitState("running");
        assertThat(olympus.awaitRunning("shop/web.1")).isEqualTo(pid);
        olympus.apply(stack(2));

        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "the new order runs: " + olympus.olympus("status").out(),
                () -> Processes.commandLine(olympus.awaitRunning("shop/web.1")).contains("70002"));
        assertThat(Processes.withCommandLine("sleep 70001")).isEmpty();
    }

    @Test
    void aRepairThatGivesUpTheNewestEntriesStopsNothing() throws IOException {
        olympus.up();
        for (var i = 1; i <= 5; i++) {
            olympus.apply(stack(i));
            runs(i);
        }
        var pid = olympus.awaitRunning("shop/web.1");
        olympus.killHard();
        flipBit(largestLogFile(), 2_000);
        var data = olympus.data().toString();

        var repair = olympus.olympus("store", "repair", "--truncate-at", "end", "--data-dir", data);
        assertThat(repair.exitCode()).as(repair.out() + repair.err()).isZero();
        assertThat(repair.out()).contains("given up", "must be applied again");
        olympus.up();

        awaitUnclaimed(pid);
        olympus.apply(stack(5));
        awaitState("running");
        assertThat(olympus.awaitRunning("shop/web.1")).isEqualTo(pid);
        assertThat(Processes.commandLine(pid)).contains("70005");
    }

    @Test
    void aStackThatTheStoreHasLostCanBeRemoved() throws IOException {
        olympus.up();
        olympus.apply(stack(1));
        var pid = olympus.awaitRunning("shop/web.1");
        olympus.killHard();
        deleteTree(olympus.data().resolve("hermes"));
        olympus.up();
        awaitUnclaimed(pid);

        assertThat(olympus.olympus("remove", "shop", "--yes").exitCode()).isZero();

        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "the old process is gone; " + olympus.olympus("status").out(),
                () -> !Processes.isAlive(pid));
    }

    /** The agent's own assignment is lost with the store, so that only a pause protects it. */
    @Test
    void whatIsNoLongerAssignedIsNotStoppedWhilePaused() throws IOException {
        olympus.up();
        olympus.apply(stack(1));
        var pid = olympus.awaitRunning("shop/web.1");
        olympus.olympus("pause", "--reason", "looking");
        olympus.killHard();
        deleteTree(olympus.data().resolve("hermes"));
        for (var name : List.of("assignment.json", "assignment.copy.json")) {
            Files.delete(olympus.data().resolve("agent").resolve(name));
        }
        olympus.up();
        awaitUnclaimed(pid);

        olympus.olympus("remove", "shop", "--yes");
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "it is told why it goes on: " + olympus.olympus("why", "shop/web").out(),
                () -> olympus.olympus("decisions").out().contains("remove"));
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "the stack is being removed: " + olympus.json("stacks"),
                () -> olympus.json("stacks").path("stacks").size() == 1);
        assertThat(Processes.isAlive(pid)).isTrue();

        olympus.olympus("resume");
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "it ends once resumed",
                () -> !Processes.isAlive(pid));
    }

    private void runs(int number) {
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "revision %d runs: %s".formatted(number, olympus.olympus("status").out()),
                () ->
                        Processes.commandLine(olympus.awaitRunning("shop/web.1"))
                                .contains(Integer.toString(70_000 + number)));
    }

    private void awaitUnclaimed(long pid) {
        awaitState("unclaimed");
        assertThat(olympus.olympus("status").out())
                .contains(Long.toString(pid), "olympus remove shop");
        assertThat(olympus.olympus("why", "shop/web").out()).contains("unclaimed");
        assertThat(Processes.isAlive(pid)).isTrue();
    }

    private void awaitState(String state) {
        Eventually.becomes(
                Duration.ofSeconds(30),
                () -> "shop/web is " + state + ": " + olympus.olympus("status").out(),
                () ->
                        olympus.json("status")
                                .path("services")
                                .path(0)
                                .path("state")
                                .asString("")
                                .equals(state));
    }

    private static void deleteTree(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path largestLogFile() throws IOException {
        try (var files = Files.walk(olympus.data().resolve("hermes"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void flipBit(Path file, long position) throws IOException {
        try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(position);
            var old = raw.read();
            raw.seek(position);
            raw.write(old ^ 4);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
