package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd is told by a real {@code olympus up}, received by a socket of the test's own. */
final class SystemdStartTest {

    private static final String RECEIVER =
            """
            import socket, sys
            server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            server.bind(sys.argv[1])
            print("bound", flush=True)
            while True:
                print(repr(server.recv(65536).decode()), flush=True)
            """;

    private static final Duration WATCHDOG = Duration.ofSeconds(2);

    @TempDir Path folder;

    @Test
    @Timeout(300)
    void saysReadyThenBeatsThenSaysThatItStops() throws Exception {
        var socket = folder.resolve("notify").toString();
        var receiver =
                new ProcessBuilder("python3", "-c", RECEIVER, socket)
                        .redirectErrorStream(true)
                        .start();
        var environment =
                Map.of(
                        "NOTIFY_SOCKET",
                        socket,
                        "WATCHDOG_USEC",
                        Long.toString(WATCHDOG.toNanos() / 1_000));
        try (var received = receiver.inputReader();
                var olympus = Installation.in(folder).withVariables(environment)) {
            assertThat(received.readLine()).isEqualTo("bound");
            var ready = olympus.up();

            awaitMessage(received, "READY=1\\nSTATUS=serves " + ready.address());
            for (var beat = 0; beat < 3; beat++) {
                var before = System.nanoTime();
                awaitMessage(received, "WATCHDOG=1");
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(WATCHDOG);
            }
            assertThat(olympus.terminate()).isZero();
            awaitMessage(received, "STOPPING=1");
        } finally {
            receiver.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** Reads on to a message that begins so; beats may come before it. */
    private static void awaitMessage(BufferedReader received, String beginning) throws IOException {
        var line = received.readLine();
        while (line != null && !line.startsWith("'" + beginning)) {
            assertThat(line).startsWith("'WATCHDOG=1");
            line = received.readLine();
        }
        assertThat(line).as("a message " + beginning).isNotNull();
    }
}
