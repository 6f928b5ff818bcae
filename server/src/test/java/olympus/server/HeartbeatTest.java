package olympus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import olympus.foundation.simulation.SimulatedClock;
import olympus.foundation.simulation.SimulatedLoop;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

    private static final Duration INTERVAL = Duration.ofSeconds(15);

    @Test
    void tellsOnlyWhatCameThroughEveryLoop() {
        var stuck = new ArrayDeque<Runnable>();
        var told = new AtomicInteger();
        var ended = new AtomicBoolean();
        var clock = new SimulatedLoop(new SimulatedClock(Instant.parse("2026-11-21T00:00:00Z")));
        new Heartbeat(
                        clock,
                        () -> List.of(Runnable::run, stuck::add),
                        INTERVAL,
                        told::incrementAndGet)
                .beatUntil(ended::get);

        clock.runFor(INTERVAL.multipliedBy(2));
        assertThat(told).hasValue(0);

        stuck.forEach(Runnable::run);
        assertThat(told.get()).isPositive();

        ended.set(true);
        var before = stuck.size();
        clock.runFor(INTERVAL.multipliedBy(3));
        assertThat(stuck).hasSize(before);
    }
}
