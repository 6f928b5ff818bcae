package olympus.hermes.internal.loop;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.WatchEvent;

/** A watch as its owner holds it. Threading: any. */
public final class WatchHandle implements Hermes.Watch {

    private final HermesLoop loop;
    private final WatchQueue queue;
    private final LiveWatch watch;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Opens a watch and starts serving it. */
    public WatchHandle(
            HermesLoop loop,
            Key prefix,
            long fromRevision,
            Executor deliverOn,
            Consumer<WatchEvent> receiver) {
        this.loop = loop;
        this.queue = new WatchQueue(deliverOn, receiver, this::roomAgain, this::close);
        this.watch = new LiveWatch(prefix, fromRevision, queue);
    }

    public WatchHandle start() {
        loop.watch(watch);
        return this;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            queue.close();
            loop.unwatch(watch);
        }
    }

    private void roomAgain() {
        loop.roomFor(watch);
    }
}
