package olympus.hermes.internal.state;

import java.util.List;
import olympus.hermes.Key;
import olympus.hermes.StreamEntry;

/**
 * What applying an entry sets off outside the replicated state. Must not fail and must not call
 * back into the state.
 */
public interface Effects {

    /** A transaction has changed something; called in revision order, after the state shows it. */
    void changed(RevisionChanges changes);

    /** These elements, oldest first, are no longer part of the stream in memory. */
    void trimmed(Key stream, List<StreamEntry> elements);
}
