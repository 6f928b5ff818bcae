package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ThreadEventLoopTest {

    private static ThreadEventLoop loop() {
        return new ThreadEventLoop(
                "test",
                (name, failure) -> {
                    throw new AssertionError("loop " + name + " failed", failure);
                });
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }

    @Test
    void runsTasksOfManyThreadsOneAfterTheOtherAndKeepsEachThreadsOrder() throws Exception {
        var seen = new ArrayList<Integer>();
        var inside = new AtomicInteger();
        try (var loop = loop()) {
            var done = new CountDownLatch(4);
            for (var thread = 0; thread < 4; thread++) {
                var base = thread * 10_000;
                Thread.ofVirtual()
                        .start(() -> {
                            for (var i = 0; i < 1_000; i++) {
                                var number = base + i;
                                loop.execute(() -> {
                                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                                    seen.add(number);
                                    inside.decrementAndGet();
                                });
                            }
                            done.countDown();
                        });
            }
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).hasSize(4_000);
        for (var thread = 0; thread < 4; thread++) {
            var base = thread * 10_000;
            assertThat(seen.stream().filter(n -> n / 10_000 == base / 10_000)).isSorted();
        }
    }

    @Test
    void runsATimerAfterItsDelayAndNotWhenCancelled() throws Exception {
        try (var loop = loop()) {
            var start = System.nanoTime();
            var ran = new CompletableFuture<Long>();
            var cancelled = new CompletableFuture<Long>();
            loop.schedule(Duration.ofMillis(20), () -> cancelled.complete(0L)).cancel();
            loop.schedule(Duration.ofMillis(40), () -> ran.complete(System.nanoTime() - start));

            assertThat(await(ran)).isGreaterThanOrEqualTo(Duration.ofMillis(40).toNanos());
            assertThat(cancelled).isNotDone();
        }
    }

    @Test
    void timersOfOneInstantRunInTheOrderOfScheduling() throws Exception {
        var seen = new ConcurrentLinkedQueue<Integer>();
        try (var loop = loop()) {
            var last = new CompletableFuture<Boolean>();
            for (var i = 0; i < 100; i++) {
                var number = i;
                loop.schedule(Duration.ZERO, () -> seen.add(number));
            }
            loop.schedule(Duration.ofMillis(30), () -> last.complete(true));
            await(last);
        }
        assertThat(List.copyOf(seen)).hasSize(100).isSorted();
    }

    @Test
    void anEscapedExceptionStopsTheLoopAndIsReportedOnce() throws Exception {
        var failure = new CompletableFuture<Throwable>();
        var loop = new ThreadEventLoop("broken", (name, thrown) -> failure.complete(thrown));
        loop.execute(() -> {
            throw new IllegalStateException("bug");
        });

        assertThat(await(failure)).hasMessage("bug");
        assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.schedule(Duration.ZERO, () -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void closeRunsWhatIsReadyAndRefusesWhatComesAfter() {
        var ran = new AtomicInteger();
        var loop = loop();
        for (var i = 0; i < 10; i++) {
            loop.execute(ran::incrementAndGet);
        }
        loop.close();

        assertThat(ran).hasValue(10);
        assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("test");
    }

    @Test
    void knowsItsOwnThread() throws Exception {
        try (var loop = loop()) {
            var inside = new CompletableFuture<Boolean>();
            loop.execute(() -> inside.complete(loop.inLoop()));
            assertThat(await(inside)).isTrue();
            assertThat(loop.inLoop()).isFalse();
        }
    }

    @Test
    @Timeout(60)
    void closingInterruptsATaskThatDoesNotEnd() throws InterruptedException {
        var never = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        var loop = new ThreadEventLoop("stuck", (_, _) -> {});
        loop.execute(() -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });

        loop.close();

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
