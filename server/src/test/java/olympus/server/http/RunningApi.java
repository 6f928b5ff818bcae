package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import olympus.foundation.Clock;
import olympus.foundation.DurationHistogram;
import olympus.hermes.Hermes;
import olympus.hermes.HermesNode;
import olympus.link.ExecRequest;
import olympus.link.ExecSession;
import olympus.link.LogRequest;
import olympus.link.LogSink;
import olympus.link.Pause;
import olympus.link.ServerSide;
import olympus.link.keys.Authorities;
import olympus.link.keys.Certificates;
import olympus.link.keys.Installation;
import olympus.link.keys.SecretVault;
import olympus.model.NodeId;
import olympus.model.SecretRef;
import olympus.model.state.Assignment;
import olympus.model.state.LeaseGrant;
import olympus.model.state.NodeAnswer;
import olympus.model.state.NodeQuestion;
import olympus.server.deadline.Deadline;
import olympus.server.group.Admission;
import olympus.server.group.KnownServers;
import olympus.server.group.Servers;
import olympus.server.group.StoreWrites;
import olympus.server.nodes.IslandNodes;
import olympus.server.nodes.KnownNodes;
import olympus.server.nodes.NodeAdmission;
import olympus.server.problems.Problems;
import olympus.server.secrets.SecretStore;
import olympus.server.store.Projection;
import olympus.server.tokens.Tokens;
import olympus.zeus.ClusterView;
import olympus.zeus.NodeCommands;
import olympus.zeus.StackCommands;

/**
 * The real HTTP API on a free port of its own, over the parts that a test gives, and a client that
 * trusts it.
 */
final class RunningApi implements AutoCloseable {

    static final NodeId NODE = NodeId.parse("6d9dd7a2-6a06-4f7c-9c5a-0f3d5b3c9c11");

    volatile ClusterView view = new ClusterView(0, List.of(), List.of(), List.of(), List.of());
    final ScriptedInsight insight = new ScriptedInsight();
    volatile Backend.Readiness readiness = new Backend.Readiness(true, "");
    volatile List<DoctorCheck> checks = List.of();
    final Problems problems = new Problems();
    final TestAgents agents = new TestAgents();
    final String token;
    final HttpFrontEnd api;
    final Certificates certificates;
    final SecretStore secrets;
    final SecretVault vault;
    private final AuditStream audit;
    final KnownServers servers;
    final KnownNodes nodes;
    final AnswerContract contract = new AnswerContract(AnswerContract.generated());
    private final List<Projection> projections;
    private final HttpClient client;

    <C extends StackCommands & NodeCommands> RunningApi(
            Path folder, Hermes hermes, C commands, int failedLogins)
            throws IOException, GeneralSecurityException {
        this("mars", folder, hermes, commands, failedLogins);
    }

