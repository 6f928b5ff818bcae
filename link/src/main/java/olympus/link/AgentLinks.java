package olympus.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.model.SecretRef;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeQuestion;
import olympus.model.state.NodeReport;

/**
 * An agent's links to the servers of its island: one to each server that is wanted. The agent tells
 * all of them everything. Orders come by any of them; the agent's own check of stamps decides which
 * are obeyed, and a refusal goes back by the links that brought the order.
 *
 * <p>Threading: any thread; nothing blocks but {@link #close}. Links that are no longer wanted end
 * beside the caller; a server whose address changed is dialled anew once the old link has ended, so
 * that an agent never has two streams to one server. The loop must outlive this. Limits: {@link
 * LinkLimits#MAX_SERVERS} servers, the last {@link #REMEMBERED_ORDERS} orders of each.
 */
public final class AgentLinks implements AgentSide.Reports, AutoCloseable {

    private static final int REMEMBERED_ORDERS = 32;

    private final AgentSide.Identity identity;
    private final AgentSide.Orders orders;
    private final Consumer<ServerList> told;
    private final EventLoop loop;
    private final RandomGenerator random;

    /** By the server's id. Guarded by this, which is held for moments only. */
    private final Map<String, Link> links = new TreeMap<>();

    /** Links that are being closed, by the server's id. Guarded by this. */
    private final Map<String, CompletableFuture<Void>> ending = new TreeMap<>();

    private boolean closed;

    /** The server that was asked last for a certificate: another has its turn. Guarded by this. */
    private String signedLast = "";

    /**
     * A server that is to be dialled.
     *
     * @param server by which it is known, whatever its address; in words, for doctor and logs
     */
    public record Target(String server, Dial dial) {}

    /**
     * How the link to one server stands.
     *
     * @param detail the server's id when connected, else why not
     */
    public record ServerLink(String server, String where, boolean connected, String detail) {}

    /** Whether the island takes this agent, as far as its servers have said. */
    public enum Standing {
        /** One of them at least. */
        TAKEN,
        /** None, and one of them says that it does not belong to the island. */
        REFUSED,
        /** None has said anything yet. */
        UNANSWERED
    }

    private record Link(Target target, AgentLinkClient client, Ordering ordering) {}

    /** Those of an agent that knows otherwise where its servers are. */
    public AgentLinks(
            AgentSide.Identity identity,
            AgentSide.Orders orders,
            EventLoop loop,
            RandomGenerator random) {
        this(identity, orders, _ -> {}, loop, random);
    }

    /**
     * @param told where the island's servers are, as any of them says; called by link threads, must
     *     return at once
     */
    public AgentLinks(
            AgentSide.Identity identity,
            AgentSide.Orders orders,
            Consumer<ServerList> told,
            EventLoop loop,
            RandomGenerator random) {
        this.identity = identity;
        this.orders = orders;
        this.told = told;
        this.loop = loop;
        this.random = random;
    }

    /**
     * From now on keeps links to these servers and no others. Those that stay, at the same address,
     * are not touched.
     *
     * @throws OlympusException when there are too many or two of one name; then nothing changes
     */
    public synchronized void wanted(Set<Target> servers) {
        var wanted = byServer(servers);
        if (closed) {
            return;
        }
        for (var link : List.copyOf(links.values())) {
            var target = wanted.get(link.target.server());
            if (target == null || !isSame(target.dial(), link.target.dial())) {
                end(link);
            }
        }
        wanted.values().stream()
                .filter(target -> !links.containsKey(target.server()))
                .forEach(this::begin);
    }

