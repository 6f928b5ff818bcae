package olympus.hermes.internal.state;

import java.util.Optional;
import olympus.hermes.Entry;

/** Puts a state together again from the parts of a snapshot, in any order, and checks the whole. */
public final class StateLoader {

    private final HermesState state;

    public StateLoader(Effects effects) {
        state = new HermesState(effects);
    }

    public void head(SnapshotHead head) {
        state.loadHead(head);
    }

    public void entry(Entry entry) {
        state.loadEntry(entry);
    }

    public void changes(RevisionChanges changes) {
        state.loadChanges(changes);
    }

    public void lease(Lease lease) {
        state.loadLease(lease);
    }

    public void origin(OriginWindow origin) {
        state.loadOrigin(origin);
    }

    public void skipped(SkippedEntry skipped) {
        state.loadSkipped(skipped);
    }

    public void stream(StreamWalk.Slice slice) {
        state.loadStream(slice);
    }

    /** The state, empty when its hash is not the one that the head promised. */
    public Optional<HermesState> finish(SnapshotHead head) {
        return state.hash() == head.hash() ? Optional.of(state) : Optional.empty();
    }
}
