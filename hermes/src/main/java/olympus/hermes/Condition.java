package olympus.hermes;

/**
 * What must hold for a transaction to be applied; evaluated in apply, on the state as of that
 * entry.
 */
public sealed interface Condition {

    /** The key was last modified by exactly this revision; 0 means that it must not exist. */
    record RevisionIs(Key key, long revision) implements Condition {}

    record ValueIs(Key key, Bytes value) implements Condition {}

    record Exists(Key key) implements Condition {}

    record Absent(Key key) implements Condition {}

    /** The fence of a god: the epoch in force is still this one. */
    record EpochIs(long epoch) implements Condition {}
}
