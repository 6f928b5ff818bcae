package olympus.server.http;

import java.time.Instant;
import java.util.Optional;
import olympus.model.json.RecordCodec;

/**
 * Who changed, or tried to change, what is declared: an element of the stream {@code
 * olympus/audit}.
 *
 * @param actor name of the token
 * @param from address that the request came from
 * @param subject what it was about, e.g. {@code first/web}
 * @param status of the HTTP answer
 * @param detail what the path does not say: the words of a command, as far as they are no secrets
 */
record AuditEntry(
        Instant at,
        String actor,
        String from,
        String method,
        String path,
        String subject,
        int status,
        Optional<String> detail) {

    static final RecordCodec<AuditEntry> CODEC = RecordCodec.of("audit-entry", 1, AuditEntry.class);
}
