package olympus.link;

import com.google.protobuf.MessageLite;
import io.grpc.stub.CallStreamObserver;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent on one stream, sent as fast as the other side takes it. A message replaces
 * a queued one with the same key, so that of states and orders only the newest travels; lanes are
 * emptied in the order of {@link Lane}, so that bulk never holds up an order.
 *
 * <p>Threading: any thread; nothing blocks but on the short lock. Limits: {@link
 * LinkLimits#MAX_QUEUED_MESSAGES} in each lane, {@link LinkLimits#MAX_MESSAGE_BYTES} each.
 */
final class Outbox<M extends MessageLite> {

    /** The first is emptied first. */
    enum Lane {
        CONTROL,
        STATE,
        BULK
    }

    /** What became of a message that was handed in. */
    enum Outcome {
        QUEUED,
        FULL,
        TOO_LARGE,
        /** The stream is over. */
        ENDED
    }

    private final CallStreamObserver<M> stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Lane, SequencedMap<Object, M>> lanes = new EnumMap<>(Lane.class);
    private boolean ended;

    Outbox(CallStreamObserver<M> stream) {
        this.stream = stream;
        for (var lane : Lane.values()) {
            lanes.put(lane, new LinkedHashMap<>());
        }
    }

    /** Queues a message of which each one counts. */
    Outcome add(Lane lane, M message) {
        return put(lane, new Object(), message);
    }

    /** Queues a message that replaces the one queued under {@code key}, if any. */
    Outcome put(Lane lane, Object key, M message) {
        if (message.getSerializedSize() > LinkLimits.MAX_MESSAGE_BYTES) {
            return Outcome.TOO_LARGE;
        }
        lock.lock();
        try {
            if (ended) {
                return Outcome.ENDED;
            }
            var queue = queue(lane);
            if (queue.size() >= LinkLimits.MAX_QUEUED_MESSAGES && !queue.containsKey(key)) {
                return Outcome.FULL;
            }
            queue.put(key, message);
            sendWhileReady();
            return Outcome.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    /** Sends what the stream takes now; to be called whenever it becomes ready. */
    void drain() {
        lock.lock();
        try {
            sendWhileReady();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream in the way that {@code how} says, once; forgets what is queued. */
    void end(Consumer<CallStreamObserver<M>> how) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                lanes.values().forEach(Map::clear);
                how.accept(stream);
            }
        } finally {
            lock.unlock();
        }
    }

    private void sendWhileReady() {
        while (!ended && stream.isReady()) {
            var message = next();
            if (message == null) {
                return;
            }
            stream.onNext(message);
        }
    }

    private @Nullable M next() {
        for (var lane : Lane.values()) {
            var first = queue(lane).pollFirstEntry();
            if (first != null) {
                return first.getValue();
            }
        }
        return null;
    }

    private SequencedMap<Object, M> queue(Lane lane) {
        var queue = lanes.get(lane);
        if (queue == null) {
            throw new IllegalStateException("no lane " + lane);
        }
        return queue;
    }
}
