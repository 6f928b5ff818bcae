package olympus.hermes.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import olympus.hermes.internal.ratis.TestAuthority;
import olympus.hermes.log.Eventually;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three members on three machines (network namespaces) whose network is cut under load, one way and
 * both ways: those who are a majority go on, whoever is not refuses writes and strict reads, and
 * after it has healed everyone takes part again; all the time histories are linearizable, nothing
 * acknowledged is lost and a watch misses nothing.
 */
final class PartitionsTest {

    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration AN_ELECTION_AND_MORE = Duration.ofMillis(2_500);
    private static final Duration LONG_CUT = Duration.ofSeconds(60);

    @TempDir private Path folder = Path.of(".");

    /** Where the network is cut. */
    private enum Cut {
        FOLLOWER_ALONE,
        LEADER_ALONE,
        LEADER_IS_NOT_HEARD,
        LEADER_DOES_NOT_HEAR,
        LEADER_AND_ONE_FOLLOWER_DO_NOT_REACH_EACH_OTHER
    }

    @Test
    void aMajorityGoesOnAndAMinorityRefusesWhereverTheNetworkIsCut() throws Exception {
        runCuts(Cut.values().length, 1, Duration.ZERO);
    }

    @Test
    @Tag("long")
    void aMajorityGoesOnAndAMinorityRefusesOverSixtyCuts() throws Exception {
        runCuts(60, 2, Duration.ZERO);
    }

    @Test
    @Tag("long")
    void everyoneComesBackSoonAfterACutOfAMinute() throws Exception {
        runCuts(4, 3, LONG_CUT);
    }

    private void runCuts(int cuts, long seed, Duration atLeast) throws Exception {
        var authority = new TestAuthority(Files.createDirectories(folder.resolve("authority")));
        try (var network = new TestNetwork(NAMES);
                var group = group(network, authority)) {
            group.found("a", "b", "c");
            try (var clients = new HistoryClients(group)) {
                clients.pinned(2, seed).watching();
                var times = new Times();
                var random = new SplittableRandom(seed);
                for (var n = 0; n < cuts; n++) {
                    clients.awaitMore(30);
                    var cut = Cut.values()[n % Cut.values().length];
                    new Round(network, group, cut, random, times).run(atLeast);
                }
                clients.endAndCheck();
                System.out.println(times);
            }
        }
    }

    private MemberGroup group(TestNetwork network, TestAuthority authority) {
        NAMES.forEach(name -> authority.issue(name, network.address(name)));
        return new MemberGroup(
                folder,
                plain ->
                        plain.at(network.address(plain.name()), folder.resolve("authority"))
                                .within(DEADLINE)
                                .under(network.on(plain.name())));
    }

    /** How long it took until the majority went on, and until everyone took part again. */
    private static final class Times {
        private final Map<Cut, List<Long>> untilWritten = new EnumMap<>(Cut.class);
        private final Map<Cut, List<Long>> untilHealed = new EnumMap<>(Cut.class);

        void written(Cut cut, long sinceNanos) {
            untilWritten.computeIfAbsent(cut, _ -> new ArrayList<>()).add(millis(sinceNanos));
        }

        void healed(Cut cut, long sinceNanos) {
            untilHealed.computeIfAbsent(cut, _ -> new ArrayList<>()).add(millis(sinceNanos));
        }

        private static long millis(long sinceNanos) {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
        }

        @Override
        public String toString() {
            return "ms until a majority wrote: %s\nms until all wrote after healing: %s"
                    .formatted(untilWritten, untilHealed);
        }
    }

    /** One cut, from a whole network to a whole network. */
    private record Round(
            TestNetwork network, MemberGroup group, Cut cut, SplittableRandom random, Times times) {

        void run(Duration atLeast) {
            var leader = group.awaitLeader();
            var followers = group.without(leader);
            var follower = followers.get(random.nextInt(2));
            var other = followers.get(1 - followers.indexOf(follower));
            var began = System.nanoTime();
            switch (cut) {
                case FOLLOWER_ALONE -> {
                    network.unplug(follower);
                    expect(List.of(leader, other), List.of(follower), began);
                }
                case LEADER_ALONE -> {
                    network.unplug(leader);
                    expect(followers, List.of(leader), began);
                }
                case LEADER_IS_NOT_HEARD -> {
                    followers.forEach(name -> network.mute(leader, name));
                    expect(followers, List.of(leader), began);
                }
                case LEADER_DOES_NOT_HEAR -> {
                    followers.forEach(name -> network.mute(name, leader));
                    expect(followers, List.of(leader), began);
                }
                case LEADER_AND_ONE_FOLLOWER_DO_NOT_REACH_EACH_OTHER -> {
                    network.mute(leader, follower);
                    network.mute(follower, leader);
                    LockSupport.parkNanos(AN_ELECTION_AND_MORE.toNanos());
                    expect(List.of(other), List.of(), System.nanoTime());
                }
            }
            LockSupport.parkNanos(atLeast.toNanos() - (System.nanoTime() - began));
            var healed = System.nanoTime();
            network.heal();
            group.names().forEach(this::awaitWritten);
            times.healed(cut, healed);
        }

        private void expect(List<String> majority, List<String> minority, long began) {
            majority.forEach(this::awaitWritten);
            times.written(cut, began);
            for (var name : minority) {
                // Asked before the cut was noticed, these may have been answered from before.
                var read = group.member(name).ask("get cut");
                var write = group.member(name).await("put cut/" + name + " 1");
                assertThat(read.join()).as("strict read at %s, %s", name, cut).startsWith("failed");
                assertThat(write).as("write at %s, %s", name, cut).matches("(refused|unknown) .+");
            }
        }

        private void awaitWritten(String name) {
            Eventually.holds(
                    name + " writes, " + cut,
                    () -> group.member(name).await("put works/" + name + " 1").startsWith("done"));
        }
    }
}
