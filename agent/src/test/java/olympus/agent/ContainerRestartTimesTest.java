package olympus.agent;

import static olympus.agent.ContainerWorld.assign;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import olympus.engine.OwnDocker;
import olympus.model.stack.RecoveryPolicy;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** From a killed container to one that runs again, beside the engine's own restart. */
@Tag("long")
class ContainerRestartTimesTest {

    private static final String WEB = "first/web.1";
    private static final int KILLS = 50;

    /** The engine doubles its pause each time; more of them take very long. */
    private static final int KILLS_OF_PEER = 8;

    @RegisterExtension static final ContainerWorld<OwnDocker> world = ContainerWorld.docker();

    @TempDir Path folder;

    @Test
    void restartsFastFiftyTimes() {
        var ours = ours();
        var peers = peers();
        System.out.printf(
                "container killed to running again: p50 %d ms, p99 %d ms (%d kills);"
                        + " docker --restart=always: p50 %d ms, slowest %d ms (%d kills)%n",
                ours[KILLS / 2],
                ours[KILLS * 99 / 100],
                KILLS,
                peers[KILLS_OF_PEER / 2],
                peers[KILLS_OF_PEER - 1],
                KILLS_OF_PEER);
        assertThat(ours[KILLS * 99 / 100]).isLessThan(2_000);
    }

    private long[] ours() {
        var times = new long[KILLS];
        try (var agent = world.agent(folder)) {
            assign(
                    agent,
                    Containers.sleeping(WEB)
                            .recovery(before ->
                                    new RecoveryPolicy(
                                            RecoveryPolicy.Restart.ALWAYS,
                                            1_000,
                                            Duration.ofMinutes(2),
                                            new RecoveryPolicy.Backoff(
                                                    Duration.ofMillis(1), Duration.ofMillis(1)),
                                            RecoveryPolicy.Then.REPORT)));
            var pid = agent.awaitRunning(WEB).pid();
            for (var round = 0; round < KILLS; round++) {
                var dead = pid;
                var begun = System.nanoTime();
                ProcessHandle.of(dead).orElseThrow().destroyForcibly();
                pid =
                        agent.await(
                                        WEB,
                                        seen -> seen.state() == State.RUNNING && seen.pid() != dead)
                                .pid();
                times[round] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            }
        }
        Arrays.sort(times);
        return times;
    }

    private static long[] peers() {
        world.engine()
                .command(
                        "run",
                        "-d",
                        "--name",
                        "peer",
                        "--restart",
                        "always",
                        "busybox:test",
                        "sleep",
                        "600");
        var times = new long[KILLS_OF_PEER];
        for (var round = 0; round < KILLS_OF_PEER; round++) {
            var pid = pid();
            var begun = System.nanoTime();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            while (pid() == 0 || pid() == pid) {
                LockSupport.parkNanos(1_000_000);
            }
            times[round] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        }
        Arrays.sort(times);
        return times;
    }

    private static long pid() {
        return Long.parseLong(world.inspect("peer", "{{.State.Pid}}"));
    }
}
