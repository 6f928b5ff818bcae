package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import olympus.agent.Eventually;
import olympus.agent.Specs;
import olympus.model.NodeId;
import olympus.model.stack.Probe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProberTest {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Duration BUSY_MACHINE = Duration.ofSeconds(8);

    @TempDir Path folder;

    @Test
    void answersInTimeWhenNoNameServerDoes() throws InterruptedException {
        var never = new CountDownLatch(1);
        var prober =
                prober(host -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return InetAddress.getLoopbackAddress();
                });
        try {
            for (var n = 0; n < Lookups.PARALLEL + 4; n++) {
                var answer = ask(prober, new Probe.Target.Tcp("host-" + n + ".example:80"), 1);
                assertThat(answer.passed()).isFalse();
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void answersInTimeWhenATlsHandshakeComesByteByByte() throws IOException, InterruptedException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var dripping = Thread.ofVirtual().start(() -> drip(server));
            var url = "https://127.0.0.1:" + server.getLocalPort() + "/";

            var answer = ask(prober(InetAddress::getByName), new Probe.Target.Http(url), TIMEOUT);

            assertThat(answer.message()).isEqualTo("GET %s: no answer within 500ms".formatted(url));
            dripping.interrupt();
        }
    }

    @Test
    void leavesNothingBehindOfACommandWhoseChildKeepsTheOutputOpen()
            throws IOException, InterruptedException {
        var command =
                new Probe.Target.Command(
                        List.of(
                                "/bin/sh",
                                "-c",
                                "sleep 600 & echo $! >> %s/pids; echo broken; exit 3"
                                        .formatted(folder)));
        var before = descriptors();
        for (var n = 0; n < 8; n++) {
            assertThat(ask(prober(InetAddress::getByName), command, BUSY_MACHINE).message())
                    .endsWith("exited with 3: broken");
        }
        assertThat(descriptors()).isLessThan(before + 8);
        for (var pid : Files.readAllLines(folder.resolve("pids"))) {
            Eventually.check(() ->
                    assertThat(ProcFs.stat(Long.parseLong(pid)).filter(stat -> !stat.isZombie()))
                            .isEmpty());
        }
    }

    @Test
    void endsACommandThatWritesWithoutEnd() throws InterruptedException {
        var answer =
                ask(
                        prober(InetAddress::getByName),
                        new Probe.Target.Command(List.of("yes")),
                        TIMEOUT);

        assertThat(answer.message()).isEqualTo("yes did not end within 500ms");
    }

    private static void drip(ServerSocket server) {
        try (var socket = server.accept()) {
            // A TLS record that announces 16 KiB.
            socket.getOutputStream().write(new byte[] {0x16, 3, 3, 0x40, 0});
            while (!Thread.currentThread().isInterrupted()) {
                socket.getOutputStream().write(0);
                LockSupport.parkNanos(20_000_000);
            }
        } catch (IOException closed) {
            return;
        }
    }

    private static Prober prober(Lookups.Resolver resolver) {
        return new Prober(
                new Accounts(Posix.effectiveUser()),
                new InstanceFolders(Path.of("/nonexistent"), new NodeId(new UUID(0, 1))),
                new Lookups(resolver));
    }

    private Prober.Answer ask(Prober prober, Probe.Target target, int millis)
            throws InterruptedException {
        return ask(prober, target, Duration.ofMillis(millis));
    }

    private Prober.Answer ask(Prober prober, Probe.Target target, Duration timeout)
            throws InterruptedException {
        var spec = Specs.of(folder, "first/web.1", "true").probe(target, timeout, timeout, 1);
        var begun = System.nanoTime();
        var answer =
                prober.ask(spec.build(), spec.build().definition().probe().orElseThrow(), Map.of());
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isLessThan(timeout.plus(BUSY_MACHINE));
        return answer;
    }

    private static int descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }
}
