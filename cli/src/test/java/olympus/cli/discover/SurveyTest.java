package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SurveyTest {

    /** Long enough for a source that does nothing, also on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static Source source(String name, Work work) {
        return new Source() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Sight look() throws IOException, InterruptedException {
                return work.look();
            }
        };
    }

    private interface Work {
        Source.Sight look() throws IOException, InterruptedException;
    }

    private static Source.Sight disk(String mountPoint) {
        return new Source.Sight.Seen(
                Inventory.ofDisks(List.of(new Inventory.Disk(mountPoint, "ext4", 2, 1))),
                List.of());
    }

    @Test
    void givesUpASourceThatHangsAndShowsTheOthers() throws Exception {
        var hangs = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        var result =
                Survey.of(
                        List.of(
                                source(
                                        "hangs",
                                        () -> {
                                            try {
                                                hangs.await();
                                            } catch (InterruptedException e) {
                                                interrupted.countDown();
                                                throw e;
                                            }
                                            return disk("/never");
                                        }),
                                source("disks", () -> disk("/"))),
                        SHORT);

        assertThat(result.inventory().disks()).hasSize(1);
        assertThat(result.sources())
                .extracting(Survey.Told::source, Survey.Told::outcome)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("hangs", Survey.Outcome.TIMED_OUT),
                        org.assertj.core.groups.Tuple.tuple("disks", Survey.Outcome.SEEN));
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void looksAtAllSourcesAtOnce() throws Exception {
        var both = new CountDownLatch(2);
        Work meeting =
                () -> {
                    both.countDown();
                    both.await();
                    return disk("/");
                };
        var result =
                Survey.of(
                        List.of(source("one", meeting), source("other", meeting)),
                        Duration.ofSeconds(10));

        assertThat(result.inventory().disks()).hasSize(2);
    }

    @Test
    void tellsASourceThatFailsAndOneThatIsNotThere() throws Exception {
        var result =
                Survey.of(
                        List.of(
                                source(
                                        "fails",
                                        () -> {
                                            throw new IOException("systemctl show ended with 1");
                                        }),
                                source("absent", () -> new Source.Sight.Absent("no such thing")),
                                source(
                                        "partly",
                                        () ->
                                                new Source.Sight.Seen(
                                                        Inventory.EMPTY, List.of("/root: no")))),
                        Duration.ofSeconds(10));

        assertThat(result.sources())
                .containsExactly(
                        new Survey.Told(
                                "fails",
                                Survey.Outcome.FAILED,
                                List.of("systemctl show ended with 1")),
                        new Survey.Told("absent", Survey.Outcome.ABSENT, List.of("no such thing")),
                        new Survey.Told("partly", Survey.Outcome.PARTLY, List.of("/root: no")));
    }
}
