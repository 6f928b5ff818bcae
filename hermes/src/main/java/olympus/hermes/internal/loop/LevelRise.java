package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.hermes.MemberReport;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.HermesState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Switches new behaviour on once every voter understands it: the leader asks them all, and writes
 * the level that the oldest of them supports. A voter that does not answer may be an older one:
 * then nothing rises. There is no way back.
 *
 * <p>Threading: the loop. Asks again every {@link #AGAIN} while there is something to rise to.
 */
final class LevelRise {

    private static final Logger LOG = LoggerFactory.getLogger(LevelRise.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final MemberReports reports;
    private final Supplier<Optional<HermesState>> led;
    private final Consumer<Runnable> loop;
    private final BiConsumer<Duration, Runnable> later;
    private final Consumer<Command> propose;
    private long office;

    /**
     * Of a member.
     *
     * @param led the state while this member leads
     * @param loop runs a task there
     * @param propose writes a command; whether it comes through shows in the state
     */
    LevelRise(
            MemberReports reports,
            Supplier<Optional<HermesState>> led,
            Consumer<Runnable> loop,
            BiConsumer<Duration, Runnable> later,
            Consumer<Command> propose) {
        this.reports = reports;
        this.led = led;
        this.loop = loop;
        this.later = later;
        this.propose = propose;
    }

    /** This member has begun to lead. */
    void tookOffice(long epoch) {
        office = epoch;
        ask(epoch);
    }

    private void ask(long epoch) {
        if (toRise(epoch).isPresent()) {
            var _ =
                    reports.askOthers(0)
                            .thenAccept(others -> loop.accept(() -> answered(epoch, others)));
        }
    }

    private void answered(long epoch, Map<String, Optional<MemberReport>> others) {
        toRise(epoch)
                .ifPresent(state -> {
                    var common = common(state.featureLevel(), others);
                    if (common > state.featureLevel()) {
                        LOG.atInfo()
                                .addKeyValue("level", common)
                                .log("Every server supports it: raising");
                        propose.accept(new Command.RaiseFeatureLevel(common));
                    }
                    later.accept(AGAIN, () -> ask(epoch));
                });
    }

    private Optional<HermesState> toRise(long epoch) {
        return led.get()
                .filter(_ -> epoch == office)
                .filter(state -> state.featureLevel() < HermesState.SUPPORTED_FEATURE_LEVEL)
                .filter(_ -> reports.knowsTheGroup());
    }

    /** What the oldest of them supports; one that did not answer may support no more than now. */
    static int common(int present, Map<String, Optional<MemberReport>> others) {
        var lowest = HermesState.SUPPORTED_FEATURE_LEVEL;
        for (var other : others.values()) {
            lowest = Math.min(lowest, other.map(MemberReport::supportedLevel).orElse(present));
        }
        return lowest;
    }
}
