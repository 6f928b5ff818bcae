package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.HermesState;

/** What a leader does beside taking writes: raising the feature level, comparing hashes. */
final class LeaderDuties {

    private final LevelRise levels;
    private final HashComparison hashes;

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
            Supplier<Optional<HermesState>> led,
            Consumer<Runnable> loop,
            BiConsumer<Duration, Runnable> later,
            Consumer<Command> propose) {
        this.levels = new LevelRise(reports, led, loop, later, propose);
        this.hashes = new HashComparison(reports, led, loop, propose);
    }

    void tookOffice(long epoch) {
        levels.tookOffice(epoch);
    }

    void applied(long index) {
        hashes.applied(index);
    }
}
