package olympus.hermes.internal.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The writes that wait for an entry: handed in by any thread, taken by the loop in batches.
 *
 * <p>Limits: {@link #MAX_COMMANDS} commands and {@link #MAX_BYTES} bytes, counted until they are
 * answered; more is refused at once.
 */
final class WriteQueue {

    static final int MAX_COMMANDS = 65_536;
    static final long MAX_BYTES = 64L << 20;

    /** Of one entry, so that applying it does not hold up the loop. */
    static final int MAX_OPERATIONS = 512;

    private final ConcurrentLinkedQueue<Write> inbox = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Write> ready = new ArrayDeque<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Any thread. False when the queue is full. */
    boolean offer(Write write) {
        var size = write.encoded().length();
        var count = commands.incrementAndGet();
        var total = bytes.addAndGet(size);
        if (count > MAX_COMMANDS || total > MAX_BYTES) {
            commands.decrementAndGet();
            bytes.addAndGet(-size);
            return false;
        }
        var _ =
                write.result()
                        .whenComplete((_, _) -> {
                            commands.decrementAndGet();
                            bytes.addAndGet(-size);
                        });
        inbox.add(write);
        return true;
    }

    /** Any thread. Whether the caller must wake the loop. */
    boolean needsWake() {
        return woken.compareAndSet(false, true);
    }

    /** The loop: takes over what other threads have handed in. */
    void drainInbox() {
        woken.set(false);
        for (var write = inbox.poll(); write != null; write = inbox.poll()) {
            ready.add(write);
        }
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Commands that wait to be taken. */
    int size() {
        return ready.size();
    }

    /** Commands that are not answered yet. */
    int unanswered() {
        return commands.get();
    }

    /**
     * The next batch: at most {@code maxCommands}, and {@code maxBytes} and {@link #MAX_OPERATIONS}
     * unless a single one is larger.
     */
    List<Write> take(int maxCommands, int maxBytes) {
        var taken = new ArrayList<Write>();
        var size = 0L;
        var operations = 0;
        while (!ready.isEmpty() && taken.size() < maxCommands) {
            var next = ready.element();
            size += next.encoded().length();
            operations += next.operations();
            if ((size > maxBytes || operations > MAX_OPERATIONS) && !taken.isEmpty()) {
                break;
            }
            taken.add(ready.remove());
        }
        return taken;
    }

    /** Takes out what has waited beyond its deadline. */
    List<Write> takeOverdue(long nowNanos) {
        var overdue = new ArrayList<Write>();
        while (!ready.isEmpty() && ready.element().deadlineNanos() - nowNanos <= 0) {
            overdue.add(ready.remove());
        }
        return overdue;
    }

    List<Write> takeAll() {
        drainInbox();
        var all = List.copyOf(ready);
        ready.clear();
        return all;
    }
}
