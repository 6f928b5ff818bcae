package olympus.hermes.internal.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.hermes.Change;
import olympus.hermes.Entry;
import olympus.hermes.Key;
import olympus.hermes.WatchEvent;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.RevisionChanges;
import olympus.hermes.internal.state.TableWalk;
import org.jspecify.annotations.Nullable;

/**
 * One watch on its way from the listing over the change ring to the present. Threading: the loop.
 *
 * <pre>
 *   LISTING ──last slice──▶ CATCHING_UP ──ring's end──▶ LIVE
 *      └──────────────┬──────────┴──────────────────────┘
 *                     ▼ Compacted, Lagged, Ended, closed
 *                   ENDED
 * </pre>
 */
final class LiveWatch {

    private static final int ROWS_PER_SLICE = 512;
    private static final long BYTES_PER_SLICE = 256 << 10;
    private static final int REVISIONS_PER_SLICE = 512;

    private final Key prefix;
    private final WatchQueue queue;
    private Phase phase;
    private long nextRevision;
    private @Nullable TableWalk walk;

    enum Phase {
        LISTING,
        CATCHING_UP,
        LIVE,
        ENDED
    }

    LiveWatch(Key prefix, long fromRevision, WatchQueue queue) {
        this.prefix = prefix;
        this.queue = queue;
        this.nextRevision = fromRevision;
        this.phase = fromRevision == 0 ? Phase.LISTING : Phase.CATCHING_UP;
    }

    Key prefix() {
        return prefix;
    }

    Phase phase() {
        return phase;
    }

    /** Whether it holds, or needs, a walk over the table. */
    boolean lists() {
        return phase == Phase.LISTING;
    }

    /**
     * Does one slice of work. True when there is more to do at once; false when it waits for room,
     * is live, or has ended.
     */
    boolean advance(HermesState state) {
        return switch (phase) {
            case LISTING -> queue.hasRoom() && list(state);
            case CATCHING_UP -> queue.hasRoom() && catchUp(state);
            case LIVE, ENDED -> false;
        };
    }

    /** Takes the changes of a revision; only when live. */
    void changed(long revision, List<Change> changes, WatchDeliveries deliveries) {
        if (revision < nextRevision) {
            return;
        }
        if (!queue.hold(new WatchEvent.Changed(revision, changes))) {
            end(new WatchEvent.Lagged(revision));
            return;
        }
        nextRevision = revision + 1;
        deliveries.add(queue);
    }

    /** What it has seen is everything up to {@code revision}; what follows is in another ring. */
    void fallBack(long revision) {
        if (phase == Phase.LIVE) {
            nextRevision = Math.max(nextRevision, revision + 1);
            phase = Phase.CATCHING_UP;
        }
    }

    /** The store can serve it no longer. */
    void ended(String reason) {
        end(new WatchEvent.Ended(phase == Phase.LISTING ? 0 : nextRevision, reason));
    }

    void close() {
        phase = Phase.ENDED;
        queue.close();
        releaseWalk();
    }

    private boolean list(HermesState state) {
        var current = walk == null ? state.walk(Optional.of(prefix)) : walk;
        walk = current;
        List<Entry> slice = current.next(ROWS_PER_SLICE, BYTES_PER_SLICE);
        if (!slice.isEmpty() || current.done()) {
            queue.offer(new WatchEvent.Listed(current.revision(), slice, current.done()));
        }
        if (current.done()) {
            nextRevision = current.revision() + 1;
            phase = Phase.CATCHING_UP;
            releaseWalk();
        }
        return true;
    }

    private boolean catchUp(HermesState state) {
        var ring = state.ring();
        if (nextRevision < ring.compactRevision()) {
            end(new WatchEvent.Compacted(ring.compactRevision()));
            return false;
        }
        var at = ring.position(nextRevision);
        for (var end = Math.min(ring.size(), at + REVISIONS_PER_SLICE); at < end; at++) {
            var item = ring.at(at);
            var changes = under(item);
            if (!changes.isEmpty()
                    && !queue.offer(new WatchEvent.Changed(item.revision(), changes))) {
                return queue.hasRoom();
            }
            nextRevision = item.revision() + 1;
        }
        if (at == ring.size()) {
            phase = Phase.LIVE;
            return false;
        }
        return true;
    }

    private List<Change> under(RevisionChanges item) {
        var changes = new ArrayList<Change>();
        for (var change : item.changes()) {
            if (change.key().isUnder(prefix)) {
                changes.add(change);
            }
        }
        return changes;
    }

    private void end(WatchEvent last) {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            queue.end(last);
            releaseWalk();
        }
    }

    private void releaseWalk() {
        if (walk != null) {
            walk.close();
            walk = null;
        }
    }
}
