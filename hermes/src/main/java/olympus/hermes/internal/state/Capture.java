package olympus.hermes.internal.state;

import java.util.List;

/**
 * A state as of one entry: what is small as copies, what is large as walks that see it as it was.
 * Must be closed, also when abandoned. Threading: the walks belong to the owner of the state, the
 * rest to anyone.
 */
public record Capture(
        SnapshotHead head,
        List<RevisionChanges> ring,
        List<Lease> leases,
        List<OriginWindow> origins,
        List<SkippedEntry> skipped,
        TableWalk entries,
        StreamWalk streams)
        implements AutoCloseable {

    @Override
    public void close() {
        entries.close();
        streams.close();
    }
}
