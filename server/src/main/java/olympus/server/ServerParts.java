package olympus.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.agent.Agent;
import olympus.foundation.Clock;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.foundation.ThreadEventLoop;
import olympus.link.AgentLinkServer;
import olympus.link.AgentLinks;
import olympus.link.AgentSide;
import olympus.link.Dial;
import olympus.link.LinkTls;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.link.keys.SecretVault;
import olympus.server.deadline.Deadline;
import olympus.server.group.StoreWrites;
import olympus.server.http.Backend;
import olympus.server.http.HttpSettings;
import olympus.server.nodes.IslandNodes;
import olympus.server.nodes.KnownNodes;
import olympus.server.nodes.NodeAdmission;
import olympus.server.problems.Problems;
import olympus.server.secrets.OrdersWithSecrets;
import olympus.server.secrets.SecretStore;
import olympus.server.store.Projection;
import olympus.server.tokens.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything but supervision, top to bottom in the order of start: trust, link, store, controller,
 * API. A start that fails closes what it had opened, so that it can be tried again.
 */
final class ServerParts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerParts.class);

    private final Ground ground;
    private final UpOptions options;
    private final Clock clock;
    private final Deadline deadline;
    private final SecureRandom random = new SecureRandom();
    private final Problems problems = new Problems();
    private final OpenedParts opened = new OpenedParts();

    /** What supervision has prepared: whose server this is, and which agent it has at hand. */
    record Supervision(
            DataFolder folder, Installation self, AgentSide.Identity identity, Agent agent) {}

    /**
     * Who is told what.
     *
     * @param loop a loop that works as long as the process does
     * @param watched told the loops through which the watchdog's beat shall pass
     * @param onBug told of the exception that stopped a loop
     * @param degraded told what does not work, for the person who started it
     * @param notApplied told which stacks of the start were not applied, and why
     */
    record Told(
            EventLoop loop,
            Systemd systemd,
            Consumer<List<Executor>> watched,
            BiConsumer<String, Throwable> onBug,
            Consumer<String> degraded,
            Consumer<String> notApplied) {}

    /** What a server stands on. */
    record Ground(UpOptions options, Supervision supervision, Told told) {}

    private ServerParts(Ground ground) {
        this.ground = ground;
        this.options = ground.options();
        this.clock = options.terminal().clock();
        this.deadline = new Deadline(options.configuration().http().deadline());
    }

    static ServerParts start(Ground ground) throws IOException {
        var server = new ServerParts(ground);
        try {
            server.run();
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void run() throws IOException {
        var self = ground.supervision().self();
        var folder = ground.supervision().folder();
        var onBug = ground.told().onBug();

        // Who this is among the island's servers, and who is trusted.
        var membership =
                Membership.of(folder.root(), self, options.configuration().island(), clock);
        var trust = trust(folder, self, membership);

        // Where what agents tell will go.
        var linkLoop = opened.keep("link loop", new ThreadEventLoop("link", onBug));
        var reports = new ReportRelay();

        // The store, or what stands for it when it cannot be opened.
        var store = store(folder.resolve("hermes"), membership, trust);
        var island = new IslandServers(self, membership, store, trust.certificates(), clock);

        // The link between server and agents; to the one of this machine within the process.
        var nodes = new KnownNodes(store.hermes());
        var members = members(store, island, nodes, trust);
        var agents = opened.keep("link", new AgentLinkServer(self, reports, members, linkLoop));
        var meeting = "olympus-" + self.node();
        agents.listenInProcess(meeting);
        var secrets = new SecretStore(store.hermes(), trust.vault(), clock, deadline);
        var orders = new OrdersWithSecrets(secrets, agents);
        follow(trust, store);
        var listing = opened.keep("secrets", secrets.follow(orders::secretsChanged, problems));
        var listings =
                List.of(
                        listing,
                        opened.keep("servers", island.follow(problems)),
                        opened.keep("nodes", nodes.follow(problems)));

        // The controller, and the agents' reports to it.
        awaitStore(store, listings);
        var controller = controller(store, orders);
        controller.onChange(new SecretSweep(secrets, controller.commands(), deadline)::seen);
        var pauses = new PausesTold(controller.listener(), agents, controller::leads);
        controller.onChange(pauses::seen);
        opened.keep("reports", reports).to(pauses);
        var ports = options.configuration().island();
        opened.keep("changes of nodes", nodes.onChange(agents::islandChanged)::run);
        opened.keep(
                "changes of servers", island.known().onChange(_ -> agents.islandChanged())::run);
        ports.agents()
                .ifPresent(at -> agents.listenTls(at, LinkTls.ofServer(trust.certificates())));
        report(new Dial.InProcess(meeting), island, linkLoop);
        watched(List.of(linkLoop, controller::onLoop));

        // The API.
        var gods = gods(store, controller, nodes, agents, island, admission(store, members, trust));
        var backend = backend(trust, gods, secrets, controller::readiness);
        serve(backend, trust.certificates(), island);
        opened.keep("group of servers", island.keep(problems, onBug));
        var starting =
                new StacksAtStart(
                        options.command(), System.getenv(), backend, ground.told().notApplied());
        store.onceReady(() -> options.stacks().forEach(starting::apply));
    }

    private void follow(Trust trust, OpenStore store) {
        trust.tokens()
                .follow(store.hermes(), problems)
                .forEach(following -> opened.keep("tokens", following));
    }

    private IslandNodes members(
            OpenStore store, IslandServers island, KnownNodes nodes, Trust trust) {
        return new IslandNodes(
                store.hermes(), nodes, island.known(), trust.certificates().nodeSigner(), clock);
    }

    private Backend.Island gods(
            OpenStore store,
            RunningController controller,
            KnownNodes nodes,
            AgentLinkServer agents,
            IslandServers island,
            NodeAdmission admission) {
        return new Backend.Island(
                store.hermes(),
                controller.commands(),
                controller.nodes(),
                controller.insight(),
                () -> nodes.present(controller.view()),
                controller::reconcileTimes,
                agents,
                island.servers(deadline),
                admission);
    }

    /** Of machines that run only the agent. */
    private NodeAdmission admission(OpenStore store, IslandNodes members, Trust trust) {
        return new NodeAdmission(
                new NodeAdmission.Ground(
                        new StoreWrites(store.hermes(), clock, deadline),
                        members,
                        ground.supervision().self(),
                        trust.certificates()
                                .trust(Authorities.Purpose.PEOPLE)
                                .getFirst()
                                .getPublicKey(),
                        trust.certificates().nodeSigner()));
    }

    private OpenStore store(Path files, Membership membership, Trust trust) {
        var self = ground.supervision().self();
        var store =
                opened.keep(
                        "store",
                        OpenStore.open(
                                files,
                                self,
                                () -> membership.log(files, trust.certificates()),
                                clock));
        store.failure().ifPresent(e -> LOG.atError().setCause(e).log("the store was not opened"));
        return store;
    }

    private RunningController controller(OpenStore store, OrdersWithSecrets orders) {
        return opened.keep(
                "controller",
                RunningController.start(
                        store.hermes(),
                        store.failure(),
                        orders,
                        ground.supervision().self().nodeName(),
                        clock,
                        ground.told().onBug()));
    }

    /** What proves who is who: to browsers, between processes, of callers, and of secrets. */
    private record Trust(Certificates certificates, SecretVault vault, Tokens tokens) {}

    private Trust trust(DataFolder folder, Installation self, Membership membership)
            throws IOException {
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, self, clock.wall(), random);
        var hosts = membership.hosts(options.configuration().http().listen());
        return new Trust(
                Certificates.openOrIssue(keys, self, authorities, hosts, clock.wall()),
                SecretVault.openOrCreate(keys.resolve(SecretVault.ISLAND_KEY), random),
                Tokens.open(folder.root(), clock));
    }

    /**
     * Gives the store the time to answer, so that the first answers are whole. One that takes
     * longer is not waited for: all that follows comes up by itself when the store does.
     */
    private void awaitStore(OpenStore store, List<Projection> listings) {
        // The person is told by the announcement below, which knows it from the store's status.
        store.failure()
                .map(OlympusException::getMessage)
                .or(() -> store.awaitReady(deadline))
                .or(() -> listed(listings))
                .ifPresent(why -> LOG.atError().addKeyValue("cause", why).log("no working store"));
    }

    private Optional<String> listed(List<Projection> listings) {
        try {
            for (var listing : listings) {
                deadline.await(
                        listing.listed(), "reading secrets, servers and nodes from the store");
            }
            return Optional.empty();
        } catch (OlympusException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The agent of this machine tells every server of the island; this one within the process. */
    private void report(Dial own, IslandServers island, EventLoop loop) {
        var agent = ground.supervision().agent();
        var identity = ground.supervision().identity();
        var links = opened.keep("agent's links", new AgentLinks(identity, agent, loop, random));
        agent.reportTo(links);
        var following = island.known().onChange(_ -> links.wanted(island.dialled(own)));
        opened.keep("agent's list of servers", following::run);
    }

    private void watched(List<Executor> loops) {
        ground.told().watched().accept(loops);
        opened.keep("watch over the loops", () -> ground.told().watched().accept(List.of()));
    }

    private Backend backend(
            Trust trust,
            Backend.Island island,
            SecretStore secrets,
            Supplier<Backend.Readiness> readiness) {
        var doctor =
                new Doctor(
                        ground.supervision().folder().root(),
                        problems,
                        clock,
                        trust.certificates(),
                        island.hermes(),
                        island.view(),
                        island.agents(),
                        island.servers());
        var self = ground.supervision().self();
        var outside =
                new Backend.Outside(
                        secrets,
                        trust.tokens(),
                        doctor::examine,
                        () -> trust.certificates().expiries(clock.wall()),
                        readiness,
                        problems,
                        new Backend.Self(self.nodeName(), Version.TEXT, started()));
        var others =
                new Backend.Others(
                        trust.vault(), trust.certificates().trust(Authorities.Purpose.PEOPLE));
        return new Backend(island, outside, others, clock, deadline);
    }

    private void serve(Backend backend, Certificates certificates, IslandServers island)
            throws IOException {
        var http = options.configuration().http();
        var told = ground.told();
        var folder = ground.supervision().folder();
        var announcement =
                new Announcement(folder, options.terminal(), told.systemd(), told.loop(), problems);
        var settings =
                new HttpSettings(
                        http.listen(),
                        Files.createDirectories(folder.resolve("http")),
                        http.maxBodyBytes(),
                        http.failedLoginsPerMinute());
        var keeper = opened.keep("API's keeper", new ThreadEventLoop("api-keeper", told.onBug()));
        opened.keep(
                "API",
                ServedApi.start(
                        settings,
                        backend,
                        certificates,
                        clock,
                        keeper,
                        address -> {
                            island.serving(address);
                            announcement.serving(address, backend.outside().readiness());
                        },
                        why -> {
                            told.degraded().accept(why);
                            announcement.notServing(why);
                        }));
    }

    private Instant started() {
        return clock.wall().minusNanos(clock.monotonicNanos() - options.terminal().startedNanos());
    }

    /** Stops in the opposite order. */
    @Override
    public void close() {
        opened.close();
    }
}
