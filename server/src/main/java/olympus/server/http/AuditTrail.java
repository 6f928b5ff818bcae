package olympus.server.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.server.deadline.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Appends every authenticated request that changes something to {@code olympus/audit}, with how it
 * ended. While the store takes no writes the entry goes to the log instead, because pausing must
 * work then too.
 */
final class AuditTrail extends OncePerRequestFilter {

    static final Key STREAM = Key.of("olympus/audit");
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final Set<String> CHANGING = Set.of("PUT", "POST", "DELETE", "PATCH");

    private final Hermes hermes;
    private final Clock clock;
    private final Deadline deadline;

    AuditTrail(Hermes hermes, Clock clock, Deadline deadline) {
        this.hermes = hermes;
        this.clock = clock;
        this.deadline = deadline;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !CHANGING.contains(request.getMethod()) || request.getRequestURI().endsWith("/plan");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        var caller = Caller.of(request);
        if (!caller.equals(Caller.NOBODY)) {
            record(
                    new AuditEntry(
                            clock.wall(),
                            caller.name(),
                            caller.from(),
                            request.getMethod(),
                            request.getRequestURI(),
                            subject(request.getRequestURI()),
                            response.getStatus()));
        }
    }

    /** {@code /api/v1/services/first/web/stop} is about {@code first/web}. */
    static String subject(String path) {
        var parts = path.split("/");
        if (parts.length < 5) {
            return "";
        }
        return switch (parts[3]) {
            case "services" -> parts.length > 5 ? parts[4] + "/" + parts[5] : parts[4];
            case "stacks", "pauses" -> parts[4];
            default -> "";
        };
    }

    private void record(AuditEntry entry) {
        try {
            var result =
                    deadline.await(
                            hermes.transact(
                                    Transaction.of(
                                            new Operation.Append(
                                                    STREAM,
                                                    Bytes.wrap(
                                                            AuditEntry.CODEC.encodeBytes(entry))))),
                            "writing the audit stream");
            if (!(result instanceof TransactionResult.Committed)) {
                throw new OlympusException(ErrorCode.UNAVAILABLE, result.toString());
            }
        } catch (OlympusException e) {
            LOG.atWarn()
                    .addKeyValue("entry", AuditEntry.CODEC.encode(entry))
                    .addKeyValue("cause", e.getMessage())
                    .log("audit entry only here, the store did not take it");
        }
    }
}
