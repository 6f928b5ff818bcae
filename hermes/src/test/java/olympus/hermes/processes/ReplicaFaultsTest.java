package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members in processes of their own under clients that write and read at all of them, while
 * leaders are killed, stopped for longer than an election takes, and asked to hand over: every
 * history is linearizable, nothing acknowledged is lost, nothing is applied twice, and a watch that
 * is resumed on another member misses nothing.
 */
final class ReplicaFaultsTest {

    private static final int CLIENTS = 5;
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(1_500);

    @TempDir private Path folder = Path.of(".");

    @Test
    void historiesAreLinearizableWhileLeadersAreKilledAndStopped() throws Exception {
        runFaults(9, 1);
    }

    @Test
    @Tag("long")
    void historiesAreLinearizableOverThreeHundredFaultsAHundredOfThemPauses() throws Exception {
        runFaults(300, 2);
    }

    private void runFaults(int faults, long seed) throws Exception {
        try (var group = new MemberGroup(folder)) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.roaming(CLIENTS, seed).watching();
                var random = new SplittableRandom(seed);
                for (var n = 0; n < faults; n++) {
                    LockSupport.parkNanos(BETWEEN_FAULTS.toNanos());
                    fault(group, n, random);
                }
                group.awaitLeader();
                LockSupport.parkNanos(BETWEEN_FAULTS.toNanos());
                clients.endAndCheck();
            }
        }
    }

    private static void fault(MemberGroup group, int number, SplittableRandom random)
            throws IOException {
        var leader = group.leader();
        if (leader.isEmpty()) {
            return;
        }
        var member = group.member(leader);
        switch (number % 3) {
            case 0 -> {
                member.stop();
                LockSupport.parkNanos(random.nextInt(700, 3_000) * 1_000_000L);
                member.goOn();
            }
            case 1 -> {
                member.kill();
                group.restart(leader).awaitReady();
            }
            default -> {
                var names = group.names();
                var to = names.get((names.indexOf(leader) + 1) % names.size());
                assertThat(member.await("transfer " + to)).isNotEqualTo("gone");
            }
        }
    }
}
