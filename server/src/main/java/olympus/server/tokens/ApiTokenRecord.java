package olympus.server.tokens;

import java.time.Instant;
import java.util.Optional;
import olympus.hermes.Key;
import olympus.model.json.RecordCodec;

/**
 * What is kept of a token that was made with a role: the value of {@code
 * olympus/api-tokens/<name>}.
 *
 * @param name who it is, in audit and decisions
 * @param sha256 hash of the whole token in hex, as in {@link TokenRecord}
 * @param madeBy name of the token by which it was asked for
 * @param ends from then on it is good for nothing; empty when it is good until it is revoked
 */
record ApiTokenRecord(
        String name,
        Role role,
        String sha256,
        String madeBy,
        Instant madeAt,
        Optional<Instant> ends) {

    static final Key PREFIX = Key.of("olympus/api-tokens");
    static final RecordCodec<ApiTokenRecord> CODEC =
            RecordCodec.of("api token", 1, ApiTokenRecord.class);

    boolean isGood(Instant now) {
        return ends.isEmpty() || ends.get().isAfter(now);
    }
}
