package olympus.link;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * What has come under credit and was not taken yet. Taking gives the other side new credit.
 *
 * <p>Threading: any thread; {@link #take} blocks. Limit: the window and one message beyond it; what
 * exceeds that is refused.
 */
final class Inbox<E> {

    private static final long GRANT_FROM = LinkLimits.EXEC_WINDOW_BYTES / 4;
    private static final long MAX_OVERDRAFT = LinkLimits.EXEC_MESSAGE_BYTES * 2L;

    private final LongConsumer grant;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition come = lock.newCondition();
    private final ArrayDeque<Item<E>> items = new ArrayDeque<>();
    private long credit = LinkLimits.EXEC_WINDOW_BYTES;
    private long taken;

    private record Item<E>(E element, long cost) {}

    /**
     * @param grant sends so much further credit to the other side
     */
    Inbox(LongConsumer grant) {
        this.grant = grant;
    }

    /** False when it came without credit: it is not kept. */
    boolean offer(E element, long cost) {
        lock.lock();
        try {
            credit -= cost;
            if (credit < -MAX_OVERDRAFT) {
                return false;
            }
            items.add(new Item<>(element, cost));
            come.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The next one; {@code last} stays to be taken again. */
    E take(java.util.function.Predicate<E> last) throws InterruptedException {
        var granted = 0L;
        E element;
        lock.lockInterruptibly();
        try {
            while (items.isEmpty()) {
                come.await();
            }
            if (last.test(items.element().element())) {
                come.signal();
                return items.element().element();
            }
            var item = items.remove();
            element = item.element();
            taken += item.cost();
            if (taken >= GRANT_FROM) {
                granted = taken;
                credit += taken;
                taken = 0;
            }
        } finally {
            lock.unlock();
        }
        if (granted > 0) {
            grant.accept(granted);
        }
        return element;
    }
}
