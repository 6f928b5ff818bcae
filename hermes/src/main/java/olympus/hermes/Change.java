package olympus.hermes;

/** One change of a transaction, as a watch tells it. */
public sealed interface Change {

    Key key();

    record Put(Entry entry) implements Change {
        @Override
        public Key key() {
            return entry.key();
        }
    }

    record Deleted(Key key, Cause cause) implements Change {}

    record Appended(Key key, StreamEntry entry) implements Change {}

    enum Cause {
        REQUESTED,
        LEASE_ENDED
    }
}
