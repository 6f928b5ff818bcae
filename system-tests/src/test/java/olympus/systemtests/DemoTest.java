package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./olympus demo}, as the first screen says it, on a data folder of the test's own. */
final class DemoTest {

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
