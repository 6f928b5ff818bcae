package olympus.link;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets senders pass while the other side has room. Threading: any thread; {@link #pass} blocks
 * while there is none. The last to pass may overdraw.
 */
final class CreditGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long credit;
    private boolean closed;

    CreditGate(long credit) {
        this.credit = credit;
    }

    /** False when it is closed: nothing is taken any more. */
    boolean pass(long cost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (credit <= 0 && !closed) {
                changed.await();
            }
            credit -= cost;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    void add(long bytes) {
        lock.lock();
        try {
            credit += bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
