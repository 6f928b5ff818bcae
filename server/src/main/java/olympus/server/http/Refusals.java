package olympus.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import olympus.foundation.Clock;
import olympus.server.tokens.Role;
import olympus.server.tokens.TokenHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts refused requests into the {@link AuditStream}: who, from where, what, and which role was
 * missing. However many a token sends, at most {@link RefusalTally#MOST_TOLD} entries and one more,
 * which says how many the others were, come of it within {@link RefusalTally#WINDOW}.
 *
 * <p>Threading: any thread, which waits for the entry; what was counted is told on a thread of its
 * own.
 */
final class Refusals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final AuditStream stream;
    private final Clock clock;
    private final RefusalTally<AuditEntry> tally = new RefusalTally<>();
    private final ScheduledThreadPoolExecutor later;
    private boolean waiting;

    Refusals(AuditStream stream, Clock clock) {
        this.stream = stream;
        this.clock = clock;
        this.later =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("refusals").factory());
        this.later.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** The request's own entry is not written besides. */
    void refused(HttpServletRequest request, TokenHolder holder, Role needed) {
        request.setAttribute(AuditTrail.TOLD, true);
        var entry =
                AuditTrail.entry(
                        request,
                        clock.wall(),
                        HttpServletResponse.SC_FORBIDDEN,
                        Optional.of(
                                "refused: role %s, needs %s"
                                        .formatted(holder.role().word(), needed.word())));
        if (tells(holder.name(), entry)) {
            stream.append(entry);
        }
    }

    private synchronized boolean tells(String token, AuditEntry entry) {
        var now = clock.monotonicNanos();
        var told = tally.tell(token, entry, now);
        if (!waiting) {
            waiting = true;
            tally.next(now).ifPresent(this::wake);
        }
        return told;
    }

    private void wake(Duration in) {
        try {
            var _ = later.schedule(this::tellCounted, in.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.atDebug().setCause(closing).log("refusals are not counted any more");
        }
    }

    private void tellCounted() {
        over().forEach(counted -> stream.append(summary(counted)));
    }

    private synchronized List<RefusalTally.Counted<AuditEntry>> over() {
        var now = clock.monotonicNanos();
        var counted = tally.over(now);
        var next = tally.next(now);
        waiting = next.isPresent();
        next.ifPresent(this::wake);
        return counted;
    }

    private static AuditEntry summary(RefusalTally.Counted<AuditEntry> counted) {
        var last = counted.last();
        return new AuditEntry(
                last.at(),
                last.actor(),
                last.from(),
                last.method(),
                last.path(),
                last.subject(),
                last.status(),
                Optional.of(
                        "%s; the last of %d of this token within %d min that are not told one by one"
                                .formatted(
                                        last.detail().orElse("refused"),
                                        counted.refusals(),
                                        RefusalTally.WINDOW.toMinutes())));
    }

    /** What was counted and not told yet goes to the log, since nobody waits for the store now. */
    @Override
    public void close() {
        later.shutdownNow();
        notTold()
                .forEach(counted ->
                        LOG.atWarn()
                                .addKeyValue("entry", AuditEntry.CODEC.encode(summary(counted)))
                                .log("refusals that were counted are only here: the server ends"));
    }

    private synchronized List<RefusalTally.Counted<AuditEntry>> notTold() {
        return tally.over(clock.monotonicNanos() + RefusalTally.WINDOW.toNanos());
    }
}
