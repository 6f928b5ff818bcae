package olympus.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import olympus.foundation.OlympusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This Java process: ends cleanly when it is told to, with exit code 0, and with 1 when supervision
 * itself met a bug, so that whoever started it starts it anew (running instances are adopted).
 */
final class OlympusProcess {

    /** For everything but services that are to end too; less than systemd grants the unit. */
    static final Duration ENDS_WITHIN = Duration.ofSeconds(45);

    private static final Logger LOG = LoggerFactory.getLogger(OlympusProcess.class);

    private final Map<String, String> environment;
    private final UpOptions.Terminal terminal;
    private final CountDownLatch told = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger exitCode = new AtomicInteger();

    OlympusProcess(Map<String, String> environment, UpOptions.Terminal terminal) {
        this.environment = Map.copyOf(environment);
        this.terminal = terminal;
    }

    Map<String, String> environment() {
        return environment;
    }

    UpOptions.Terminal terminal() {
        return terminal;
    }

    /**
     * Runs until the process is told to end; returns its exit code.
     *
     * @param started told once everything runs
     * @param ending run before the process ends, however
     */
    int run(UpOptions options, Consumer<UpComposition> started, Runnable ending) {
        return run(
                options.stopServices() ? options.configuration().stopDeadline() : Duration.ZERO,
                onBug -> UpComposition.start(options, onBug),
                started,
                ending);
    }

    /** The same, of a process that runs only the agent. */
    int run(AgentOptions options) {
        return run(
                options.stopServices() ? options.configuration().stopDeadline() : Duration.ZERO,
                onBug -> AgentComposition.start(options, onBug),
                _ -> {},
                () -> {});
    }

    private <C extends Composition> int run(
            Duration services,
            Function<BiConsumer<String, Throwable>, C> start,
            Consumer<C> started,
            Runnable ending) {
        // Before anything says that it is ready: from then on a signal must end in a clean stop.
        var hook = Thread.ofPlatform().name("stop").unstarted(() -> stopAndHalt(services));
        Runtime.getRuntime().addShutdownHook(hook);
        try (var composition = start.apply(this::bug)) {
            started.accept(composition);
            told.await();
            LOG.atInfo().addKeyValue("stop-services", services.isPositive()).log("stopping");
            composition.stopServicesIfWanted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OlympusException e) {
            exitCode.set(e.code().exitCode());
            throw e;
        } catch (RuntimeException | Error e) {
            exitCode.set(1);
            throw e;
        } finally {
            try {
                ending.run();
            } finally {
                stopped.countDown();
            }
        }
        return exitCode.get();
    }

    /**
     * Runs while the JVM ends: lets {@link #run} finish, then ends with its code instead of the
     * signal's.
     *
     * @param services what these may take to end, where they are to end too
     */
    private void stopAndHalt(Duration services) {
        Runtime.getRuntime().halt(endWithin(ENDS_WITHIN.plus(services)));
    }

    /**
     * Tells {@link #run} to end and waits for it; returns its exit code, or 1 with a message when
     * it takes longer than that.
     */
    int endWithin(Duration limit) {
        told.countDown();
        try {
            if (!stopped.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                terminal.err()
                        .println(
                                "olympus: told to end, but not done within %s; ending at once, which loses nothing that was acknowledged"
                                        .formatted(limit));
                LOG.atError()
                        .addKeyValue("limit", limit)
                        .log("told to end, but not done in time; ending at once");
                return 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return exitCode.get();
    }

    /** Ends the process as a signal would. */
    void stop() {
        told.countDown();
    }

    private void bug(String thread, Throwable cause) {
        LOG.atError()
                .addKeyValue("thread", thread)
                .setCause(cause)
                .log("a bug stopped a part; ending, to be started anew");
        terminal.err().println("olympus: a bug stopped " + thread + ": " + cause + "; ending");
        exitCode.set(1);
        told.countDown();
    }
}
