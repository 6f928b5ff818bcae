package olympus.server;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import olympus.agent.Agent;
import olympus.agent.AgentConfig;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
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
import olympus.server.deadline.Deadline;
import olympus.server.http.Backend;
import olympus.server.http.HttpSettings;
import olympus.server.secrets.OrdersWithSecrets;
import olympus.server.secrets.SecretStore;
import olympus.server.store.Projection;
import olympus.server.tokens.Tokens;
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

    private final UpOptions options;
    private final Clock clock;
    private final Deadline deadline;
    private final SecureRandom random = new SecureRandom();

    /** What was opened, the newest last; closed from the end. */
    private final List<Opened> opened = new ArrayList<>();

    /** Why stacks of the start were not applied. */
    private final List<String> unapplied = new ArrayList<>();

    private record Opened(String name, AutoCloseable part) {}

    private final Systemd systemd = Systemd.of(System.getenv());

    private UpComposition(UpOptions options) {
        this.options = options;
        this.clock = options.terminal().clock();
        this.deadline = new Deadline(options.configuration().http().deadline());
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
        // Ours alone.
        var folder = keep("data folder", DataFolder.open(options.dataFolder()));
        keep("log", ServerLog.start(folder.resolve("logs"), options.configuration().logging()));
        var self = Installation.openOrCreate(folder.root(), Installation.hostName(), random);
        LOG.atInfo()
                .addKeyValue("version", Version.TEXT)
                .addKeyValue("data", folder.root())
                .log("starting");

        // Supervision: from here on services are looked after, whatever happens below.
        var identity = new AgentSide.Identity(self.node(), self.nodeName(), Version.TEXT);
        var agent = supervise(folder, identity, onBug);

        // Who is trusted.
        var trust = trust(folder, self);

        // The link between server and agent, here within the process.
        var linkLoop = keep("link loop", new ThreadEventLoop("link", onBug));
        var reports = new ReportRelay();
        var agents = keep("link", new AgentLinkServer(self, reports, linkLoop));
        var meeting = "olympus-" + self.node();
        agents.listenInProcess(meeting);

        // The store, or what stands for it when it cannot be opened.
        var store = keep("store", OpenStore.open(folder.resolve("hermes"), self, clock));
        store.failure().ifPresent(e -> LOG.atError().setCause(e).log("the store was not opened"));
        var secrets = new SecretStore(store.hermes(), trust.vault(), clock, deadline);
        var orders = new OrdersWithSecrets(secrets, agents);
        keep("tokens", trust.tokens().follow(store.hermes()));
        var secretsListed = keep("secrets", secrets.follow(orders::secretsChanged));

        // The controller, and the agent's report to it.
        // Told by the announcement below, which knows it from the store's status.
        store.awaitReady(deadline)
                .ifPresent(why -> LOG.atError().addKeyValue("cause", why).log("no working store"));
        awaitListed(secretsListed, store);
        var controller = keep("controller", RunningController.start(store, orders, clock, onBug));
        controller.onChange(new SecretSweep(secrets, controller.commands(), deadline)::seen);
        keep("reports", reports).to(controller.listener());
        report(agent, identity, new Dial.InProcess(meeting), linkLoop);
        systemd.watchdogThrough(linkLoop, List.of(agent::onSupervision, controller::onLoop));

        // The API.
        var island =
                new Backend.Island(
                        store.hermes(),
                        controller.commands(),
                        controller::view,
                        controller::reconcileTimes,
                        agents);
        var backend = backend(folder, self, trust, island, secrets, controller::readiness);
        var announcement = new Announcement(folder, options.terminal(), systemd, linkLoop);
        serve(folder, backend, trust.certificates(), announcement, onBug);
        var starting =
                new StacksAtStart(options.command(), System.getenv(), backend, this::notApplied);
        options.stacks().forEach(starting::apply);
    }

    private Agent supervise(
            DataFolder folder, AgentSide.Identity identity, BiConsumer<String, Throwable> onBug) {
        var config = AgentConfig.of(folder.root(), identity, clock, random, onBug);
        var agent = keep("agent", new Agent(config, List.of()));
        agent.start();
        return agent;
    }

    /** What proves who is who: to browsers, between processes, of callers, and of secrets. */
    private record Trust(Certificates certificates, SecretVault vault, Tokens tokens) {}

    private Trust trust(DataFolder folder, Installation self) throws IOException {
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, clock.wall(), random);
        var hosts = Hosts.ofThisMachine(options.configuration().http().listen().getHostString());
        return new Trust(
                Certificates.openOrIssue(keys, self, authorities, hosts, clock.wall()),
                SecretVault.openOrCreate(keys.resolve(SecretVault.ISLAND_KEY), random),
                Tokens.open(folder.root(), clock));
    }

    private void report(Agent agent, AgentSide.Identity identity, Dial server, EventLoop loop) {
        var client =
                keep("agent's link", new AgentLinkClient(identity, agent, server, loop, random));
        agent.reportTo(client);
        client.start();
    }

    private Backend backend(
            DataFolder folder,
            Installation self,
            Trust trust,
            Backend.Island island,
            SecretStore secrets,
            Supplier<Backend.Readiness> readiness) {
        var doctor =
                new Doctor(
                        folder.root(),
                        clock,
                        trust.certificates(),
                        island.hermes(),
                        island.view(),
                        island.agents());
        var outside =
                new Backend.Outside(
                        secrets,
                        trust.tokens(),
                        doctor::examine,
                        readiness,
                        new Backend.Self(self.nodeName(), Version.TEXT, started()));
        return new Backend(island, outside, clock, deadline);
    }

    private void serve(
            DataFolder folder,
            Backend backend,
            Certificates certificates,
            Announcement announcement,
            BiConsumer<String, Throwable> onBug)
            throws IOException {
        var http = options.configuration().http();
        var settings =
                new HttpSettings(
                        http.listen(),
                        Files.createDirectories(folder.resolve("http")),
                        http.maxBodyBytes(),
                        http.failedLoginsPerMinute());
        keep(
                "API",
                ServedApi.start(
                        settings,
                        backend,
                        certificates,
                        clock,
                        keep("API's keeper", new ThreadEventLoop("api-keeper", onBug)),
                        address -> announcement.serving(address, backend.outside().readiness()),
                        this::degraded));
    }

    /** Why stacks of the start were not applied; empty when all were. */
    List<String> unapplied() {
        return List.copyOf(unapplied);
    }

    private void notApplied(String why) {
        unapplied.add(why);
        options.terminal().err().println("olympus up: " + why);
        LOG.atError().addKeyValue("cause", why).log("a stack of the start was not applied");
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

    private void awaitListed(Projection projection, OpenStore store) {
        if (store.failure().isEmpty()) {
            deadline.await(projection.listed(), "reading the secrets from the store");
        }
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
