package olympus.hermes.internal.snapshot;

/** How much of everything a snapshot holds; its end says so, its reader counts along. */
public record Counts(long entries, long revisions, long leases, long streams, long elements) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    Counts plus(Counts more) {
        return new Counts(
                entries + more.entries,
                revisions + more.revisions,
                leases + more.leases,
                streams + more.streams,
                elements + more.elements);
    }
}
