package olympus.systemtests.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import olympus.foundation.OlympusException;
import olympus.foundation.SystemdNotifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What systemd would receive, received by a socket of the test's own. */
@Timeout(60)
final class SystemdNotifierTest {

    private static final String RECEIVER =
            """
            import socket, sys
            name = sys.argv[1]
            server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            server.bind("\\0" + name[1:] if name.startswith("@") else name)
            print("bound", flush=True)
            while True:
                print(repr(server.recv(65536).decode()), flush=True)
            """;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsSystemdWhatHappens(boolean abstractName) throws Exception {
        var socket = (abstractName ? "@" : "") + folder.resolve("notify");
        var receiver =
                new ProcessBuilder("python3", "-c", RECEIVER, socket)
                        .redirectErrorStream(true)
                        .start();
        try (var received = receiver.inputReader()) {
            assertThat(received.readLine()).isEqualTo("bound");
            var notifier = SystemdNotifier.from(Map.of("NOTIFY_SOCKET", socket), 1);

            notifier.ready("supervising 3 instances");
            assertNext(received, "'READY=1\\nSTATUS=supervising 3 instances'");
            notifier.alive();
            assertNext(received, "'WATCHDOG=1'");
            notifier.status("line\nbreaks are removed");
            assertNext(received, "'STATUS=line breaks are removed'");
            notifier.stopping("instances are left running");
            assertNext(received, "'STOPPING=1\\nSTATUS=instances are left running'");
            notifier.status("x".repeat(100_000));
            assertThat(received.readLine()).hasSizeLessThan(1_100);
        } finally {
            receiver.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void saysNothingWithoutSystemd() throws IOException {
        var notifier = SystemdNotifier.from(Map.of("WATCHDOG_USEC", "30000000"), 1);
        notifier.ready("nobody listens");
        assertThat(notifier.watchdogInterval()).isEmpty();
    }

    @Test
    void theWatchdogIsFedTwiceAsOftenAsItAsks() {
        var environment =
                Map.of("NOTIFY_SOCKET", "/run/x", "WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "7");
        assertThat(SystemdNotifier.from(environment, 7).watchdogInterval())
                .contains(Duration.ofSeconds(15));
        assertThat(SystemdNotifier.from(environment, 8).watchdogInterval()).isEmpty();
    }

    @Test
    void aSocketThatIsGoneIsNamedInTheError() {
        var gone = folder.resolve("gone").toString();
        var notifier = SystemdNotifier.from(Map.of("NOTIFY_SOCKET", gone), 1);
        assertThatThrownBy(notifier::alive)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(gone)
                .hasMessageContaining("errno 2");
    }

    @Test
    void aMalformedEnvironmentIsRefused() {
        for (var socket : new String[] {"relative", "/" + "x".repeat(108)}) {
            assertThatThrownBy(() -> SystemdNotifier.from(Map.of("NOTIFY_SOCKET", socket), 1))
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining("NOTIFY_SOCKET");
        }
        assertThatThrownBy(() ->
                        SystemdNotifier.from(
                                Map.of("NOTIFY_SOCKET", "/run/x", "WATCHDOG_USEC", "soon"), 1))
                .hasMessageContaining("WATCHDOG_USEC is \"soon\"");
    }

    private static void assertNext(BufferedReader received, String expected) throws IOException {
        assertThat(received.readLine()).isEqualTo(expected);
    }
}
