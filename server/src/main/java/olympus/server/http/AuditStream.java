package olympus.server.http;

import java.util.List;
import java.util.concurrent.CompletionStage;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.StoreStatus;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.server.deadline.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream {@code olympus/audit}. While the store takes no writes an entry goes to the log
 * instead, because pausing must work then too.
 */
record AuditStream(Hermes hermes, Deadline deadline) {

    static final Key KEY = Key.of("olympus/audit");
    static final int PAGE = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(AuditStream.class);

    /** The last entries, newest first. */
    List<AuditEntry> newest(int limit) {
        var end = nextSequence();
        return read(Math.max(1, end - limit), limit).entries().stream()
                .map(entry -> AuditEntry.CODEC.decode(entry.value().unsafeArray()))
                .toList()
                .reversed();
    }

    /** The number that the next entry will get. */
    long nextSequence() {
        return read(Long.MAX_VALUE, 1).nextSequence();
    }

    /** Those with numbers from {@code from} to before {@code before}, at most {@link #PAGE}. */
    List<AuditEntry> entries(long from, long before) {
        return read(from, (int) Math.min(PAGE, before - from)).entries().stream()
                .filter(entry -> entry.sequence() < before)
                .map(entry -> AuditEntry.CODEC.decode(entry.value().unsafeArray()))
                .toList();
    }

    private Hermes.StreamPage read(long from, int limit) {
        return deadline.await(hermes.readStream(KEY, from, limit), "reading " + KEY);
    }

    /** Waits until it is stored, where this server leads; elsewhere nobody waits for the leader. */
    void append(AuditEntry entry) {
        var stored = store(entry);
        if (hermes.status().role() == StoreStatus.Role.FOLLOWER) {
            var _ =
                    stored.whenComplete((result, failure) -> {
                        if (failure != null) {
                            onlyHere(entry, failure.toString());
                        } else if (!(result instanceof TransactionResult.Committed)) {
                            onlyHere(entry, result.toString());
                        }
                    });
            return;
        }
        await(entry, stored);
    }

    /**
     * Waits until it is stored, whoever leads: for what must not begin before it is known. Where
     * the store does not take it within the deadline, it is in this server's log.
     */
    void appendFirst(AuditEntry entry) {
        await(entry, store(entry));
    }

    private CompletionStage<TransactionResult> store(AuditEntry entry) {
        var value = Bytes.wrap(AuditEntry.CODEC.encodeBytes(entry));
        return hermes.transact(Transaction.of(new Operation.Append(KEY, value)));
    }

    private void await(AuditEntry entry, CompletionStage<TransactionResult> stored) {
        try {
            var result = deadline.await(stored, "writing the audit stream");
            if (!(result instanceof TransactionResult.Committed)) {
                onlyHere(entry, result.toString());
            }
        } catch (OlympusException e) {
            onlyHere(entry, String.valueOf(e.getMessage()));
        }
    }

    private static void onlyHere(AuditEntry entry, String why) {
        LOG.atWarn()
                .addKeyValue("entry", AuditEntry.CODEC.encode(entry))
                .addKeyValue("cause", why)
                .log("audit entry only here, the store did not take it");
    }
}
