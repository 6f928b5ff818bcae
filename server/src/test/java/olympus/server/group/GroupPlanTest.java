package olympus.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import olympus.hermes.log.Group.Member;
import olympus.hermes.log.Group.Members;
import olympus.model.NodeId;
import olympus.server.group.GroupPlan.Step;
import olympus.server.group.ServerRecord.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GroupPlanTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ONE = "one";
    private static final String TWO = "two-1";
    private static final String THREE = "three-1";

    private static ServerRecord server(String member, State state) {
        return new ServerRecord(
                member,
                new NodeId(new UUID(1, member.hashCode())),
                member,
                Optional.of("10.0.0.1:7402"),
                Optional.empty(),
                "https://10.0.0.1:7400",
                "0.1.0",
                Optional.of(2),
                START.plusSeconds(member.length()),
                state,
                Optional.empty());
    }

    private static Members present(String... members) {
        return new Members(
                List.of(members).stream().map(id -> new Member(id, "10.0.0.1", 7402)).toList());
    }

    private static Optional<Step> next(List<ServerRecord> wanted, Members present) {
        return GroupPlan.next(wanted, present, ONE, _ -> true);
    }

    @Test
    void nothingIsToBeDoneWhereTheMembersAreThoseThatAreWanted() {
        assertThat(next(List.of(server(ONE, State.MEMBER)), present(ONE))).isEmpty();
        assertThat(next(List.of(), present(ONE))).as("before the first record").isEmpty();
    }

    @Test
    void aNewcomerIsAddedAndThenSaidToBeAMember() {
        var wanted = List.of(server(ONE, State.MEMBER), server(TWO, State.JOINING));
        assertThat(next(wanted, present(ONE)))
                .contains(new Step.Add(new Member(TWO, "10.0.0.1", 7402)));
        assertThat(next(wanted, present(ONE, TWO)))
                .contains(new Step.Confirm(server(TWO, State.JOINING)));
    }

    @Test
    void oneThatLeavesIsRemovedAndThenForgotten() {
        var wanted = List.of(server(ONE, State.MEMBER), server(TWO, State.LEAVING));
        assertThat(next(wanted, present(ONE, TWO))).contains(new Step.Remove(TWO));
        assertThat(next(wanted, present(ONE)))
                .contains(new Step.Forget(server(TWO, State.LEAVING)));
    }

    @Test
    void theLeaderHandsOverBeforeItLeaves() {
        var wanted = List.of(server(ONE, State.LEAVING), server(TWO, State.MEMBER));
        assertThat(next(wanted, present(ONE, TWO))).contains(new Step.HandOver(ONE, TWO));
        assertThat(GroupPlan.next(wanted, present(ONE, TWO), TWO, _ -> true))
                .contains(new Step.Remove(ONE));
    }

    @Test
    void theLeaderStaysWhereNobodyElseIsAMember() {
        var wanted = List.of(server(ONE, State.LEAVING), server(TWO, State.JOINING));
        assertThat(GroupPlan.next(wanted, present(ONE), ONE, member -> !member.equals(TWO)))
                .isEmpty();
    }

    @Test
    void leavingComesBeforeJoining() {
        var wanted =
                List.of(
                        server(ONE, State.MEMBER),
                        server(TWO, State.JOINING),
                        server(THREE, State.LEAVING));
        assertThat(next(wanted, present(ONE, THREE))).contains(new Step.Remove(THREE));
    }

    @Test
    void whatFailedWaitsAndDoesNotHoldUpOthers() {
        var wanted =
                List.of(
                        server(ONE, State.MEMBER),
                        server(TWO, State.JOINING),
                        server(THREE, State.JOINING));
        assertThat(GroupPlan.next(wanted, present(ONE), ONE, member -> !member.equals(TWO)))
                .contains(new Step.Add(new Member(THREE, "10.0.0.1", 7402)));
    }

    /** A group of members that carries out each step, or not. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void endsWithTheWantedMembersWhateverFailsOnTheWay(long seed) {
        var random = new Random(seed);
        var wanted = new TreeMap<String, ServerRecord>();
        var present = new ArrayList<>(List.of(ONE));
        wanted.put(ONE, server(ONE, State.MEMBER));
        for (var n = 0; n < 4; n++) {
            wanted.put("new-" + n, server("new-" + n, State.JOINING));
        }
        var leader = ONE;
        for (var turn = 0; turn < 400; turn++) {
            if (turn < 40 && random.nextInt(6) == 0) {
                wanted.computeIfPresent(
                        "new-" + random.nextInt(4),
                        (_, server) -> server.in(State.LEAVING, Optional.empty()));
            }
            var step =
                    GroupPlan.next(
                            List.copyOf(wanted.values()),
                            present(present.toArray(String[]::new)),
                            leader,
                            _ -> true);
            if (step.isEmpty() || random.nextInt(3) == 0) {
                continue;
            }
            switch (step.get()) {
                case Step.Confirm(var server) ->
                        wanted.put(server.member(), server.in(State.MEMBER, Optional.empty()));
                case Step.Forget(var server) -> wanted.remove(server.member());
                case Step.HandOver(var from, var to) -> leader = to;
                case Step.Remove(var member) -> present.remove(member);
                case Step.Add(var newcomer) -> present.add(newcomer.id());
            }
            assertThat(present).doesNotHaveDuplicates().contains(leader);
        }
        assertThat(present).containsExactlyInAnyOrderElementsOf(wanted.keySet());
        assertThat(wanted.values()).allMatch(server -> server.state() == State.MEMBER);
    }
}
