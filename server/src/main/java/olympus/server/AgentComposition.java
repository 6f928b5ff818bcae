package olympus.server;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import olympus.agent.Agent;
import olympus.agent.AgentConfig;
import olympus.foundation.ThreadEventLoop;
import olympus.link.AgentLinks;
import olympus.link.AgentSide;
import olympus.link.ServerList;
import olympus.link.keys.Installation;
import olympus.link.keys.NodeKeys;
import olympus.server.nodes.ServersFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Only the agent in one process: supervision first, which depends on nothing that follows, then the
 * links to the island's servers. No store, no API, no Spring.
 *
 * <p>What fails after supervision has begun does not end it: it is told, and tried again.
 */
final class AgentComposition implements Composition {

    private static final Logger LOG = LoggerFactory.getLogger(AgentComposition.class);

    private final AgentOptions options;
    private final Systemd systemd = Systemd.of(System.getenv());
    private final OpenedParts opened = new OpenedParts();
    private final SecureRandom random = new SecureRandom();

    private @Nullable Agent agent;
    private final AskingAgain again;

    private AgentComposition(AgentOptions options) {
        this.options = options;
        this.again = new AskingAgain(options.again(), options.terminal());
    }

    /**
     * Starts everything; returns when it supervises, and dials its servers where that is possible.
     */
    static AgentComposition start(AgentOptions options, BiConsumer<String, Throwable> onBug) {
        var composition = new AgentComposition(options);
        try {
            composition.run(onBug);
            return composition;
        } catch (RuntimeException e) {
            composition.close();
            throw e;
        }
    }

    private void run(BiConsumer<String, Throwable> onBug) {
        // Ours alone.
        var folder = opened.keep("data folder", DataFolder.open(options.dataFolder()));
        opened.keep(
                "log", ServerLog.start(folder.resolve("logs"), options.configuration().logging()));
        var self = Installation.openOrCreate(folder.root(), Installation.hostName(), random);
        LOG.atInfo()
                .addKeyValue("version", Version.TEXT)
                .addKeyValue("data", folder.root())
                .log("starting the agent");

        // Supervision.
        var identity =
                new AgentSide.Identity(
                        self.node(), self.nodeName(), Version.TEXT, options.advertise());
        var clock = options.terminal().clock();
        var supervising =
                opened.keep(
                        "agent",
                        new Agent(
                                AgentConfig.of(folder.root(), identity, clock, random, onBug),
                                List.of()));
        agent = supervising;
        supervising.start();
        var loop = opened.keep("beat", new ThreadEventLoop("beat", onBug));
        var linkLoop = opened.keep("link loop", new ThreadEventLoop("link", onBug));
        systemd.watchdogThrough(
                loop, () -> List.<Executor>of(supervising::onSupervision, linkLoop));

        // The servers.
        opened.keep(
                "links",
                RepeatedStart.begin(
                        opened.keep("starter", new ThreadEventLoop("starter", onBug)),
                        "the links to servers",
                        () -> dial(folder, self, identity, supervising, linkLoop),
                        this::degraded));
    }

    private AutoCloseable dial(
            DataFolder folder,
            Installation self,
            AgentSide.Identity identity,
            Agent supervising,
            ThreadEventLoop loop) {
        var keys = NodeKeys.open(folder.resolve("keys"));
        var file = new ServersFile(folder.root());
        if (hasEnded(keys) || !file.isReadable()) {
            // No server could be dialled as it is.
            again.ask(keys);
        }
        sayIfEnded(keys);
        var servers = new AgentServers(file, keys, loop);
        var links = new AgentLinks(identity, supervising, servers::told, loop, random);
        var keeper =
                new CertificateKeeper(
                        keys,
                        links::renew,
                        links::dialAnew,
                        options.terminal().clock(),
                        loop,
                        random);
        supervising.reportTo(links);
        servers.begin(links::wanted);
        keeper.start();
        again.watch(keys, links, servers, loop);
        ready(self, servers.current());
        return () -> {
            again.close();
            keeper.close();
            links.close();
        };
    }

    /** A machine that was off for too long is turned away in the handshake, without a word. */
    private void sayIfEnded(NodeKeys keys) {
        if (hasEnded(keys)) {
            degraded(
                    "the certificate of this machine ended at %s, so that no server takes it; make a token with `olympus token create --agent` on a server, and start the agent once with --server ADDRESS --token T"
                            .formatted(keys.current().expires()));
        }
    }

    private boolean hasEnded(NodeKeys keys) {
        return !options.terminal().clock().wall().isBefore(keys.current().expires());
    }

    private void ready(Installation self, ServerList servers) {
        var terminal = options.terminal();
        var millis = (terminal.clock().monotonicNanos() - terminal.startedNanos()) / 1_000_000;
        var line =
                "agent ready in %d ms  node %s (%s)  servers %s"
                        .formatted(
                                millis,
                                self.nodeName(),
                                self.node(),
                                servers.servers().stream()
                                        .map(server -> server.host() + ":" + server.port())
                                        .collect(Collectors.joining(", ")));
        terminal.out().println(line);
        terminal.out().flush();
        systemd.ready(line);
    }

    private void degraded(String why) {
        options.terminal()
                .err()
                .println(
                        "olympus agent: no server can be dialled, services are still supervised: "
                                + why);
        systemd.ready("degraded: " + why);
    }

    @Override
    public void stopServicesIfWanted() {
        if (options.stopServices() && agent != null) {
            var left = agent.stopAllInstances(options.configuration().stopDeadline());
            if (!left.isEmpty()) {
                options.terminal().err().println("olympus agent: these did not end: " + left);
            }
        }
    }

    @Override
    public void close() {
        systemd.close();
        opened.close();
    }
}
