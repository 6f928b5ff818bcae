package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RemainsTest {

    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration RUNS_OUT = Duration.ofSeconds(20);

    private final List<Long> there = new ArrayList<>(List.of(7L));
    private final List<Long> killed = new ArrayList<>();

    @Test
    void neverSaysThatNothingIsLeftOfWhatCannotBeKilled() {
        assertThat(new Remains(() -> there, killed::add).end(System.nanoTime(), SOON))
                .isEqualTo(new Remains.Outcome.Left("processes [7] are still there"));
        assertThat(killed).contains(7L);
    }

    @Test
    void killsOnlyWhenTheGraceIsOver() {
        var killAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        var outcome =
                new Remains(
                                () -> List.copyOf(there),
                                pid -> {
                                    assertThat(System.nanoTime() - killAt).isNotNegative();
                                    there.remove(pid);
                                })
                        .end(killAt, RUNS_OUT);
        assertThat(outcome).isEqualTo(new Remains.Outcome.Gone(1));
    }

    @Test
    void doesNotTakeAnUnreadableTableForAnEmptyOne() {
        var unreadable = new UncheckedIOException(new IOException("too many open files"));
        var outcome =
                new Remains(
                                () -> {
                                    throw unreadable;
                                },
                                killed::add)
                        .end(System.nanoTime(), SOON);
        assertThat(outcome).isInstanceOf(Remains.Outcome.Left.class);
    }
}
