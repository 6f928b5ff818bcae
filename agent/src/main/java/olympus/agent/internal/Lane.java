package olympus.agent.internal;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import olympus.foundation.EventLoop;

/**
 * The blocking work of one instance, one piece after the other. Threading: called on the loop; each
 * piece runs on {@code blocking} and its end comes back to the loop.
 */
final class Lane {

    private final EventLoop loop;
    private final Executor blocking;
    private final Queue<Piece> waiting = new ArrayDeque<>();
    private Optional<Piece> current = Optional.empty();

    Lane(EventLoop loop, Executor blocking) {
        this.loop = loop;
        this.blocking = blocking;
    }

    /** What a piece of work does to what others look at meanwhile. */
    enum Kind {
        /** The container may be another one from one moment to the next. */
        REPLACES,
        /** It stays the one it is. */
        KEEPS
    }

    private static final class Piece {
        final Kind kind;
        final Runnable work;
        final AtomicReference<Optional<Thread>> thread = new AtomicReference<>(Optional.empty());

        Piece(Kind kind, Runnable work) {
            this.kind = kind;
            this.work = work;
        }
    }

    void add(Kind kind, Runnable work) {
        waiting.add(new Piece(kind, work));
        next();
    }

    private void next() {
        if (current.isPresent() || waiting.isEmpty()) {
            return;
        }
        var piece = waiting.remove();
        current = Optional.of(piece);
        blocking.execute(() -> {
            piece.thread.set(Optional.of(Thread.currentThread()));
            try {
                piece.work.run();
            } finally {
                piece.thread.set(Optional.empty());
                loop.execute(() -> {
                    current = Optional.empty();
                    next();
                });
            }
        });
    }

    /** Whether what is seen of the container now may be about to be wrong. */
    boolean isReplacing() {
        return current.filter(piece -> piece.kind == Kind.REPLACES).isPresent()
                || waiting.stream().anyMatch(piece -> piece.kind == Kind.REPLACES);
    }

    boolean isIdle() {
        return current.isEmpty() && waiting.isEmpty();
    }

    /** Interrupts what is under way. */
    void interrupt() {
        current.flatMap(piece -> piece.thread.get()).ifPresent(Thread::interrupt);
    }
}
