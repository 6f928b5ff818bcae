package olympus.server;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.link.keys.NodeKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a machine's certificate good: when it is due, has a new key signed by any server that is
 * connected, and tries again until it succeeds. Then the links are dialled anew: servers know a
 * machine by the key that it showed on the link and the one that follows it, so that on a link that
 * began two keys ago, the one in use would be forgotten.
 *
 * <p>Threading: everything on its loop, but the writing of the new key, which blocks it for a
 * moment once in two months.
 */
final class CertificateKeeper implements AutoCloseable {

    static final Duration LOOK = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    private final NodeKeys keys;
    private final Function<CertificateRequest, CompletionStage<IssuedCertificate>> signer;
    private final Runnable renewed;
    private final Clock clock;
    private final EventLoop loop;
    private final SecureRandom random;
    private Optional<EventLoop.Cancellable> timer = Optional.empty();
    private boolean asking;
    private boolean closed;
    private String told = "";

    /**
     * @param signer asks a server
     * @param renewed has the links show the certificate that is in force by now
     */
    CertificateKeeper(
            NodeKeys keys,
            Function<CertificateRequest, CompletionStage<IssuedCertificate>> signer,
            Runnable renewed,
            Clock clock,
            EventLoop loop,
            SecureRandom random) {
        this.keys = keys;
        this.signer = signer;
        this.renewed = renewed;
        this.clock = clock;
        this.loop = loop;
        this.random = random;
    }

    void start() {
        loop.execute(this::look);
    }

    private void look() {
        if (closed) {
            return;
        }
        timer = Optional.of(loop.schedule(LOOK, this::look));
        if (!asking && keys.isDue(clock.wall())) {
            asking = true;
            var next = keys.next(random);
            var _ =
                    signer.apply(next.request())
                            .whenCompleteAsync(
                                    (issued, failure) -> answered(next, issued, failure), loop);
        }
    }

    private void answered(
            NodeKeys.Following next,
            @Nullable IssuedCertificate issued,
            @Nullable Throwable failure) {
        asking = false;
        try {
            if (issued == null) {
                tell(reason(failure));
            } else {
                keys.take(next.key(), issued);
                told = "";
                LOG.atInfo()
                        .addKeyValue("good until", keys.current().expires())
                        .log("the certificate was renewed");
                renewed.run();
            }
        } catch (OlympusException e) {
            tell(String.valueOf(e.getMessage()));
        }
    }

    private void tell(String why) {
        if (!why.equals(told)) {
            told = why;
            LOG.atWarn()
                    .addKeyValue("days left", keys.current().daysLeft(clock.wall()))
                    .addKeyValue("cause", why)
                    .log("the certificate could not be renewed; tried again every minute");
        }
    }

    private static String reason(@Nullable Throwable failure) {
        var cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause == null ? "no answer" : String.valueOf(cause.getMessage());
    }

    @Override
    public void close() {
        loop.execute(() -> {
            closed = true;
            timer.ifPresent(EventLoop.Cancellable::cancel);
        });
    }
}
