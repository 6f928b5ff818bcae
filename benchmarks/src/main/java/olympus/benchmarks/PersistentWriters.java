package olympus.benchmarks;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writers that never give up: each writes to one member, waits for the answer, and turns to the
 * next member when there is none in time. So they go on when the leader dies.
 */
final class PersistentWriters implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private final List<KvClient> members;
    private final Duration patience;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong longestGapNanos = new AtomicLong();
    private volatile boolean over;

    private PersistentWriters(List<KvClient> members, Duration patience) {
        this.members = members;
        this.patience = patience;
    }

    /**
     * @param first the member that all turn to first
     * @param patience how long each waits for an answer
     */
    static PersistentWriters start(Trio trio, int writers, int first, Duration patience) {
        var started = new PersistentWriters(trio.clients(), patience);
        for (var writer = 0; writer < writers; writer++) {
            var self = writer;
            started.threads.execute(() -> started.write(self, first));
        }
        return started;
    }

    private void write(int writer, int first) {
        var member = first;
        for (var n = 0L; !over; n++) {
            try {
                members.get(member)
                        .ask(
                                KvMessages.PUT,
                                KvMessages.put(
                                        KvClient.utf8(ReplicaMain.key(writer, n)),
                                        new byte[ReplicaMain.VALUE_BYTES]),
                                patience);
                acknowledged.incrementAndGet();
                var now = System.nanoTime();
                longestGapNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
            } catch (StatusRuntimeException unavailable) {
                member = (member + 1) % members.size();
                Waiting.letPass(PAUSE);
            }
        }
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** The longest time in which none of them had a write acknowledged. */
    double longestGapMillis() {
        return longestGapNanos.get() / 1e6;
    }

    @Override
    public void close() {
        over = true;
        threads.close();
    }
}
