package olympus.hermes.internal.loop;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import olympus.foundation.Clock;
import olympus.hermes.StoreStatus;
import olympus.hermes.StoreStatus.Role;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.HybridTime;
import olympus.hermes.log.LogDisk;
import olympus.hermes.log.ReplicatedLog;

/**
 * The status of the store, put together from its parts.
 *
 * <p>Threading: {@link #of} by the loop, {@link #now} by any thread.
 */
final class StatusPicture {

    private final String islandId;
    private final Clock clock;
    private final ReplicatedLog log;
    private final WatchRegistry watches;
    private final Proposals proposals;
    private final SnapshotSchedule snapshots;
    private boolean led;
    private Optional<Instant> asOf = Optional.empty();

    StatusPicture(
            String islandId,
            Clock clock,
            ReplicatedLog log,
            WatchRegistry watches,
            Proposals proposals,
            SnapshotSchedule snapshots) {
        this.islandId = islandId;
        this.clock = clock;
        this.log = log;
        this.watches = watches;
        this.proposals = proposals;
        this.snapshots = snapshots;
    }

    /** Of a member in {@code role}, which it holds under epoch {@code office} if it leads. */
    StoreStatus of(
            HermesState state,
            Role role,
            long office,
            Optional<String> leader,
            Optional<String> halted) {
        // A leader may see its successor's epoch before it is told that it leads no more.
        var deposed = role == Role.LEADER && state.epoch() != office;
        var standsAside = deposed || (halted.isPresent() && !log.group().alone());
        var known = standsAside ? Optional.<String>empty() : leader;
        look(known.isPresent(), state);
        return new StoreStatus(
                islandId,
                state.incarnation(),
                state.featureLevel(),
                state.epoch(),
                state.revision(),
                state.ring().compactRevision(),
                state.appliedIndex(),
                standsAside && role != Role.CLOSED ? Role.FOLLOWER : role,
                known,
                asOf,
                halted,
                Optional.empty(),
                new StoreStatus.Sizes(
                        state.entries(),
                        state.tableBytes(),
                        log.logBytes(),
                        watches.size(),
                        proposals.unanswered()),
                LogDisk.none(),
                snapshots.newest(),
                List.of());
    }

    /** Without a leader since this start, the newest entry tells how old the state is. */
    private void look(boolean leads, HermesState state) {
        if (leads) {
            asOf = Optional.empty();
        } else if (led) {
            asOf = Optional.of(clock.wall());
        } else if (asOf.isEmpty() && state.wall() > 0) {
            asOf = Optional.of(Instant.ofEpochMilli(HybridTime.millis(state.wall())));
        }
        led = leads;
    }

    /** With what the log and the files say at this moment: an idle loop publishes nothing. */
    StoreStatus now(StoreStatus published, Optional<String> archiveProblem) {
        var problems =
                Stream.of(snapshots.problem(), archiveProblem).flatMap(Optional::stream).toList();
        return published.with(
                log.refusal().map(rejected -> rejected.reason()), log.disk(), problems);
    }
}
