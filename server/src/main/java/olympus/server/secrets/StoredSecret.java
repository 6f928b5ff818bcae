package olympus.server.secrets;

import java.time.Instant;
import olympus.model.SecretRef;
import olympus.model.json.RecordCodec;

/**
 * The value of {@code olympus/secrets/<stack>/<name>/<fingerprint>}.
 *
 * @param sealed the envelope, base 64
 */
record StoredSecret(SecretRef ref, String sealed, Instant storedAt) {

    static final RecordCodec<StoredSecret> CODEC =
            RecordCodec.of("stored-secret", 1, StoredSecret.class);
}