    private static Map<String, Target> byServer(Set<Target> servers) {
        if (servers.size() > LinkLimits.MAX_SERVERS) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "an agent keeps links to at most %d servers, not to %d; the links stay as they are"
                            .formatted(LinkLimits.MAX_SERVERS, servers.size()));
        }
        var named = new TreeMap<String, Target>();
        for (var target : servers) {
            var other = named.put(target.server(), target);
            if (other != null) {
                throw new OlympusException(
                        ErrorCode.INVALID,
                        "server %s is to be dialled at %s and at %s; one address each is right. The links stay as they are"
                                .formatted(
                                        target.server(),
                                        other.dial().where(),
                                        target.dial().where()));
            }
        }
        return named;
    }

    /** What proves who is who may change without notice: it is asked at each handshake. */
    private static boolean isSame(Dial a, Dial b) {
        return a.where().equals(b.where()) && a.expectedIsland().equals(b.expectedIsland());
    }

    private void begin(Target target) {
        var ordering = new Ordering(orders);
        var client = new AgentLinkClient(identity, ordering, target.dial(), told, loop, random);
        links.put(target.server(), new Link(target, client, ordering));
        var before = ending.get(target.server());
        if (before == null) {
            client.start();
        } else {
            var _ = before.thenRun(client::start);
        }
    }

    private void end(Link link) {
        var server = link.target.server();
        links.remove(server);
        var ended = new CompletableFuture<Void>();
        var before = ending.put(server, ended);
        Thread.ofVirtual()
                .name("link-end-" + server)
                .start(() -> {
                    link.client.close();
                    if (before != null) {
                        before.join();
                    }
                    forget(server, ended);
                    ended.complete(null);
                });
    }

    private synchronized void forget(String server, CompletableFuture<Void> ended) {
        ending.remove(server, ended);
    }

    /** By the server's name: how each link stands. */
    public synchronized List<ServerLink> status() {
        return links.values().stream()
                .map(link -> {
                    var status = link.client.status();
                    return new ServerLink(
                            link.target.server(),
                            link.target.dial().where(),
                            status.connected(),
                            status.detail());
                })
                .toList();
    }

    public Standing standing() {
        var all = status();
        if (all.stream().anyMatch(ServerLink::connected)) {
            return Standing.TAKEN;
        }
        return all.stream().map(ServerLink::detail).anyMatch(Reasons::isRefusal)
                ? Standing.REFUSED
                : Standing.UNANSWERED;
    }

    /**
     * Has one of the servers that are connected sign the key that follows: one after the other, so
     * that what one refuses is asked of the next.
     */
    public CompletionStage<IssuedCertificate> renew(CertificateRequest request) {
        return nextToSign()
                .map(client -> client.renew(request))
                .orElseGet(() ->
                        CompletableFuture.failedStage(
                                new OlympusException(
                                        ErrorCode.UNAVAILABLE,
                                        "no server that can sign certificates is connected")));
    }

    private synchronized Optional<AgentLinkClient> nextToSign() {
        var able = links.values().stream().filter(link -> link.client.signs()).toList();
        var next =
                able.stream()
                        .filter(link -> link.target.server().compareTo(signedLast) > 0)
                        .findFirst()
                        .or(() -> able.stream().findFirst());
        next.ifPresent(link -> signedLast = link.target.server());
        return next.map(Link::client);
    }

    /**
     * Ends every link in good order and dials its server anew, which is shown the certificate that
     * is in force by now. What is under way on them (logs that are followed, commands of people)
     * ends with them.
     */
    public void dialAnew() {
        present().forEach(link -> link.client.dialAnew());
    }

    @Override
    public void report(NodeReport report) {
        present().forEach(link -> link.client.report(report));
    }

    @Override
    public void facts(NodeFacts facts) {
        present().forEach(link -> link.client.facts(facts));
    }

    @Override
    public void events(List<AgentEvent> events) {
        present().forEach(link -> link.client.events(events));
    }

    /** To those that gave the order; to all when it is not known any more who that was. */
    @Override
    public void refused(Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        var all = present();
        var brought = all.stream().filter(link -> link.ordering.brought(refused)).toList();
        (brought.isEmpty() ? all : brought)
                .forEach(link -> link.client.refused(refused, inForce, reason));
    }

    @Override
    public void askForLeases(long number) {
        present().forEach(link -> link.client.askForLeases(number));
    }

    private synchronized List<Link> present() {
        return List.copyOf(links.values());
    }

    /** Ends every link in good order. Not to be called on the loop. */
    @Override
    public void close() {
        List<CompletableFuture<Void>> last;
        synchronized (this) {
            closed = true;
            List.copyOf(links.values()).forEach(this::end);
            last = new ArrayList<>(ending.values());
        }
        last.forEach(CompletableFuture::join);
    }

    /** Hands orders to the agent and remembers which came by this link. */
    private static final class Ordering implements AgentSide.Orders {

        private final AgentSide.Orders agent;
        private final Deque<Assignment.Stamp> last = new ArrayDeque<>();

        Ordering(AgentSide.Orders agent) {
            this.agent = agent;
        }

        synchronized boolean brought(Assignment.Stamp stamp) {
            return last.contains(stamp);
        }

        private synchronized void remember(Assignment.Stamp stamp) {
            last.addLast(stamp);
            if (last.size() > REMEMBERED_ORDERS) {
                last.removeFirst();
            }
        }

        @Override
        public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
            remember(assignment.stamp());
            agent.assign(assignment, secrets);
        }

        @Override
        public void eventsRecorded(long upToSequence) {
            agent.eventsRecorded(upToSequence);
        }

        @Override
        public void pause(Pause pause) {
            agent.pause(pause);
        }

        @Override
        public Runnable streamLogs(LogRequest request, LogSink sink) {
            return agent.streamLogs(request, sink);
        }

        @Override
        public CompletionStage<NodeAnswer> ask(NodeQuestion question) {
            return agent.ask(question);
        }

        @Override
        public void exec(ExecCall call) {
            agent.exec(call);
        }

        @Override
        public void leased(LeaseGrant grant) {
            agent.leased(grant);
        }

        @Override
        public void connected() {
            agent.connected();
        }
    }
}
