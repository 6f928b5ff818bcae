package olympus.hermes.internal.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import olympus.hermes.Bytes;
import olympus.hermes.Change;
import olympus.hermes.Key;
import olympus.hermes.internal.state.HermesState;
import olympus.hermes.internal.state.RevisionChanges;

/**
 * All watches of this member. Live ones are found by the path prefixes of a changed key, so that a
 * change costs what concerns it and not the number of watches.
 *
 * <p>Threading: the loop. Limits: {@link #MAX_WATCHES} watches, {@link #MAX_LISTINGS} listings at
 * the same time (the others wait).
 */
final class WatchRegistry {

    static final int MAX_WATCHES = 20_000;
    static final int MAX_LISTINGS = 8;

    private final Executor loop;
    private final Supplier<HermesState> state;
    private final Set<LiveWatch> all = new LinkedHashSet<>();
    private final Map<Key, List<LiveWatch>> live = new HashMap<>();
    private final Set<LiveWatch> listing = new LinkedHashSet<>();
    private final ArrayDeque<LiveWatch> waiting = new ArrayDeque<>();

    WatchRegistry(Executor loop, Supplier<HermesState> state) {
        this.loop = loop;
        this.state = state;
    }

    int size() {
        return all.size();
    }

    /** Begins to serve the watch. */
    void add(LiveWatch watch) {
        if (all.size() >= MAX_WATCHES) {
            watch.ended("the store serves at most " + MAX_WATCHES + " watches");
            return;
        }
        all.add(watch);
        if (!watch.lists()) {
            advance(watch);
        } else if (listing.size() < MAX_LISTINGS) {
            listing.add(watch);
            advance(watch);
        } else {
            waiting.add(watch);
        }
    }

    /** Goes on with a watch that waited for room. */
    void advance(LiveWatch watch) {
        if (!all.contains(watch) || watch.phase() == LiveWatch.Phase.LIVE) {
            return;
        }
        var more = watch.advance(state.get());
        if (!watch.lists() && listing.remove(watch)) {
            beginNext();
        }
        switch (watch.phase()) {
            case LISTING, CATCHING_UP -> {
                if (more) {
                    loop.execute(() -> advance(watch));
                }
            }
            case LIVE -> live.computeIfAbsent(watch.prefix(), _ -> new ArrayList<>()).add(watch);
            case ENDED -> all.remove(watch);
        }
    }

    /** Tells live watches of a revision's changes. */
    void changed(RevisionChanges changes) {
        if (live.isEmpty()) {
            return;
        }
        var concerned = new LinkedHashMap<LiveWatch, List<Change>>();
        for (var change : changes.changes()) {
            collect(change, concerned);
        }
        var deliveries = new WatchDeliveries();
        concerned.forEach((watch, list) -> {
            watch.changed(changes.revision(), list, deliveries);
            if (watch.phase() == LiveWatch.Phase.ENDED) {
                forget(watch);
            }
        });
        deliveries.send();
    }

    /** The receiver wants nothing more. */
    void close(LiveWatch watch) {
        watch.close();
        forget(watch);
        waiting.remove(watch);
        if (listing.remove(watch)) {
            beginNext();
        }
    }

    /**
     * The state was replaced by a newer one: the watches go on from where they were, by its change
     * ring. Listings end with the state in which they began.
     */
    void continueFrom(HermesState before) {
        live.clear();
        for (var watch : List.copyOf(all)) {
            watch.fallBack(before.revision());
            if (watch.phase() == LiveWatch.Phase.CATCHING_UP) {
                loop.execute(() -> advance(watch));
            }
        }
    }

    void endAll(String reason) {
        all.forEach(watch -> watch.ended(reason));
        all.clear();
        live.clear();
        listing.clear();
        waiting.clear();
    }

    private void beginNext() {
        var next = waiting.poll();
        if (next != null) {
            listing.add(next);
            loop.execute(() -> advance(next));
        }
    }

    private void collect(Change change, Map<LiveWatch, List<Change>> concerned) {
        var raw = change.key().raw().unsafeArray();
        for (var end = 1; end <= raw.length; end++) {
            if (end == raw.length || raw[end] == '/') {
                var prefix = end == raw.length ? change.key() : prefix(raw, end);
                for (var watch : live.getOrDefault(prefix, List.of())) {
                    concerned.computeIfAbsent(watch, _ -> new ArrayList<>()).add(change);
                }
            }
        }
    }

    private static Key prefix(byte[] raw, int length) {
        var part = new byte[length];
        System.arraycopy(raw, 0, part, 0, length);
        return new Key(Bytes.wrap(part));
    }

    private void forget(LiveWatch watch) {
        all.remove(watch);
        var same = live.get(watch.prefix());
        if (same != null) {
            same.remove(watch);
            if (same.isEmpty()) {
                live.remove(watch.prefix());
            }
        }
    }
}
