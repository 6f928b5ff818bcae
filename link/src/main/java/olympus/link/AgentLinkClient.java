package olympus.link;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.model.state.AgentEvent;
import olympus.model.state.Assignment;
import olympus.model.state.NodeFacts;
import olympus.model.state.NodeReport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent's side of the link to one server: keeps a stream to it, and connects again, with growing
 * and random delays, whenever it ends. What is reported while there is no stream is forgotten here,
 * because {@link AgentSide.Orders#connected} has it told again.
 *
 * <p>Threading: reports by any thread; connecting and its timers live on the loop, which must
 * outlive this. Limits: {@link LinkLimits}.
 */
public final class AgentLinkClient implements AgentSide.Reports, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AgentLinkClient.class);

    private final AgentSide.Identity identity;
    private final AgentSide.Orders orders;
    private final Dial dial;
    private final Consumer<ServerList> told;
    private final EventLoop loop;
    private final Backoff backoff;
    private final ExecutorService callbacks =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("link-agent-", 0).factory());
    private final Set<ManagedChannel> channels = ConcurrentHashMap.newKeySet();
    private volatile Assignment.Stamp accepted = Assignment.Stamp.NONE;
    private volatile Status status = new Status(false, "not yet connected");
    private volatile @Nullable AgentConnection current;
    private volatile boolean closed;

    // Owned by the loop.
    private @Nullable AgentConnection attempt;
    private @Nullable AgentConnection anew;
    private String warned = "";

    /**
     * How the link to this server stands.
     *
     * @param detail the server's id when connected, else why not
     */
    public record Status(boolean connected, String detail) {}

    /**
     * @param told where the island's servers are, as this one says; must return at once
     */
    public AgentLinkClient(
            AgentSide.Identity identity,
            AgentSide.Orders orders,
            Dial dial,
            Consumer<ServerList> told,
            EventLoop loop,
            RandomGenerator random) {
        this.identity = identity;
        this.orders = orders;
        this.dial = dial;
        this.told = told;
        this.loop = loop;
        this.backoff = new Backoff(LinkLimits.RECONNECT_FIRST, LinkLimits.RECONNECT_MAX, random);
    }

    /** Begins to connect. To be called once. */
    public void start() {
        loop.execute(this::connect);
    }

    public Status status() {
        return status;
    }

    @Override
    public void report(NodeReport report) {
        accepted = report.accepted();
        var connection = current;
        if (connection != null) {
            connection.report(report);
        }
    }

    @Override
    public void facts(NodeFacts facts) {
        var connection = current;
        if (connection != null) {
            connection.facts(facts);
        }
    }

    @Override
    public void events(List<AgentEvent> events) {
        var connection = current;
        if (connection != null) {
            connection.events(events);
        }
    }

    @Override
    public void refused(Assignment.Stamp refused, Assignment.Stamp inForce, String reason) {
        var connection = current;
        if (connection != null) {
            connection.refused(refused, inForce, reason);
        }
    }

    @Override
    public void askForLeases(long number) {
        var connection = current;
        if (connection != null) {
            connection.askForLeases(number);
        }
    }

    /** Whether the server can be asked for a certificate at present. */
    boolean signs() {
        var connection = current;
        return connection != null && connection.signs();
    }

    /** Asks the server to sign the key that follows. */
    CompletionStage<IssuedCertificate> renew(CertificateRequest request) {
        var connection = current;
        return connection == null
                ? CompletableFuture.failedStage(
                        new OlympusException(ErrorCode.UNAVAILABLE, status.detail()))
                : connection.renew(request);
    }

    /** Ends the stream in good order and begins another one at once. */
    void dialAnew() {
        loop.execute(() -> {
            var connection = attempt;
            if (connection != null) {
                LOG.atInfo().addKeyValue("at", dial.where()).log("Dialling a server anew");
                anew = connection;
                connection.complete();
            }
        });
    }

    /**
     * Ends the stream in good order and connects no more. Returns when all is closed; not to be
     * called on the loop.
     */
    @Override
    public void close() {
        closed = true;
        var done = new CountDownLatch(1);
        loop.execute(() -> {
            var connection = attempt;
            if (connection != null) {
                connection.complete();
            }
            done.countDown();
        });
        try {
            done.await(LinkLimits.CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channels.forEach(AgentLinkClient::awaitEnd);
        LinkLimits.end(callbacks);
    }

    private void connect() {
        if (closed) {
            return;
        }
        channels.removeIf(ManagedChannel::isTerminated);
        var channel = dial.open(callbacks);
        channels.add(channel);
        var connection =
                new AgentConnection(identity, orders, dial, loop, new Lifecycle(), channel);
        attempt = connection;
        connection.start(accepted);
    }

    /** Moves what a connection tells to the loop. */
    private final class Lifecycle implements AgentConnection.Events {
        @Override
        public void opened(AgentConnection connection, String serverId) {
            current = connection;
            status = new Status(true, serverId);
            loop.execute(() -> {
                warned = "";
                LOG.atInfo()
                        .addKeyValue("server", serverId)
                        .addKeyValue("at", dial.where())
                        .log("Connected to a server");
            });
            loop.schedule(
                    LinkLimits.STABLE_AFTER,
                    () -> {
                        if (current == connection) {
                            backoff.reset();
                        }
                    });
        }

        @Override
        public void servers(ServerList servers) {
            told.accept(servers);
        }

        @Override
        public void ended(AgentConnection connection, String reason) {
            if (current == connection) {
                current = null;
            }
            status = new Status(false, reason);
            connection.channel().shutdown();
            loop.execute(() -> reconnect(connection, reason));
        }
    }

    private void reconnect(AgentConnection ended, String reason) {
        attempt = null;
        if (closed) {
            return;
        }
        if (anew == ended) {
            anew = null;
            connect();
            return;
        }
        var delay = backoff.next();
        warn(reason, delay);
        loop.schedule(delay, this::connect);
    }

    /**
     * Says it once for each time that the server is away, not at each attempt; and again when it is
     * there and refuses.
     */
    private void warn(String reason, Duration delay) {
        if (warned.isEmpty() || (Reasons.isRefusal(reason) && !reason.equals(warned))) {
            warned = reason;
            LOG.atWarn()
                    .addKeyValue("at", dial.where())
                    .addKeyValue("reason", reason)
                    .addKeyValue("retryInMillis", delay.toMillis())
                    .log("No connection to a server; services go on, and it is tried again");
        }
    }

    private static void awaitEnd(ManagedChannel channel) {
        try {
            if (!channel.awaitTermination(
                    LinkLimits.CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                channel.shutdownNow();
                channel.awaitTermination(
                        LinkLimits.CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
