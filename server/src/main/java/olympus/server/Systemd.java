package olympus.server;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import olympus.foundation.EventLoop;
import olympus.foundation.SystemdNotifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd, where it started this process, that Olympus is ready, alive and stopping. The
 * watchdog is fed through the loops that do the work, so that a stuck one is noticed.
 */
final class Systemd implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);

    private final SystemdNotifier notifier;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Systemd(SystemdNotifier notifier) {
        this.notifier = notifier;
    }

    static Systemd of(Map<String, String> environment) {
        return new Systemd(SystemdNotifier.from(environment, ProcessHandle.current().pid()));
    }

    void ready(String status) {
        tell(() -> notifier.ready(status));
    }

    /** Feeds the watchdog until closed, as long as every one of {@code loops} works. */
    void watchdogThrough(EventLoop clock, Supplier<List<Executor>> loops) {
        notifier.watchdogInterval()
                .ifPresent(interval ->
                        new Heartbeat(clock, loops, interval, () -> tell(notifier::alive))
                                .beatUntil(closed::get));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            tell(() -> notifier.stopping("stopping"));
        }
    }

    private interface Message {
        void send() throws IOException;
    }

    private static void tell(Message message) {
        try {
            message.send();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("cause", Optional.ofNullable(e.getMessage()).orElse(""))
                    .log("systemd was not told");
        }
    }
}
