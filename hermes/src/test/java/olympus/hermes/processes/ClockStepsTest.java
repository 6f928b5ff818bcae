package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One member's wall clock is stepped by an hour under load, forwards and back, on the leader and on
 * a follower: leases end when their time has passed and not before, and histories stay
 * linearizable.
 */
final class ClockStepsTest {

    private static final List<Duration> STEPS = List.of(Duration.ofHours(1), Duration.ofHours(-1));

    /** Longer than a step and the look behind it take on any machine. */
    private static final long LONG_LEASE_MILLIS = 600_000;

    private static final long SHORT_LEASE_MILLIS = 2_000;

    @TempDir private Path folder = Path.of(".");

    @Test
    void leasesAndHistoriesHoldWhileAClockIsStepped() throws Exception {
        stepClocks(1, 1);
    }

    @Test
    @Tag("long")
    void leasesAndHistoriesHoldOverManySteps() throws Exception {
        stepClocks(25, 2);
    }

    private void stepClocks(int rounds, long seed) throws Exception {
        var faults = new MachineFaults(folder.resolve("faults"));
        try (var group =
                new MemberGroup(folder, plain -> plain.with(faults.environment(plain.name())))) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.pinned(2, seed).watching();
                var other = group.names().getFirst();
                assertThat(group.member(other).await("lease kept " + LONG_LEASE_MILLIS))
                        .startsWith("done");
                for (var round = 0; round < rounds; round++) {
                    for (var step : STEPS) {
                        var leader = group.awaitLeader();
                        var follower = group.without(leader).getFirst();
                        stepAndLook(faults, group, clients, leader, step);
                        stepAndLook(faults, group, clients, follower, step);
                    }
                }
                clients.endAndCheck();
            }
        }
    }

    private static void stepAndLook(
            MachineFaults faults,
            MemberGroup group,
            HistoryClients clients,
            String name,
            Duration step)
            throws IOException {
        var member = group.member(name);
        Eventually.holds(
                "a lease is granted and used before it ends",
                () -> member.await("lease short " + SHORT_LEASE_MILLIS).startsWith("done"));
        faults.stepClock(name, step);
        clients.awaitMore(40);
        assertThat(member.await("get kept")).as("a lease of ten minutes").isEqualTo("value 1");
        Eventually.holds(
                "a lease of %d ms ends after the clock of %s went to %s"
                        .formatted(SHORT_LEASE_MILLIS, name, step),
                () -> member.await("get short").equals("value 0"));
    }
}
