package olympus.server;

import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import olympus.foundation.EventLoop;
import olympus.link.keys.Certificates;
import olympus.server.http.Backend;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the starter is told once the API answers: {@code ready} when it also supervises with a store
 * that works, else {@code degraded} with the reason, and {@code ready} later, should that pass.
 *
 * <p>Threading: {@link #serving} by any thread, the looks after it on the given loop.
 */
final class Announcement {

    private static final Logger LOG = LoggerFactory.getLogger(Announcement.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final DataFolder folder;
    private final UpOptions.Terminal terminal;
    private final Systemd systemd;
    private final EventLoop loop;
    private final AtomicReference<String> told = new AtomicReference<>("");

    Announcement(DataFolder folder, UpOptions.Terminal terminal, Systemd systemd, EventLoop loop) {
        this.folder = folder;
        this.terminal = terminal;
        this.systemd = systemd;
        this.loop = loop;
    }

    /** The API answers at {@code address}; whether that is all that is wanted, readiness says. */
    void serving(InetSocketAddress address, Supplier<Backend.Readiness> readiness) {
        var url = "https://%s:%d".formatted(hostText(address), address.getPort());
        folder.writeEndpoint(url, folder.resolve("keys").resolve(Certificates.HTTPS_CA));
        look(url, readiness);
    }

    private void look(String url, Supplier<Backend.Readiness> readiness) {
        var now = readiness.get();
        if (now.ready()) {
            ready(url);
            return;
        }
        if (!told.getAndSet(now.reason()).equals(now.reason())) {
            degraded(url, now.reason());
        }
        var _ = loop.schedule(LOOK_AGAIN, () -> look(url, readiness));
    }

    private void ready(String url) {
        var millis = (terminal.clock().monotonicNanos() - terminal.startedNanos()) / 1_000_000;
        print(
                "ready in %d ms  %s  token file %s"
                        .formatted(millis, url, folder.resolve("admin.token")));
        systemd.ready("serves " + url);
        LOG.atInfo().addKeyValue("address", url).addKeyValue("millis", millis).log("ready");
    }

    private void degraded(String url, String reason) {
        // The cause last: it ends with the command that helps.
        print(
                "degraded: services are supervised, but nothing can be changed. status, doctor and pause answer at %s%n%s"
                        .formatted(url, reason));
        systemd.ready("degraded: " + reason);
        LOG.atError().addKeyValue("address", url).addKeyValue("cause", reason).log("degraded");
    }

    private void print(String line) {
        PrintStream out = terminal.out();
        out.println(line);
        out.flush();
    }

    private static String hostText(InetSocketAddress address) {
        var host = address.getAddress();
        if (host.isAnyLocalAddress()) {
            return "localhost";
        }
        return host instanceof Inet6Address
                ? "[" + host.getHostAddress() + "]"
                : host.getHostAddress();
    }
}
