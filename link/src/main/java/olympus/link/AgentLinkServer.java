package olympus.link;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import olympus.foundation.ErrorCode;
import olympus.foundation.EventLoop;
import olympus.foundation.OlympusException;
import olympus.link.keys.Installation;
import olympus.link.keys.KeyFingerprint;
import olympus.link.keys.NodeUri;
import olympus.link.proto.AgentLinkGrpc;
import olympus.link.proto.AgentMessage;
import olympus.link.proto.ServerMessage;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;

/**
 * The server's side of the link: agents connect here, over the network with mutual TLS, or within
 * the process. What they say goes to a {@link ServerSide.Listener}; orders go to whichever stream
 * speaks for the node.
 *
 * <p>Threading: any thread; the loop, which must outlive this, keeps timers and log requests.
 * Limits: {@link LinkLimits}.
 */
public final class AgentLinkServer implements ServerSide.Agents, AutoCloseable {

    private static final Context.Key<Optional<Certified>> CERTIFIED =
            Context.key("olympus-certified-node");
    private static final Context.Key<Optional<String>> SEEN_FROM = Context.key("olympus-seen-from");
    private static final int MAX_METADATA_BYTES = 8 * 1024;
    private static final int MAX_CALLS_PER_CONNECTION = 4;

    private final Installation identity;
    private final ServerSide.Listener listener;
    private final ServerSide.Island island;
    private final EventLoop loop;
    private final NodeStreams streams;
    private final ExecutorService callbacks =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("link-server-", 0).factory());
    private final List<Server> listening = new CopyOnWriteArrayList<>();

    /**
     * Who a connection's certificate was issued to.
     *
     * @param key fingerprint of its key
     */
    record Certified(NodeUri node, String key) {

        static Optional<Certified> of(X509Certificate certificate) {
            return NodeUri.of(certificate)
                    .map(node ->
                            new Certified(node, KeyFingerprint.of(certificate.getPublicKey())));
        }
    }

    /**
     * @param island asked whether a node with a certificate may come in, and what it is told
     */
    public AgentLinkServer(
            Installation identity,
            ServerSide.Listener listener,
            ServerSide.Island island,
            EventLoop loop) {
        this.identity = identity;
        this.listener = listener;
        this.island = island;
        this.loop = loop;
        this.streams = new NodeStreams(listener);
    }

    /**
     * Takes agents of the same process that dial {@code name}; they are believed without a
     * certificate.
     */
    public void listenInProcess(String name) {
        var service = new Connections(false);
        start(
                InProcessServerBuilder.forName(name).addService(service),
                "in this process as " + name);
    }

    /**
     * Takes agents over the network, with mutual TLS. Returns the port, which is useful when 0
     * asked for a free one.
     */
    public int listenTls(InetSocketAddress address, LinkTls tls) {
        var builder =
                NettyServerBuilder.forAddress(address, tls.serverCredentials())
                        .addService(new Connections(true))
                        .intercept(new CertificateReader())
                        .maxInboundMessageSize(LinkLimits.MAX_READ_BYTES)
                        .maxInboundMetadataSize(MAX_METADATA_BYTES)
                        .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                        .handshakeTimeout(
                                LinkLimits.HANDSHAKE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTime(
                                LinkLimits.SERVER_KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(
                                LinkLimits.KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveTime(
                                LinkLimits.SERVER_KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                        .permitKeepAliveWithoutCalls(true);
        return start(builder, "on " + address).getPort();
    }

    /**
     * Who belongs to the island, or where its servers are, has changed: ends the streams of those
     * that do not belong to it any more, and tells the others.
     */
    public void islandChanged() {
        streams.all().forEach(NodeStream::islandChanged);
    }

    @Override
    public void assign(Assignment assignment, Map<SecretRef, String> secrets) {
        var node = assignment.node();
        streams.current(node).ifPresent(stream -> stream.assign(node, assignment, secrets));
    }

    @Override
    public void eventsRecorded(NodeId node, long upToSequence) {
        streams.current(node).ifPresent(stream -> stream.eventsRecorded(upToSequence));
    }

    @Override
    public void pause(NodeId node, Pause pause) {
        streams.current(node).ifPresent(stream -> stream.pause(pause));
    }

    @Override
    public void leased(NodeId node, LeaseGrant grant) {
        streams.current(node).ifPresent(stream -> stream.leased(grant));
    }

    @Override
    public Runnable streamLogs(NodeId node, LogRequest request, LogSink sink) {
        var reading = new Reading();
        loop.execute(() -> {
            if (reading.cancelled) {
                return;
            }
            streams.current(node)
                    .ifPresentOrElse(
                            stream -> reading.cancel = stream.openLog(request, sink),
                            () ->
                                    sink.end(
                                            Optional.of(
                                                    "node %s is not connected".formatted(node))));
        });
        return () -> loop.execute(reading::cancel);
    }

    @Override
    public CompletionStage<NodeAnswer> ask(NodeId node, NodeQuestion question) {
        var answer = new CompletableFuture<NodeAnswer>();
        loop.execute(() ->
                streams.current(node)
                        .ifPresentOrElse(
                                stream -> stream.ask(question, answer),
                                () -> answer.completeExceptionally(notConnected(node))));
        return answer;
    }

    @Override
    public CompletionStage<ExecSession> exec(NodeId node, ExecRequest request) {
        var started = new CompletableFuture<ExecSession>();
        streams.current(node)
                .ifPresentOrElse(
                        stream -> stream.exec(request, started),
                        () -> started.completeExceptionally(notConnected(node)));
        return started;
    }

    private static OlympusException notConnected(NodeId node) {
        return new OlympusException(
                ErrorCode.UNAVAILABLE, "node %s is not connected".formatted(node));
    }

    @Override
    public List<NodeId> connected() {
        return streams.connected();
    }

    @Override
    public Optional<String> advertised(NodeId node) {
        return streams.reached(node).advertised();
    }

    @Override
    public Optional<String> seenFrom(NodeId node) {
        return streams.reached(node).seenFrom();
    }

    /** Ends every stream, telling the agents, which will come back. Returns when all is closed. */
    @Override
    public void close() {
        streams.all()
                .forEach(stream ->
                        stream.close(
                                Status.UNAVAILABLE.withDescription("the server is shutting down")));
        listening.forEach(Server::shutdown);
        for (var server : listening) {
            awaitEnd(server);
        }
        LinkLimits.end(callbacks);
    }

    /** A log request on its way: owned by the loop. */
    private static final class Reading {
        private boolean cancelled;
        private Runnable cancel = () -> {};

        private void cancel() {
            cancelled = true;
            cancel.run();
        }
    }

    private Server start(ServerBuilder<?> builder, String where) {
        try {
            var server = builder.executor(callbacks).build().start();
            listening.add(server);
            return server;
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot take agents %s: %s; another process may use this address"
                            .formatted(where, e.getMessage()),
                    e);
        }
    }

    private static void awaitEnd(Server server) {
        try {
            if (!server.awaitTermination(
                    LinkLimits.CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow()
                        .awaitTermination(
                                LinkLimits.CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** The gRPC service. */
    private final class Connections extends AgentLinkGrpc.AgentLinkImplBase {

        private final boolean needsCertificate;

        Connections(boolean needsCertificate) {
            this.needsCertificate = needsCertificate;
        }

        @Override
        public StreamObserver<AgentMessage> connect(StreamObserver<ServerMessage> out) {
            var certified = Optional.ofNullable(CERTIFIED.get()).flatMap(node -> node);
            var stream =
                    new NodeStream(
                            identity,
                            streams,
                            listener,
                            island,
                            loop,
                            new NodeStream.Peer(
                                    certified,
                                    Optional.ofNullable(SEEN_FROM.get()).flatMap(at -> at)),
                            (ServerCallStreamObserver<ServerMessage>) out);
            if (needsCertificate && certified.isEmpty()) {
                stream.close(
                        Status.UNAUTHENTICATED.withDescription(
                                "the agent's certificate names no node; expected a SAN URI olympus://realm/…/island/…/node/…"));
            }
            return stream;
        }
    }

    /**
     * Puts the node that the peer's certificate was issued to, and where it comes from, where the
     * service finds it.
     */
    private static final class CertificateReader implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            var session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            Optional<Certified> certified = Optional.empty();
            if (session != null) {
                try {
                    certified = Certified.of((X509Certificate) session.getPeerCertificates()[0]);
                } catch (SSLPeerUnverifiedException e) {
                    call.close(
                            Status.UNAUTHENTICATED.withDescription("no certificate was presented"),
                            new Metadata());
                    return new ServerCall.Listener<>() {};
                }
            }
            var from =
                    Optional.ofNullable(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))
                            .flatMap(CertificateReader::address);
            return Contexts.interceptCall(
                    Context.current().withValues(CERTIFIED, certified, SEEN_FROM, from),
                    call,
                    headers,
                    next);
        }

        /** Without the zone of a link-local one, which means nothing elsewhere. */
        private static Optional<String> address(SocketAddress remote) {
            return remote instanceof InetSocketAddress at && at.getAddress() != null
                    ? Optional.of(at.getAddress().getHostAddress().split("%", 2)[0])
                    : Optional.empty();
        }
    }
}
