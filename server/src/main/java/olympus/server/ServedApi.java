package olympus.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.keys.Certificates;
import olympus.server.http.Backend;
import olympus.server.http.HttpFrontEnd;
import olympus.server.http.HttpSettings;
import olympus.server.problems.Problems;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the API served: starts it, starts it again later when it could not (the port was taken),
 * and renews its certificate. A renewal that fails is told as a problem and tried again every hour;
 * what is in force goes on being served.
 *
 * <p>Threading: everything after the first attempt runs on a loop that is its alone, which may
 * therefore take a second for a start; {@link #start} returns after the first attempt.
 */
final class ServedApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServedApi.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration RENEWAL_LOOK = Duration.ofHours(6);
    private static final Duration RENEWAL_RETRY = Duration.ofHours(1);
    private static final String CERTIFICATES = "certificates";

    private final HttpSettings settings;
    private final Backend backend;
    private final Certificates certificates;
    private final Clock clock;
    private final Consumer<InetSocketAddress> serving;
    private final Consumer<String> failing;
    private final EventLoop keeper;
    private final Problems problems;
    private @Nullable HttpFrontEnd api;
    private boolean closed;
    private String lastFailure = "";
    private boolean renewalFailed;

    private ServedApi(
            HttpSettings settings,
            Backend backend,
            Certificates certificates,
            Clock clock,
            Consumer<InetSocketAddress> serving,
            Consumer<String> failing,
            EventLoop keeper,
            Problems problems) {
        this.settings = settings;
        this.backend = backend;
        this.certificates = certificates;
        this.clock = clock;
        this.serving = serving;
        this.failing = failing;
        this.keeper = keeper;
        this.problems = problems;
    }

    /**
     * @param keeper the loop on which it is tried again and renewed
     * @param serving told once the API answers, now or later
     * @param failing told why an attempt failed, when that is another reason than the last one
     */
    static ServedApi start(
            HttpSettings settings,
            Backend backend,
            Certificates certificates,
            Clock clock,
            EventLoop keeper,
            Consumer<InetSocketAddress> serving,
            Consumer<String> failing) {
        var problems = backend.outside().problems();
        var served =
                new ServedApi(
                        settings, backend, certificates, clock, serving, failing, keeper, problems);
        served.tell(certificates.problems());
        try {
            served.open();
        } catch (RuntimeException e) {
            served.notServed(e);
        }
        served.keepLater();
        return served;
    }

    private synchronized void open() {
        if (closed) {
            return;
        }
        new ListenAddress(settings.listen())
                .obstacle()
                .ifPresent(why -> {
                    throw new OlympusException(ErrorCode.UNAVAILABLE, why);
                });
        var front = HttpFrontEnd.start(settings, backend, pem());
        api = front;
        serving.accept(front.address());
    }

    private HttpFrontEnd.Pem pem() {
        try {
            return new HttpFrontEnd.Pem(
                    Files.readString(certificates.chainFile(Certificates.Kind.HTTPS)),
                    Files.readString(certificates.keyFile(Certificates.Kind.HTTPS)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the certificate of the API", e);
        }
    }

    private void keepLater() {
        var _ = keeper.schedule(untilNextLook(), this::keep);
    }

    private synchronized Duration untilNextLook() {
        if (!isOpen()) {
            return RETRY;
        }
        return renewalFailed ? RENEWAL_RETRY : RENEWAL_LOOK;
    }

    private synchronized void keep() {
        if (closed) {
            return;
        }
        if (isOpen()) {
            renew();
        } else {
            tryAgain();
        }
        keepLater();
    }

    private void tryAgain() {
        try {
            open();
        } catch (RuntimeException e) {
            notServed(e);
        }
    }

    /** Tells why, unless that was told already. */
    private synchronized void notServed(RuntimeException failure) {
        var known = failure instanceof OlympusException;
        var why =
                known
                        ? rootMessage(failure)
                        : "the API cannot listen on %s (%s)"
                                .formatted(settings.listen(), rootMessage(failure));
        if (why.equals(lastFailure)) {
            return;
        }
        lastFailure = why;
        if (!known) {
            LOG.atError().addMarker(ServerLog.TOLD).setCause(failure).log("the API did not start");
        }
        failing.accept("%s; tried again every %d s".formatted(why, RETRY.toSeconds()));
    }

    private synchronized boolean isOpen() {
        return api != null;
    }

    private synchronized void renew() {
        try {
            var renewed = certificates.renewIfDue(clock.wall());
            if (!renewed.isEmpty() && api != null) {
                api.renew(pem());
                LOG.atInfo().addKeyValue("certificates", renewed).log("renewed");
            }
            tell(certificates.problems());
        } catch (OlympusException | UncheckedIOException e) {
            tell(List.of("certificates could not be renewed; tried again: " + e.getMessage()));
        }
    }

    private void tell(List<String> failed) {
        renewalFailed = !failed.isEmpty();
        if (!renewalFailed) {
            problems.passed(CERTIFICATES);
        } else if (problems.tell(CERTIFICATES, String.join("; ", failed))) {
            LOG.atError().addKeyValue("problems", failed).log("certificates were not renewed");
        }
    }

    private static String rootMessage(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (api != null) {
            api.close();
        }
    }
}
