package olympus.server;

import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.keys.Certificates;
import olympus.server.http.Backend;
import olympus.server.problems.Problems;
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
    private static final String ENDPOINT = "endpoint.json";
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final DataFolder folder;
    private final UpOptions.Terminal terminal;
    private final Systemd systemd;
    private final EventLoop loop;
    private final Problems problems;
    private final AtomicReference<String> told = new AtomicReference<>("");

    Announcement(
            DataFolder folder,
            UpOptions.Terminal terminal,
            Systemd systemd,
            EventLoop loop,
            Problems problems) {
        this.folder = folder;
        this.terminal = terminal;
        this.systemd = systemd;
        this.loop = loop;
        this.problems = problems;
    }

    /** The API answers at {@code address}; whether that is all that is wanted, readiness says. */
    void serving(InetSocketAddress address, Supplier<Backend.Readiness> readiness) {
        var url = "https://%s:%d".formatted(hostText(address), address.getPort());
        writeEndpoint(url);
        look(url, readiness);
    }

    /** The API does not answer, so that the command line must be told by the file why. */
    void notServing(String why) {
        systemd.ready("degraded: " + why);
        try {
            folder.writeNoEndpoint(why);
        } catch (OlympusException e) {
            LOG.atError().setCause(e).log("no endpoint file");
        }
    }

    /** Who cannot write it serves all the same; it is tried until it succeeds. */
    private void writeEndpoint(String url) {
        try {
            folder.writeEndpoint(url, folder.resolve("keys").resolve(Certificates.HTTPS_CA));
            problems.passed(ENDPOINT);
        } catch (OlympusException e) {
            var sentence =
                    "the command line does not find this server by itself; pass --address %s meanwhile, it is tried again: %s"
                            .formatted(url, e.getMessage());
            if (problems.tell(ENDPOINT, sentence)) {
                LOG.atError().addKeyValue("address", url).setCause(e).log("no endpoint file");
            }
            later(() -> writeEndpoint(url));
        }
    }

    private void later(Runnable task) {
        try {
            var _ = loop.schedule(LOOK_AGAIN, task);
        } catch (RejectedExecutionException e) {
            // The process is stopping: there is nothing left to announce.
        }
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
        later(() -> look(url, readiness));
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
