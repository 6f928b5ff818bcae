package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watch that moves to another member many times a second, while leaders are killed, sees every
 * change once and in order.
 */
final class WatchReconnectsTest {

    private static final Duration STAY = Duration.ofMillis(25);
    private static final Duration BETWEEN_KILLS = Duration.ofSeconds(3);

    @TempDir private Path folder = Path.of(".");

    @Test
    void missesNothingOverThreeHundredReconnectsWhileLeadersAreKilled() throws Exception {
        reconnect(300, 1);
    }

    @Test
    @Tag("long")
    void missesNothingOverTenThousandReconnectsWhileLeadersAreKilled() throws Exception {
        reconnect(10_000, 2);
    }

    private void reconnect(int times, long seed) throws Exception {
        try (var group = new MemberGroup(folder)) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.roaming(4, seed).watching(STAY);
                while (clients.watchMoves() < times) {
                    LockSupport.parkNanos(BETWEEN_KILLS.toNanos());
                    var leader = group.awaitLeader();
                    group.member(leader).kill();
                    group.restart(leader).awaitReady();
                }
                clients.endAndCheck();
                assertThat(clients.watchMoves()).isGreaterThanOrEqualTo(times);
            }
        }
    }
}
