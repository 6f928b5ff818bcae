package olympus.server;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import olympus.agent.Agent;
import olympus.agent.AgentConfig;
import olympus.foundation.Clock;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.link.AgentLinkClient;
import olympus.link.AgentLinkServer;
import olympus.link.AgentSide;
import olympus.link.Dial;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Hosts;
import olympus.link.keys.Installation;
import olympus.link.keys.SecretVault;
import olympus.model.stack.StackFolder;
import olympus.server.http.Backend;
import olympus.server.http.HttpSettings;
import olympus.server.secrets.OrdersWithSecrets;
import olympus.server.secrets.SecretStore;
import olympus.server.store.Projection;
import olympus.server.tokens.Tokens;
import olympus.zeus.StackCommands.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of Olympus in one process. The order of the lines in {@link #start} is the order of start,
 * and that is the architecture: first supervision, which depends on nothing that follows; then
 * store, controller, API. {@link #close} goes the other way and leaves the instances running.
 *
 * <p>What fails after supervision has begun does not end it: a store that cannot be opened and an
 * API that cannot listen are reported on standard error and in the log, and the process goes on.
 */
final class UpComposition implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UpComposition.class);

    /** Who applies the folders of {@code --stack}: whoever may start the process owns its data. */
    private static final Actor STARTER = new Actor("user:admin", "--stack");

    private final UpOptions options;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** What was opened, the newest last; closed from the end. */
    private final List<Opened> opened = new ArrayList<>();

    private record Opened(String name, AutoCloseable part) {}

    private final Systemd systemd = Systemd.of(System.getenv());

    private UpComposition(UpOptions options) {
        this.options = options;
        this.clock = options.terminal().clock();
    }

    /** Starts everything; returns when it supervises and serves, or does what of it is possible. */
    static UpComposition start(UpOptions options, BiConsumer<String, Throwable> onBug) {
        var up = new UpComposition(options);
        try {
            up.run(onBug);
            return up;
        } catch (IOException | RuntimeException e) {
            up.close();
            throw e instanceof RuntimeException known
                    ? known
                    : new java.io.UncheckedIOException((IOException) e);
        }
    }

    private void run(BiConsumer<String, Throwable> onBug) throws IOException {
        var configuration = options.configuration();
        var deadline = new Deadline(configuration.http().deadline());

        // Ours alone.
        var folder = keep("data folder", DataFolder.open(options.dataFolder()));
        keep("log", ServerLog.start(folder.resolve("logs"), configuration.logging()));
        var self = Installation.openOrCreate(folder.root(), Installation.hostName(), random);
        LOG.atInfo()
                .addKeyValue("version", Version.TEXT)
                .addKeyValue("data", folder.root())
                .log("starting");

        // Supervision: from here on services are looked after, whatever happens below.
        var identity = new AgentSide.Identity(self.node(), self.nodeName(), Version.TEXT);
        var agent =
                keep(
                        "agent",
                        new Agent(
                                AgentConfig.of(folder.root(), identity, clock, random, onBug),
                                List.of()));
        agent.start();

        // Who is trusted.
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, clock.wall(), random);
        var hosts = Hosts.ofThisMachine(configuration.http().listen().getHostString());
        var certificates = Certificates.openOrIssue(keys, self, authorities, hosts, clock.wall());
        var vault = SecretVault.openOrCreate(keys.resolve(SecretVault.ISLAND_KEY), random);
        var tokens = Tokens.open(folder.root(), clock);

        // The link between server and agent, here within the process.
        var linkLoop = keep("link loop", new ThreadEventLoop("link", onBug));
        var reports = new ReportRelay();
        var agents = keep("link", new AgentLinkServer(self, reports, linkLoop));
        var meeting = "olympus-" + self.node();
        agents.listenInProcess(meeting);

        // The store, or what stands for it when it cannot be opened.
        var store = keep("store", OpenStore.open(folder.resolve("hermes"), self, clock));
        store.failure().map(Throwable::getMessage).ifPresent(this::degraded);
        var secrets = new SecretStore(store.hermes(), vault, clock, deadline);
        var orders = new OrdersWithSecrets(secrets, agents);
        keep("tokens", tokens.follow(store.hermes()));
        var secretsListed = keep("secrets", secrets.follow(orders::secretsChanged));

        // The controller, and the agent's report to it.
        store.awaitReady(deadline).ifPresent(this::degraded);
        awaitListed(secretsListed, store, deadline);
        var controller = keep("controller", RunningController.start(store, orders, clock, onBug));
        reports.to(controller.listener());
        systemd.watchdogOn(linkLoop);
        var client =
                keep(
                        "agent's link",
                        new AgentLinkClient(
                                identity, agent, new Dial.InProcess(meeting), linkLoop, random));
        agent.reportTo(client);
        client.start();

        // The API.
        var doctor =
                new Doctor(
                        folder.root(),
                        clock,
                        certificates,
                        store.hermes(),
                        controller::view,
                        agents);
        var backend =
                new Backend(
                        new Backend.Island(
                                store.hermes(), controller.commands(), controller::view, agents),
                        new Backend.Outside(
                                secrets,
                                tokens,
                                doctor::examine,
                                controller::readiness,
                                new Backend.Self(self.nodeName(), Version.TEXT, started())),
                        clock,
                        deadline);
        var settings =
                new HttpSettings(
                        configuration.http().listen(),
                        Files.createDirectories(folder.resolve("http")),
                        configuration.http().maxBodyBytes(),
                        configuration.http().failedLoginsPerMinute());
        keep(
                "API",
                ServedApi.start(
                        settings,
                        backend,
                        certificates,
                        clock,
                        address -> serving(folder, address),
                        this::degraded));
        options.stacks().forEach(stack -> apply(stack, backend));
    }

    /** Applies a stack folder as its user would: everything in it, nothing removed. */
    private void apply(Path folder, Backend backend) {
        switch (StackFolder.load(folder, System.getenv())) {
            case StackFolder.Outcome.Invalid invalid ->
                    degraded("cannot apply %s:%n%s".formatted(folder, invalid.text()));
            case StackFolder.Outcome.Loaded loaded -> {
                try {
                    backend.apply(
                            loaded.secrets().with(loaded.definition()),
                            Optional.empty(),
                            false,
                            STARTER);
                } catch (OlympusException e) {
                    degraded("cannot apply %s: %s".formatted(folder, e.getMessage()));
                }
            }
        }
    }

    /** With {@code --stop-services}: ends every instance. */
    void stopServicesIfWanted() {
        if (!options.stopServices()) {
            return;
        }
        for (var part : opened) {
            if (part.part() instanceof Agent agent) {
                var left = agent.stopAllInstances(options.configuration().stopDeadline());
                if (!left.isEmpty()) {
                    degraded("these instances did not end: " + left);
                }
            }
        }
    }

    private <T extends AutoCloseable> T keep(String name, T part) {
        opened.add(new Opened(name, part));
        return part;
    }

    private Instant started() {
        return clock.wall().minusNanos(clock.monotonicNanos() - options.terminal().startedNanos());
    }

    private static void awaitListed(Projection projection, OpenStore store, Deadline deadline) {
        if (store.failure().isEmpty()) {
            deadline.await(projection.listed(), "reading the secrets from the store");
        }
    }

    private void serving(DataFolder folder, InetSocketAddress address) {
        var url = "https://%s:%d".formatted(hostText(address), address.getPort());
        folder.writeEndpoint(url, folder.resolve("keys").resolve(Certificates.HTTPS_CA));
        var terminal = options.terminal();
        var millis = (clock.monotonicNanos() - terminal.startedNanos()) / 1_000_000;
        terminal.out()
                .printf(
                        "ready in %d ms  %s  token file %s%n",
                        millis, url, folder.resolve("admin.token"));
        terminal.out().flush();
        systemd.ready("serves " + url);
        LOG.atInfo().addKeyValue("address", url).addKeyValue("millis", millis).log("ready");
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

    private void degraded(String what) {
        options.terminal()
                .err()
                .println("olympus up: degraded, services are still supervised: " + what);
        LOG.atError().addKeyValue("cause", what).log("degraded, services are still supervised");
    }

    /** Stops in the opposite order; instances go on unless the options say otherwise. */
    @Override
    public void close() {
        systemd.close();
        for (var part : opened.reversed()) {
            try {
                part.part().close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("part", part.name())
                        .setCause(e)
                        .log("did not stop cleanly");
            }
        }
        opened.clear();
    }
}
