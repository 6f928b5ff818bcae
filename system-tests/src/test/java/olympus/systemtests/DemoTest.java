package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./olympus demo}, as the first screen says it, on a data folder of the test's own. */
final class DemoTest {

    private static final Duration SEVERAL_SERVERS_WITHIN = Duration.ofMinutes(3);

    @TempDir Path folder;

    @Test
    void appliesTheExampleSaysSoAndEndsItOnceToldTo() throws Exception {
        try (var olympus = Installation.in(folder)) {
            var output = folder.resolve("demo.log");
            var demo =
                    new ProcessBuilder(
                                    "./olympus",
                                    "demo",
                                    "--stop-services",
                                    "--listen",
                                    "127.0.0.1:0",
                                    "--data-dir",
                                    olympus.data().toString())
                            .directory(Installation.root().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            try {
                Eventually.becomes(
                        Installation.START_DEADLINE,
                        () -> "the demo tells what came of it:\n" + text(output),
                        () -> text(output).contains("Ctrl-C stops Olympus"));
                // The example's ports may be taken on this machine: then it must not claim success.
                var applied =
                        olympus.json("stacks").path("stacks").path(0).path("stack").asString("");
                assertThat(text(output)).contains("ready in ");
                if (applied.equals("first")) {
                    assertThat(text(output)).contains("The example stack is applied");
                    olympus.awaitRunning("first/crasher.1");
                } else {
                    assertThat(text(output)).contains("NOT applied");
                }
            } finally {
                demo.destroy();
                assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(demo.exitValue()).isZero();
        }
    }

    @Test
    void saysThatTheExampleWasRefusedWhenAnotherStackHasItsPorts() throws Exception {
        try (var olympus = Installation.in(folder)) {
            olympus.up();
            olympus.apply(
                    olympus.stack(
                            "other",
                            """
                            services:
                              squatter:
                                process: { command: [sleep, "600"] }
                                ports: ["8081-8082"]
                                deploy: { replicas: 2 }
                            """));
            olympus.terminate();

            var output = folder.resolve("demo.log");
            var demo =
                    new ProcessBuilder(
                                    "./olympus",
                                    "demo",
                                    "--stop-services",
                                    "--listen",
                                    "127.0.0.1:0",
                                    "--data-dir",
                                    olympus.data().toString())
                            .directory(Installation.root().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            try {
                Eventually.becomes(
                        Installation.START_DEADLINE,
                        () -> "the demo tells what came of it:\n" + text(output),
                        () -> text(output).contains("Ctrl-C stops Olympus"));
                assertThat(text(output)).contains("NOT applied").doesNotContain("is applied.");
            } finally {
                demo.destroy();
                assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void threeServersRunOnThisMachineAndOneMayBeKilled() throws Exception {
        try (var olympus = Installation.in(folder)) {
            var output = folder.resolve("demo.log");
            var demo =
                    new ProcessBuilder(
                                    "./olympus",
                                    "demo",
                                    "--servers",
                                    "3",
                                    "--stop-services",
                                    "--listen",
                                    "127.0.0.1:" + threeTimesThreePorts(),
                                    "--data-dir",
                                    olympus.data().toString())
                            .directory(Installation.root().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            var others = new ArrayList<ProcessHandle>();
            try {
                Eventually.becomes(
                        SEVERAL_SERVERS_WITHIN,
                        () -> "three servers run:\n" + text(output),
                        () -> text(output).contains("The island has 3 servers now"));
                others.addAll(demo.children().toList());
                assertThat(others).hasSize(2);
                assertThat(others)
                        .allSatisfy(other -> assertThat(text(output)).contains("" + other.pid()));

                var said = text(output);
                var handOver = Pattern.compile("transfer-leader (\\S+)").matcher(said);
                var kill = Pattern.compile("kill -9 (\\d+)").matcher(said);
                assertThat(handOver.find() && kill.find()).as(said).isTrue();
                var leads = olympus.olympus("servers", "transfer-leader", handOver.group(1));
                assertThat(leads.out()).contains("leads now");
                ProcessHandle.of(Long.parseLong(kill.group(1))).orElseThrow().destroyForcibly();
                Eventually.becomes(
                        SEVERAL_SERVERS_WITHIN,
                        () -> "another leads:\n" + olympus.olympus("servers").out(),
                        () -> {
                            var servers = olympus.olympus("servers").out();
                            return servers.contains("no answer") && servers.contains("leader");
                        });
                others.add(ProcessHandle.of(olympus.awaitRunning("first/web.1")).orElseThrow());
            } finally {
                demo.destroy();
                assertThat(demo.waitFor(90, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(demo.exitValue()).isZero();
            assertThat(others).noneMatch(ProcessHandle::isAlive);
        }
    }

    /** The first of three ports in a row, ten and twenty above which three more are free each. */
    private static int threeTimesThreePorts() {
        var random = new Random();
        while (true) {
            var first = random.nextInt(10_000, 30_000);
            if (IntStream.of(0, 1, 2, 10, 11, 12, 20, 21, 22)
                    .allMatch(more -> isFree(first + more))) {
                return first;
            }
        }
    }

    private static boolean isFree(int port) {
        try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    @Test
    void anEvenNumberOfServersIsRefused() {
        try (var olympus = Installation.in(folder)) {
            var run =
                    olympus.run(
                            List.of(Installation.launcher(), "demo", "--servers", "2"),
                            Map.of("OLYMPUS_DATA_DIR", olympus.data().toString()));
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("--servers 2: 1, 3 or 5 are right");
        }
    }

    @Test
    void wrongUsageOfUpEndsWithTwo() {
        try (var olympus = Installation.in(folder)) {
            var run =
                    olympus.run(
                            List.of(Installation.launcher(), "up", "--listen", "nonsense"),
                            Map.of("OLYMPUS_DATA_DIR", olympus.data().toString()));
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("nonsense").contains("HOST:PORT");
            assertThat(olympus.olympus("--version").out()).matches("olympus [0-9]+\\.\\S+\\s*");
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
