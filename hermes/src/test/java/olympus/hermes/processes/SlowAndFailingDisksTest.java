package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members whose disks flush late, or fail to flush once, under load: slow ones hold nobody up for
 * longer than they are slow, a failed one stands aside loudly instead of going on as if it had kept
 * what it has not, and nothing acknowledged is lost.
 */
final class SlowAndFailingDisksTest {

    private static final Duration SLOW = Duration.ofMillis(20);
    private static final Duration STALL = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    @TempDir private Path folder = Path.of(".");

    @Test
    void goesOnWhileDisksOfAFollowerOfTheLeaderAndOfAllAreSlow() throws Exception {
        runSlow(1, 1);
    }

    @Test
    @Tag("long")
    void goesOnWhileDisksAreSlowTwentyTimes() throws Exception {
        runSlow(20, 2);
    }

    @Test
    void aMemberWhoseFlushFailedOnceStandsAsideLoudly() throws Exception {
        runFailures(1, 3);
    }

    @Test
    @Tag("long")
    void aMemberWhoseFlushFailedStandsAsideTwentyTimes() throws Exception {
        runFailures(20, 4);
    }

    private void runSlow(int rounds, long seed) throws Exception {
        var faults = new MachineFaults(folder.resolve("faults"));
        try (var group = group(faults)) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.pinned(2, seed).watching();
                for (var round = 0; round < rounds; round++) {
                    clients.awaitMore(20);
                    var leader = group.awaitLeader();
                    var follower = group.without(leader).getFirst();
                    for (var slow : List.of(List.of(follower), List.of(leader), group.names())) {
                        beSlow(faults, slow, SLOW, clients, 40);
                        beSlow(faults, slow, STALL, clients, 3);
                    }
                }
                clients.endAndCheck();
            }
        }
    }

    private static void beSlow(
            MachineFaults faults,
            List<String> members,
            Duration late,
            HistoryClients clients,
            int answers) {
        members.forEach(name -> faults.delay(name, late));
        clients.awaitMore(answers);
        members.forEach(name -> faults.delay(name, Duration.ZERO));
    }

    private void runFailures(int rounds, long seed) throws Exception {
        var faults = new MachineFaults(folder.resolve("faults"));
        try (var group = group(faults)) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.pinned(2, seed).watching();
                for (var round = 0; round < rounds; round++) {
                    clients.awaitMore(20);
                    fail(faults, group, group.without(group.awaitLeader()).getFirst(), clients);
                    clients.awaitMore(20);
                    fail(faults, group, group.awaitLeader(), clients);
                }
                clients.awaitMore(20);
                clients.endAndCheck();
            }
        }
    }

    private static void fail(
            MachineFaults faults, MemberGroup group, String name, HistoryClients clients)
            throws Exception {
        faults.failNext(name);
        Eventually.holds("a flush of " + name + " fails", () -> faults.failed(name));
        Eventually.holds(
                name + " has halted", () -> !group.member(name).await("status").endsWith(" -"));
        assertThat(group.member(name).await("get r1"))
                .startsWith("failed")
                .contains("cannot go on");
        assertThat(group.member(name).await("put works 1"))
                .startsWith("refused")
                .contains("cannot go on");
        assertThat(group.awaitLeader()).isNotEqualTo(name);
        clients.awaitMore(30);
        group.member(name).kill();
        group.restart(name).awaitReady();
    }

    private MemberGroup group(MachineFaults faults) {
        return new MemberGroup(
                folder, plain -> plain.within(DEADLINE).with(faults.environment(plain.name())));
    }
}
