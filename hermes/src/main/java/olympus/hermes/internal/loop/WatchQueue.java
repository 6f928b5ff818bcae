package olympus.hermes.internal.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import olympus.hermes.Change;
import olympus.hermes.WatchEvent;

/**
 * The events of one watch between the loop that produces them and the executor on which they are
 * received, in batches.
 *
 * <p>Limits: {@link #MAX_ITEMS} entries and changes, {@link #MAX_BYTES} bytes; a single event is
 * taken whatever its size when the queue is empty.
 */
final class WatchQueue {

    static final int MAX_ITEMS = 16_384;
    static final long MAX_BYTES = 16L << 20;
    private static final int EVENTS_PER_TASK = 256;

    private final Executor deliverOn;
    private final Consumer<WatchEvent> receiver;
    private final Runnable onRoom;
    private final Runnable onAbandoned;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<WatchEvent> events = new ArrayDeque<>();
    private int items;
    private long bytes;
    private boolean scheduled;
    private boolean roomWanted;
    private volatile boolean closed;

    /**
     * A queue that is delivered on {@code deliverOn}.
     *
     * @param onRoom told, on that executor, that there is room again after {@link #hasRoom} said no
     * @param onAbandoned told that the executor takes no more tasks
     */
    WatchQueue(
            Executor deliverOn,
            Consumer<WatchEvent> receiver,
            Runnable onRoom,
            Runnable onAbandoned) {
        this.deliverOn = deliverOn;
        this.receiver = receiver;
        this.onRoom = onRoom;
        this.onAbandoned = onAbandoned;
    }

    /** Adds an event; false, and nothing added, when the queue is full. */
    boolean offer(WatchEvent event) {
        if (!hold(event)) {
            return false;
        }
        schedule();
        return true;
    }

    /**
     * Like {@link #offer}, but leaves it to the caller to have it delivered: {@link
     * WatchDeliveries} does so for many queues at a time.
     */
    boolean hold(WatchEvent event) {
        var size = items(event);
        var weight = bytes(event);
        lock.lock();
        try {
            if (!events.isEmpty() && (items + size > MAX_ITEMS || bytes + weight > MAX_BYTES)) {
                return false;
            }
            add(event, size, weight);
        } finally {
            lock.unlock();
        }
        return true;
    }

    Executor deliverOn() {
        return deliverOn;
    }

    /** Whether the caller must see to it that {@link #deliver} runs on the executor. */
    boolean claim() {
        lock.lock();
        try {
            if (scheduled || events.isEmpty()) {
                return false;
            }
            scheduled = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The executor takes no more tasks. */
    void abandoned() {
        close();
        onAbandoned.run();
    }

    /** Adds the last event, for which there is always room. */
    void end(WatchEvent last) {
        lock.lock();
        try {
            add(last, 1, 0);
        } finally {
            lock.unlock();
        }
        schedule();
    }

    /** Whether at most half is used; if not, {@code onRoom} will tell. */
    boolean hasRoom() {
        lock.lock();
        try {
            var room = items <= MAX_ITEMS / 2 && bytes <= MAX_BYTES / 2;
            roomWanted = !room;
            return room;
        } finally {
            lock.unlock();
        }
    }

    /** Delivers nothing more. */
    void close() {
        closed = true;
        lock.lock();
        try {
            events.clear();
            items = 0;
            bytes = 0;
        } finally {
            lock.unlock();
        }
    }

    private void add(WatchEvent event, int size, long weight) {
        events.add(event);
        items += size;
        bytes += weight;
    }

    private void schedule() {
        if (!claim()) {
            return;
        }
        try {
            deliverOn.execute(this::deliver);
        } catch (RejectedExecutionException gone) {
            abandoned();
        }
    }

    /** Hands on what is there; on the executor, once for every {@link #claim}. */
    void deliver() {
        for (var event : next()) {
            if (closed) {
                return;
            }
            receiver.accept(event);
        }
        // Only now, so that two tasks never deliver at the same time.
        lock.lock();
        try {
            scheduled = false;
        } finally {
            lock.unlock();
        }
        schedule();
    }

    private List<WatchEvent> next() {
        var next = new ArrayList<WatchEvent>();
        boolean room;
        lock.lock();
        try {
            while (!events.isEmpty() && next.size() < EVENTS_PER_TASK) {
                var event = events.remove();
                items -= items(event);
                bytes -= bytes(event);
                next.add(event);
            }
            room = roomWanted && items <= MAX_ITEMS / 2 && bytes <= MAX_BYTES / 2;
            roomWanted &= !room;
        } finally {
            lock.unlock();
        }
        if (room) {
            onRoom.run();
        }
        return next;
    }

    private static int items(WatchEvent event) {
        return switch (event) {
            case WatchEvent.Listed listed -> Math.max(1, listed.entries().size());
            case WatchEvent.Changed changed -> changed.changes().size();
            case WatchEvent.Compacted _ -> 1;
            case WatchEvent.Lagged _ -> 1;
            case WatchEvent.Ended _ -> 1;
        };
    }

    private static long bytes(WatchEvent event) {
        return switch (event) {
            case WatchEvent.Listed listed -> {
                long sum = 0;
                for (var entry : listed.entries()) {
                    sum += (long) entry.key().raw().length() + entry.value().length();
                }
                yield sum;
            }
            case WatchEvent.Changed changed -> {
                long sum = 0;
                for (var change : changed.changes()) {
                    sum += bytes(change);
                }
                yield sum;
            }
            case WatchEvent.Compacted _ -> 0;
            case WatchEvent.Lagged _ -> 0;
            case WatchEvent.Ended _ -> 0;
        };
    }

    private static long bytes(Change change) {
        return (long) change.key().raw().length()
                + switch (change) {
                    case Change.Put put -> put.entry().value().length();
                    case Change.Deleted _ -> 0;
                    case Change.Appended appended -> appended.entry().value().length();
                };
    }
}
