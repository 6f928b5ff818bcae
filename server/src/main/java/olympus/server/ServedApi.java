package olympus.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Consumer;
import olympus.foundation.Clock;
import olympus.link.keys.Certificates;
import olympus.server.http.Backend;
import olympus.server.http.HttpFrontEnd;
import olympus.server.http.HttpSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the API served: starts it, starts it again later when it could not (the port was taken),
 * and renews its certificate.
 *
 * <p>Threading: a thread of its own; {@link #start} returns after the first attempt.
 */
final class ServedApi implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServedApi.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration RENEWAL_LOOK = Duration.ofHours(6);

    private final HttpSettings settings;
    private final Backend backend;
    private final Certificates certificates;
    private final Clock clock;
    private final Consumer<InetSocketAddress> serving;
    private final Thread keeper;
    private @Nullable HttpFrontEnd api;

    private ServedApi(
            HttpSettings settings,
            Backend backend,
            Certificates certificates,
            Clock clock,
            Consumer<InetSocketAddress> serving) {
        this.settings = settings;
        this.backend = backend;
        this.certificates = certificates;
        this.clock = clock;
        this.serving = serving;
        this.keeper = Thread.ofVirtual().name("api-keeper").unstarted(this::keep);
    }

    /**
     * @param serving told once the API answers, now or later
     * @param failing told when the first attempt failed, with the reason
     */
    static ServedApi start(
            HttpSettings settings,
            Backend backend,
            Certificates certificates,
            Clock clock,
            Consumer<InetSocketAddress> serving,
            Consumer<String> failing) {
        var served = new ServedApi(settings, backend, certificates, clock, serving);
        try {
            served.open();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("the API did not start");
            failing.accept(
                    "the API cannot listen on %s (%s); tried again every %d s"
                            .formatted(settings.listen(), rootMessage(e), RETRY.toSeconds()));
        }
        served.keeper.start();
        return served;
    }

    private synchronized void open() {
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

    private void keep() {
        try {
            while (true) {
                Thread.sleep(isOpen() ? RENEWAL_LOOK : RETRY);
                if (isOpen()) {
                    renew();
                } else {
                    tryAgain();
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private void tryAgain() {
        try {
            open();
        } catch (RuntimeException e) {
            LOG.atDebug().addKeyValue("cause", rootMessage(e)).log("the API still does not start");
        }
    }

    private synchronized boolean isOpen() {
        return api != null;
    }

    private synchronized void renew() {
        var renewed = certificates.renewIfDue(clock.wall());
        if (!renewed.isEmpty() && api != null) {
            api.renew(pem());
            LOG.atInfo().addKeyValue("certificates", renewed).log("renewed");
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
    public void close() {
        keeper.interrupt();
        synchronized (this) {
            if (api != null) {
                api.close();
            }
        }
    }
}
