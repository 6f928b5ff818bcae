package olympus.hermes.internal.loop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import olympus.foundation.EventLoop;

/**
 * The deliveries that one change causes, gathered so that a receiving loop is woken once and not
 * once per watch. Other executors get a task per watch, because they may run them side by side.
 *
 * <p>Threading: the store's loop gathers and sends. Limits: {@link #QUEUES_PER_TASK} queues in one
 * task.
 */
final class WatchDeliveries {

    private static final int QUEUES_PER_TASK = 256;

    private final Map<Executor, List<WatchQueue>> byLoop = new LinkedHashMap<>();

    /** A queue that has been given an event. */
    void add(WatchQueue queue) {
        if (!queue.claim()) {
            return;
        }
        if (!(queue.deliverOn() instanceof EventLoop)) {
            send(queue.deliverOn(), List.of(queue));
            return;
        }
        var gathered = byLoop.computeIfAbsent(queue.deliverOn(), _ -> new ArrayList<>());
        gathered.add(queue);
        if (gathered.size() == QUEUES_PER_TASK) {
            send(queue.deliverOn(), List.copyOf(gathered));
            gathered.clear();
        }
    }

    /** Sends what is gathered. */
    void send() {
        byLoop.forEach((loop, queues) -> {
            if (!queues.isEmpty()) {
                send(loop, queues);
            }
        });
        byLoop.clear();
    }

    private static void send(Executor executor, List<WatchQueue> queues) {
        try {
            executor.execute(() -> deliver(executor, queues));
        } catch (RejectedExecutionException gone) {
            queues.forEach(WatchQueue::abandoned);
        }
    }

    /** A receiver that throws fails its own task: those behind it get another one. */
    private static void deliver(Executor executor, List<WatchQueue> queues) {
        var next = 0;
        try {
            while (next < queues.size()) {
                queues.get(next++).deliver();
            }
        } finally {
            if (next < queues.size()) {
                send(executor, queues.subList(next, queues.size()));
            }
        }
    }
}
