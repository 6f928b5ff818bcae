package olympus.server.group;

import java.time.Instant;
import java.util.Optional;
import olympus.hermes.Key;
import olympus.model.json.RecordCodec;

/**
 * What is kept of a join token: the value of {@code olympus/join-tokens/<SHA-256 of its secret>}.
 *
 * @param madeBy who asked for it
 * @param ends from then on it is good for nothing
 * @param usedBy the newcomer that used it: the same one may ask again, when the answer was lost
 */
record JoinTokenRecord(String madeBy, Instant ends, Optional<Use> usedBy) {

    static final Key PREFIX = Key.of("olympus/join-tokens");
    static final RecordCodec<JoinTokenRecord> CODEC =
            RecordCodec.of("join token", 1, JoinTokenRecord.class);

    static final GivenTokens.Kind<JoinTokenRecord> KIND =
            new GivenTokens.Kind<>(
                    JoinToken.Kind.SERVER,
                    PREFIX,
                    CODEC,
                    JoinTokenRecord::ends,
                    Admission.MAX_TOKENS);

    /** Which newcomer, and which member it became. */
    record Use(String node, String member) {}
}
