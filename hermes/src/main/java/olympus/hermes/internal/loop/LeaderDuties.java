package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.log.ReplicatedLog;

/**
 * What a leader does beside taking writes: raising the feature level, comparing hashes, handing
 * over when its disk is full.
 */
final class LeaderDuties {

    private final LevelRise levels;
    private final HashComparison hashes;
    private final HandOver handOver;

    /**
     * Of a member.
     *
     * @param led the state while this member leads
     * @param loop runs a task there
     * @param later runs a task there after a while
     * @param propose writes a command
     */
    LeaderDuties(
            MemberReports reports,
            ReplicatedLog log,
            Supplier<Optional<HermesState>> led,
            Consumer<Runnable> loop,
            BiConsumer<Duration, Runnable> later,
            Consumer<Command> propose) {
        this.levels = new LevelRise(reports, led, loop, later, propose);
        this.hashes = new HashComparison(reports, led, loop, propose);
        this.handOver =
                new HandOver(reports, log.group(), () -> log.leadership().leader(), loop, later);
    }

    void tookOffice(long epoch) {
        levels.tookOffice(epoch);
    }

    /** A write was refused, because the disk is full. */
    void diskFull() {
        handOver.refused();
    }

    void applied(long index) {
        hashes.applied(index);
    }
}
