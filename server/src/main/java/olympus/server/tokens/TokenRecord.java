package olympus.server.tokens;

import java.time.Instant;
import olympus.model.json.RecordCodec;

/**
 * What is kept of a token from before there were roles, and of the administrator's: the value of
 * {@code olympus/tokens/<id>}. Its role is {@link Role#ADMIN}.
 *
 * @param name who it is, in audit and decisions
 * @param sha256 hash of the whole token in hex; tokens are 256 random bits, so that a plain hash
 *     cannot be reversed by guessing
 */
public record TokenRecord(String name, String sha256, Instant createdAt) {

    public static final RecordCodec<TokenRecord> CODEC =
            RecordCodec.of("token", 1, TokenRecord.class);
}
