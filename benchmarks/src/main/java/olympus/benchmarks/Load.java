package olympus.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What callers experienced who each wait for the answer before they call again. */
final class Load {

    private static final long PATIENCE_SECONDS = 60;

    private final double[] micros;
    private final Duration span;

    Load(double[] micros, Duration span) {
        this.micros = micros;
        this.span = span;
    }

    /** Microseconds of every call that was answered within the span. */
    double[] micros() {
        return micros;
    }

    /** Calls a second. */
    double rate() {
        return micros.length / (span.toNanos() / 1e9);
    }

    /** A call that returns when it is answered. */
    interface Blocking {
        void call(int caller, long n) throws Exception;
    }

    /** A call that returns at once, and tells later what went wrong, if anything did. */
    interface Asynchronous {
        void call(int caller, long n, Consumer<Optional<Throwable>> done);
    }

    /** By callers on virtual threads. */
    static Load blocking(int callers, Duration span, Blocking call) throws InterruptedException {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var times = times(callers);
        var end = System.nanoTime() + span.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var caller = 0; caller < callers; caller++) {
                var self = caller;
                threads.execute(() -> {
                    try {
                        for (var n = 0L; ; n++) {
                            var start = System.nanoTime();
                            if (start >= end) {
                                return;
                            }
                            call.call(self, n);
                            times[self].add(start, end);
                        }
                    } catch (Exception e) {
                        failures.add(e);
                    }
                });
            }
        }
        return of(times, span, failures);
    }

    /** By callers that need no thread: each calls again on the thread that brings its answer. */
    static Load asynchronous(int callers, Duration span, Asynchronous call)
            throws InterruptedException {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var times = times(callers);
        var left = new CountDownLatch(callers);
        var end = System.nanoTime() + span.toNanos();
        for (var caller = 0; caller < callers; caller++) {
            new Chain(caller, call, times[caller], end, failures, left).next(0);
        }
        if (!left.await(span.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "%d of %d callers have no answer".formatted(left.getCount(), callers));
        }
        return of(times, span, failures);
    }

    private static Load of(Times[] times, Duration span, Collection<Throwable> failures) {
        for (var failure : failures) {
            throw new IllegalStateException(failures.size() + " calls failed", failure);
        }
        return new Load(
                Stream.of(times).flatMapToDouble(one -> Arrays.stream(one.toArray())).toArray(),
                span);
    }

    private static Times[] times(int callers) {
        return IntStream.range(0, callers).mapToObj(_ -> new Times()).toArray(Times[]::new);
    }

    /** One caller's calls, one after the other. */
    private record Chain(
            int caller,
            Asynchronous call,
            Times times,
            long end,
            ConcurrentLinkedQueue<Throwable> failures,
            CountDownLatch left) {

        void next(long n) {
            var start = System.nanoTime();
            if (start >= end) {
                left.countDown();
                return;
            }
            call.call(
                    caller,
                    n,
                    problem -> {
                        if (problem.isPresent()) {
                            failures.add(problem.get());
                            left.countDown();
                        } else {
                            times.add(start, end);
                            next(n + 1);
                        }
                    });
        }
    }

    /** Microseconds of one caller's calls. */
    private static final class Times {

        private double[] micros = new double[256];
        private int count;

        void add(long start, long end) {
            var now = System.nanoTime();
            if (now > end) {
                return;
            }
            if (count == micros.length) {
                micros = Arrays.copyOf(micros, 2 * count);
            }
            micros[count++] = (now - start) / 1e3;
        }

        double[] toArray() {
            return Arrays.copyOf(micros, count);
        }
    }
}
