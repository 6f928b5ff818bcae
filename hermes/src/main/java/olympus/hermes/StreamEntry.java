package olympus.hermes;

/**
 * One element of a stream.
 *
 * @param sequence 1 for the first element ever appended; never reused
 * @param revision the transaction that appended it
 * @param wallMillis the leader's wall time (HLC) of that entry, milliseconds since 1970
 */
public record StreamEntry(long sequence, long revision, long wallMillis, Bytes value) {}
