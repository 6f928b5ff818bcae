package olympus.hermes;

/**
 * How this member's strict reads were confirmed since it was opened.
 *
 * @param byTerms because most voters knew of no later leader
 * @param byEntries because that could not be learned: by an entry of the log that was begun after
 *     them
 */
public record ReadConfirmations(long byTerms, long byEntries) {}
