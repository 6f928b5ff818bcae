package olympus.server.group;

import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.model.json.RecordCodec;

/**
 * The tokens of one kind that were given out: of each the store has a record under the hash of its
 * secret. Those that have ended are forgotten when the next one is made.
 *
 * <p>Threading: any thread that may wait.
 */
public final class GivenTokens<R extends Record> {

    private final Kind<R> kind;
    private final StoreWrites writes;
    private final SecureRandom random = new SecureRandom();

    /**
     * What tokens these are.
     *
     * @param prefix of their keys
     * @param max how many may be good at a time
     */
    public record Kind<R extends Record>(
            JoinToken.Kind form,
            Key prefix,
            RecordCodec<R> codec,
            Function<R, Instant> ends,
            int max) {}

    /** What is kept of a token, as it was read. */
    public record Kept<R extends Record>(Entry entry, R token) {

        /** The hash of its secret. */
        public String id() {
            var key = entry.key().toString();
            return key.substring(key.lastIndexOf('/') + 1);
        }

        /** Holds while nobody has written it since. */
        public Condition unchanged() {
            return new Condition.RevisionIs(entry.key(), entry.modifyRevision());
        }
    }

    public GivenTokens(Kind<R> kind, StoreWrites writes) {
        this.kind = kind;
        this.writes = writes;
    }

    /** Makes a token of which {@code record} is kept. */
    public JoinToken make(PublicKey authority, R record) {
        var now = writes.clock().wall();
        var operations = new ArrayList<Operation>();
        var good = 0;
        for (var kept : all()) {
            if (kind.ends().apply(kept.token()).isAfter(now)) {
                good++;
            } else {
                operations.add(new Operation.Delete(kept.entry().key()));
            }
        }
        if (good >= kind.max()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d %ss are good at present, more are not made; use one of them, or wait until they have ended"
                            .formatted(good, kind.form().words()));
        }
        var made = JoinToken.make(kind.form(), authority, random);
        operations.add(put(kind.prefix().child(made.id()), record));
        writes.commit(new Transaction(List.of(), operations), "keeping the " + kind.form().words());
        return made;
    }

    /** All, also those that have ended and are not forgotten yet. */
    public List<Kept<R>> all() {
        var page = writes.hermes().list(kind.prefix(), Optional.empty(), Hermes.MAX_PAGE);
        return writes
                .deadline()
                .await(page, "listing " + kind.form().words() + "s")
                .entries()
                .stream()
                .map(this::kept)
                .toList();
    }

    /** What is kept of a token that somebody brings, also when it has ended. */
    public Optional<Kept<R>> find(JoinToken token) {
        var key = kind.prefix().child(token.id());
        return writes.deadline()
                .await(writes.hermes().get(key), "reading the " + kind.form().words())
                .map(this::kept);
    }

    private Kept<R> kept(Entry entry) {
        return new Kept<>(entry, kind.codec().decode(entry.value().unsafeArray()));
    }

    /** Writes another record in the place of what is kept. */
    public Operation put(Kept<R> kept, R record) {
        return put(kept.entry().key(), record);
    }

    private Operation put(Key key, R record) {
        return new Operation.Put(key, Bytes.wrap(kind.codec().encodeBytes(record)));
    }
}
