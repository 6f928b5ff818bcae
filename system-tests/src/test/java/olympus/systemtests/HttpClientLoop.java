package olympus.systemtests;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A client that asks for a page again and again, each time over a new connection, and counts. */
final class HttpClientLoop implements AutoCloseable {

    private static final Duration BETWEEN = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final URI page;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final Thread thread;
    private volatile boolean ended;
    private volatile String failure = "";

    HttpClientLoop(int port) {
        page = URI.create("http://127.0.0.1:" + port + "/");
        thread = Thread.ofVirtual().name("client").start(this::ask);
    }

    private void ask() {
        var answered = System.nanoTime();
        while (!ended) {
            asked.incrementAndGet();
            if (isAnswered()) {
                var now = System.nanoTime();
                var gap = now - answered;
                longestGapNanos.accumulateAndGet(gap, Math::max);
                answered = now;
            } else {
                lost.incrementAndGet();
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private boolean isAnswered() {
        try {
            var connection = (HttpURLConnection) page.toURL().openConnection();
            connection.setConnectTimeout((int) PATIENCE.toMillis());
            connection.setReadTimeout((int) PATIENCE.toMillis());
            connection.setRequestProperty("Connection", "close");
            try (var body = connection.getInputStream()) {
                return body.readAllBytes().length > 0;
            }
        } catch (IOException e) {
            failure = e.toString();
            return false;
        }
    }

    /** What happened since this was last asked. */
    Counts counts() {
        var before = asked.get();
        // At least one whole request after whatever the test did.
        Eventually.becomes(
                Duration.ofSeconds(20), () -> "the client asks", () -> asked.get() > before + 1);
        return new Counts(
                asked.getAndSet(0),
                lost.getAndSet(0),
                Duration.ofNanos(longestGapNanos.getAndSet(0)),
                failure);
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /**
     * What a client saw.
     *
     * @param longestGap from an answer to the next
     * @param lastFailure in words; empty when there was none yet
     */
    record Counts(long asked, long lost, Duration longestGap, String lastFailure) {}
}
