package olympus.hermes.internal.loop;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import olympus.hermes.MemberReport;
import olympus.hermes.log.Group;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has another member lead while this one takes no writes, because its disk is full: that is one
 * member's trouble and must not become everybody's.
 *
 * <p>Threading: the loop. Tried again, at most every {@link #PAUSE}, with each write that is
 * refused.
 */
final class HandOver {

    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final MemberReports reports;
    private final Group group;
    private final BooleanSupplier leads;
    private final Consumer<Runnable> loop;
    private final BiConsumer<Duration, Runnable> later;
    private boolean underWay;

    /**
     * Of a member.
     *
     * @param leads whether the log says so, also before this member has taken office: a full disk
     *     keeps it from that
     */
    HandOver(
            MemberReports reports,
            Group group,
            BooleanSupplier leads,
            Consumer<Runnable> loop,
            BiConsumer<Duration, Runnable> later) {
        this.reports = reports;
        this.group = group;
        this.leads = leads;
        this.loop = loop;
        this.later = later;
    }

    /** A write was refused, because this member's disk is full. */
    void refused() {
        if (underWay || !leads.getAsBoolean() || group.alone()) {
            return;
        }
        underWay = true;
        later.accept(PAUSE, () -> underWay = false);
        var _ = reports.askOthers(0).thenAccept(others -> loop.accept(() -> answered(others)));
    }

    private void answered(Map<String, Optional<MemberReport>> others) {
        if (leads.getAsBoolean()) {
            successor(others).ifPresent(this::handOverTo);
        }
    }

    private void handOverTo(String member) {
        LOG.atWarn()
                .addKeyValue("to", member)
                .log("The disk is full: another server, which has space, shall lead");
        var _ =
                group.transferLeadership(member)
                        .whenComplete((_, failure) -> {
                            if (failure != null) {
                                LOG.atWarn()
                                        .addKeyValue("to", member)
                                        .addKeyValue("cause", failure.toString())
                                        .log("It does not lead yet; tried again");
                            }
                        });
    }

    /** Of those that take writes the one that has most. */
    static Optional<String> successor(Map<String, Optional<MemberReport>> others) {
        return others.entrySet().stream()
                .filter(other -> other.getValue().filter(it -> it.refused().isEmpty()).isPresent())
                .max(
                        Comparator.comparing(other ->
                                other.getValue().map(MemberReport::appliedIndex).orElse(0L)))
                .map(Map.Entry::getKey);
    }
}