    <C extends StackCommands & NodeCommands> RunningApi(
            String name, Path folder, Hermes hermes, C commands, int failedLogins)
            throws IOException, GeneralSecurityException {
        var random = new SecureRandom();
        var clock = Clock.system();
        var installation = Installation.openOrCreate(folder, name, random);
        var keys = folder.resolve("keys");
        var authorities = Authorities.openOrCreate(keys, installation, clock.wall(), random);
        certificates =
                Certificates.openOrIssue(
                        keys, installation, authorities, Set.of("127.0.0.1"), clock.wall());
        var tokens = Tokens.open(folder, clock);
        var deadline = new Deadline(Duration.ofSeconds(2));
        vault = SecretVault.openOrCreate(keys.resolve(SecretVault.ISLAND_KEY), random);
        servers = new KnownServers(hermes);
        nodes = new KnownNodes(hermes);
        audit = new AuditStream(hermes, deadline);
        secrets = new SecretStore(hermes, vault, clock, deadline);
        projections = new ArrayList<>(tokens.follow(hermes, problems));
        projections.add(secrets.follow(() -> {}, problems));
        token = Files.readString(folder.resolve("admin.token")).strip();
        var backend =
                new Backend(
                        new Backend.Island(
                                hermes,
                                commands,
                                commands,
                                insight,
                                () -> view,
                                () -> new DurationHistogram().read(),
                                agents,
                                serversOf(hermes, installation, folder, clock, deadline),
                                admission(hermes, installation, clock, deadline)),
                        new Backend.Outside(
                                secrets,
                                tokens,
                                () -> checks,
                                () -> certificates.expiries(clock.wall()),
                                () -> readiness,
                                problems,
                                new Backend.Self(name, "0.1.0", clock.wall())),
                        new Backend.Others(vault, certificates.trust(Authorities.Purpose.PEOPLE)),
                        clock,
                        deadline);
        api =
                HttpFrontEnd.start(
                        new HttpSettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                folder.resolve("http"),
                                64 << 10,
                                failedLogins),
                        backend,
                        pem(certificates));
        client =
                HttpClient.newBuilder()
                        .sslContext(trusting())
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
    }

    private Servers serversOf(
            Hermes hermes, Installation self, Path folder, Clock clock, Deadline deadline) {
        var admission =
                new Admission(
                        new Admission.Ground(
                                hermes,
                                servers,
                                self,
                                self.island(),
                                true,
                                certificates
                                        .trust(Authorities.Purpose.PEOPLE)
                                        .getFirst()
                                        .getPublicKey(),
                                folder,
                                clock,
                                deadline));
        var node =
                hermes instanceof HermesNode opened
                        ? Optional.of(opened)
                        : Optional.<HermesNode>empty();
        return new Servers(hermes, servers, node, Optional.of(admission), deadline);
    }

    private NodeAdmission admission(
            Hermes hermes, Installation self, Clock clock, Deadline deadline) {
        var signer = certificates.nodeSigner();
        return new NodeAdmission(
                new NodeAdmission.Ground(
                        new StoreWrites(hermes, clock, deadline),
                        new IslandNodes(hermes, nodes, servers, signer, clock),
                        self,
                        certificates.trust(Authorities.Purpose.PEOPLE).getFirst().getPublicKey(),
                        signer));
    }

    AuditStream audit() {
        return audit;
    }

    static HttpFrontEnd.Pem pem(Certificates certificates) throws IOException {
        return new HttpFrontEnd.Pem(
                Files.readString(certificates.chainFile(Certificates.Kind.HTTPS)),
                Files.readString(certificates.keyFile(Certificates.Kind.HTTPS)));
    }

    private SSLContext trusting() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("ca", certificates.trust(Authorities.Purpose.PEOPLE).getFirst());
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + api.address().getPort() + path))
                .timeout(Duration.ofSeconds(20));
    }

    HttpRequest.Builder authorised(String path) {
        return request(path).header("Authorization", "Bearer " + token);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(authorised(path));
    }

    /** Fails when request or answer are not as the OpenAPI page says. */
    HttpResponse<String> send(HttpRequest.Builder builder)
            throws IOException, InterruptedException {
        var request = builder.build();
        var response = client.send(request, HttpResponse.BodyHandlers.ofString());
        met(request, sent(request), response, response.body());
        return response;
    }

    private void met(HttpRequest request, String sent, HttpResponse<?> response, String body) {
        var headers = new TreeMap<String, String>();
        response.headers()
                .map()
                .forEach((name, values) ->
                        headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        assertThat(
                        contract.faults(
                                request.method(),
                                request.uri(),
                                sent,
                                new AnswerContract.Answer(response.statusCode(), headers, body)))
                .as("what differs from the OpenAPI page")
                .isEmpty();
    }

    /** The body that a request was sent with. */
    private static String sent(HttpRequest request) {
        var body = HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
        request.bodyPublisher()
                .orElseGet(HttpRequest.BodyPublishers::noBody)
                .subscribe(new Collector(body));
        return body.getBody().toCompletableFuture().join();
    }

    /** Hands buffers on one by one. */
    private record Collector(HttpResponse.BodySubscriber<String> to)
            implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            to.onNext(List.of(bytes));
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }

    /** Connects with the right token. */
    WebSocket socket(String path, WebSocket.Listener listener) {
        var address = URI.create("wss://127.0.0.1:" + api.address().getPort() + path);
        return client.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(address, listener)
                .join();
    }

    HttpResponse<java.io.InputStream> stream(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        var built = request.build();
        var response = client.send(built, HttpResponse.BodyHandlers.ofInputStream());
        met(built, sent(built), response, "");
        return response;
    }

    /** For what the OpenAPI page does not know. */
    HttpResponse<java.io.InputStream> unchecked(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    @Override
    public void close() {
        api.close();
        projections.forEach(Projection::close);
        client.close();
    }

    /** Agents that write down what they are told; lines are sent by the test. */
    static final class TestAgents implements ServerSide.Agents {
        final List<Pause> pauses = new ArrayList<>();
        final List<LogSink> sinks = new ArrayList<>();
        final List<LogRequest> requests = new ArrayList<>();
        volatile Function<NodeQuestion, CompletionStage<NodeAnswer>> answers =
                question -> CompletableFuture.failedStage(new AssertionError("asked " + question));
        volatile Function<ExecRequest, CompletionStage<ExecSession>> commands =
                request -> CompletableFuture.failedStage(new AssertionError("asked " + request));
        final Map<NodeId, Function<ExecRequest, CompletionStage<ExecSession>>> commandsOf =
                new ConcurrentHashMap<>();
        final Map<NodeId, String> seenFrom = new ConcurrentHashMap<>();
        int cancelled;

        @Override
        public Optional<String> advertised(NodeId node) {
            return Optional.empty();
        }

        @Override
        public Optional<String> seenFrom(NodeId node) {
            return Optional.ofNullable(seenFrom.get(node));
        }

        @Override
        public void assign(Assignment assignment, Map<SecretRef, String> secrets) {}

        @Override
        public void eventsRecorded(NodeId node, long upToSequence) {}

        @Override
        public synchronized void pause(NodeId node, Pause pause) {
            pauses.add(pause);
        }

        @Override
        public void leased(NodeId node, LeaseGrant grant) {}

        @Override
        public synchronized Runnable streamLogs(NodeId node, LogRequest request, LogSink sink) {
            requests.add(request);
            sinks.add(sink);
            notifyAll();
            return this::cancel;
        }

        private synchronized void cancel() {
            cancelled++;
            notifyAll();
        }

        synchronized LogSink awaitSink(int number) throws InterruptedException {
            var end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (sinks.size() <= number && System.nanoTime() < end) {
                wait(100);
            }
            return sinks.get(number);
        }

        synchronized void awaitCancelled() throws InterruptedException {
            var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (cancelled == 0 && System.nanoTime() < end) {
                wait(100);
            }
        }

        @Override
        public CompletionStage<NodeAnswer> ask(NodeId node, NodeQuestion question) {
            return answers.apply(question);
        }

        @Override
        public CompletionStage<ExecSession> exec(NodeId node, ExecRequest request) {
            return commandsOf.getOrDefault(node, commands).apply(request);
        }

        @Override
        public List<NodeId> connected() {
            return List.of(NODE);
        }
    }

    static Optional<String> header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name);
    }
}
