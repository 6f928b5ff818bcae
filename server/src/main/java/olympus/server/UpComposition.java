package olympus.server;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import olympus.agent.Agent;
import olympus.agent.AgentConfig;
import olympus.foundation.ThreadEventLoop;
import olympus.link.AgentSide;
import olympus.link.keys.Installation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of Olympus in one process. The order of the lines in {@link #run} is the order of start, and
 * that is the architecture: first supervision, which depends on nothing that follows; then {@link
 * ServerParts}: store, controller, API. {@link #close} goes the other way and leaves the instances
 * running.
 *
 * <p>What fails after supervision has begun does not end it: it is reported on standard error and
 * in the log, the process goes on, and it is tried again.
 */
final class UpComposition implements Composition {

    private static final Logger LOG = LoggerFactory.getLogger(UpComposition.class);

    private final UpOptions options;
    private final Systemd systemd = Systemd.of(System.getenv());
    private final OpenedParts opened = new OpenedParts();

    /** Why stacks of the start were not applied. */
    private final List<String> unapplied = new CopyOnWriteArrayList<>();

    /** Those besides supervision's through which the watchdog's beat passes. */
    private volatile List<Executor> serverLoops = List.of();

    private @Nullable Agent agent;

    private UpComposition(UpOptions options) {
        this.options = options;
    }

    /** Starts everything; returns when it supervises and serves, or does what of it is possible. */
    static UpComposition start(UpOptions options, BiConsumer<String, Throwable> onBug) {
        var up = new UpComposition(options);
        try {
            up.run(onBug);
            return up;
        } catch (RuntimeException e) {
            up.close();
            throw e;
        }
    }

    private void run(BiConsumer<String, Throwable> onBug) {
        // Ours alone.
        var folder = opened.keep("data folder", DataFolder.open(options.dataFolder()));
        opened.keep(
                "log", ServerLog.start(folder.resolve("logs"), options.configuration().logging()));
        var random = new SecureRandom();
        var self = Installation.openOrCreate(folder.root(), Installation.hostName(), random);
        LOG.atInfo()
                .addKeyValue("version", Version.TEXT)
                .addKeyValue("data", folder.root())
                .log("starting");

        // Supervision: from here on services are looked after, whatever happens below.
        var identity =
                new AgentSide.Identity(
                        self.node(),
                        self.nodeName(),
                        Version.TEXT,
                        options.configuration()
                                .island()
                                .advertise()
                                .filter(AgentSide.Identity.ADDRESS.asMatchPredicate()));
        var clock = options.terminal().clock();
        var config = AgentConfig.of(folder.root(), identity, clock, random, onBug);
        var supervising = opened.keep("agent", new Agent(config, List.of()));
        agent = supervising;
        supervising.start();
        var loop = opened.keep("beat", new ThreadEventLoop("beat", onBug));
        systemd.watchdogThrough(
                loop,
                () ->
                        Stream.concat(
                                        Stream.<Executor>of(supervising::onSupervision),
                                        serverLoops.stream())
                                .toList());

        // Everything else.
        var ground =
                new ServerParts.Ground(
                        options,
                        new ServerParts.Supervision(folder, self, identity, supervising),
                        new ServerParts.Told(
                                loop,
                                systemd,
                                loops -> serverLoops = loops,
                                onBug,
                                this::degraded,
                                this::notApplied));
        opened.keep(
                "server",
                RepeatedStart.begin(
                        opened.keep("starter", new ThreadEventLoop("starter", onBug)),
                        "the server",
                        () -> ServerParts.start(ground),
                        this::serverFailed));
    }

    private void serverFailed(String why) {
        degraded(why);
        systemd.ready("degraded: " + why);
    }

    /** Why stacks of the start were not applied, so far; empty when all were. */
    List<String> unapplied() {
        return List.copyOf(unapplied);
    }

    private void notApplied(String why) {
        unapplied.add(why);
        options.terminal().err().println("olympus up: " + why);
        LOG.atError()
                .addMarker(ServerLog.TOLD)
                .addKeyValue("cause", why)
                .log("a stack of the start was not applied");
    }

    /** With {@code --stop-services}: ends every instance. */
    @Override
    public void stopServicesIfWanted() {
        if (options.stopServices() && agent != null) {
            var left = agent.stopAllInstances(options.configuration().stopDeadline());
            if (!left.isEmpty()) {
                degraded("these instances did not end: " + left);
            }
        }
    }

    private void degraded(String what) {
        options.terminal()
                .err()
                .println("olympus up: degraded, services are still supervised: " + what);
        LOG.atError()
                .addMarker(ServerLog.TOLD)
                .addKeyValue("cause", what)
                .log("degraded, services are still supervised");
    }

    /** Stops in the opposite order; instances go on unless the options say otherwise. */
    @Override
    public void close() {
        systemd.close();
        opened.close();
    }
}
