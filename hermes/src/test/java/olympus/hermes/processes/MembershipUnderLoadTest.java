package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A group grows from one member to five and shrinks to three under clients that write and read
 * strictly all the time: what a client is refused has a reason that it can act upon, and nothing is
 * lost.
 */
final class MembershipUnderLoadTest {

    @TempDir private Path folder = Path.of(".");

    @Test
    void growsFromOneToFiveAndShrinksToThreeUnderStrictReads() throws Exception {
        growAndShrink(1, 1);
    }

    @Test
    @Tag("long")
    void growsAndShrinksTwentyTimesUnderStrictReads() throws Exception {
        growAndShrink(20, 2);
    }

    private void growAndShrink(int rounds, long seed) throws Exception {
        try (var group = new MemberGroup(folder)) {
            group.found("a");
            try (var clients = new HistoryClients(group)) {
                clients.roaming(5, seed).watching();
                for (var round = 0; round < rounds; round++) {
                    clients.awaitMore(30);
                    while (group.names().size() < 5) {
                        group.add("m" + group.started());
                        clients.awaitMore(30);
                    }
                    remove(group, clients, group.without(group.awaitLeader()).getFirst());
                    remove(group, clients, group.awaitLeader());
                }
                clients.endAndCheck();
                System.out.printf(
                        "%d answers, %d failures: %s%n",
                        clients.answered(),
                        clients.failures().size(),
                        clients.failures().stream().limit(5).toList());
                assertThat(clients.failures())
                        .allMatch(MembershipUnderLoadTest::tellsWhy)
                        .hasSizeLessThan(1 + clients.answered() / 20);
            }
        }
    }

    private static void remove(MemberGroup group, HistoryClients clients, String name) {
        group.remove(name);
        clients.awaitMore(30);
    }

    /** A question to a process that has been ended is the test's own doing. */
    private static boolean tellsWhy(String failure) {
        return failure.endsWith(": gone")
                || failure.contains("the process has ended before")
                || failure.contains("refused not written")
                || failure.contains("unknown not confirmed within")
                || failure.contains("no majority of the servers has confirmed the read");
    }
}
