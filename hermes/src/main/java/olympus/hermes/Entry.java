package olympus.hermes;

/**
 * A key and its value as of a revision.
 *
 * @param createRevision revision of the transaction that created it
 * @param modifyRevision revision of the transaction that wrote it last; the ETag of the record
 * @param leaseId the lease whose end deletes it, 0 for none
 */
public record Entry(Key key, Bytes value, long createRevision, long modifyRevision, long leaseId) {}
