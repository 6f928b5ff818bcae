package olympus.server.nodes;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.link.LinkLimits;
import olympus.link.ServerList;
import olympus.link.ServerSide;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.IssuedCertificate;
import olympus.link.keys.NodeSigner;
import olympus.link.keys.NodeUri;
import olympus.model.NodeId;
import olympus.server.group.HostAndPort;
import olympus.server.group.JoinToken;
import olympus.server.group.KnownServers;
import olympus.server.group.ServerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to the island, as the link asks: machines that were let in and not removed, with a
 * key that they are known by, and the machines of servers.
 *
 * <p>As long as this server has not read the store, a good certificate is enough: nothing is
 * ordered through it then, and services of those machines are shown and can be paused all the same.
 * Once it has read the store, whoever was removed is turned away.
 *
 * <p>Threading: any thread; nothing blocks.
 */
public final class IslandNodes implements ServerSide.Island {

    private static final Logger LOG = LoggerFactory.getLogger(IslandNodes.class);

    private static final String LET_IN =
            "To let it in: make a token with `%s` on a server, then start it once with `olympus agent --server ADDRESS --token T`"
                    .formatted(JoinToken.Kind.AGENT.command());

    private final Hermes hermes;
    private final KnownNodes nodes;
    private final KnownServers servers;
    private final NodeSigner signer;
    private final Clock clock;
    private final RenewalLimit limit;

    public IslandNodes(
            Hermes hermes, KnownNodes nodes, KnownServers servers, NodeSigner signer, Clock clock) {
        this.hermes = hermes;
        this.nodes = nodes;
        this.servers = servers;
        this.signer = signer;
        this.clock = clock;
        this.limit = new RenewalLimit(clock);
    }

    @Override
    public Optional<String> refusal(NodeUri node, String key) {
        if (serverOf(node.node()).isPresent() || !nodes.isListed() || !servers.isListed()) {
            return Optional.empty();
        }
        var known = nodes.find(node.node());
        if (known.isEmpty()) {
            return Optional.of(
                    "node %s is not known to this island (its server was removed, or its record is of a store that was lost); %s"
                            .formatted(node.node(), LET_IN));
        }
        var member = known.get();
        if (!member.isMember()) {
            return Optional.of(
                    "node %s (%s) was removed by %s at %s, and its certificate is worth nothing any more; what it runs is left as it is. %s"
                            .formatted(
                                    member.name(),
                                    node.node(),
                                    member.by(),
                                    member.since(),
                                    LET_IN));
        }
        if (!member.hasKey(key)) {
            return Optional.of(
                    "node %s (%s) is known by another key than this one; if it was let in anew, end the agent that still runs with the old one. %s"
                            .formatted(member.name(), node.node(), LET_IN));
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> name(NodeId node) {
        return serverOf(node)
                .map(ServerRecord::name)
                .or(() -> nodes.find(node).map(NodeMember::name));
    }

    /** The server that runs on a node, where one does. */
    Optional<ServerRecord> serverOf(NodeId node) {
        return servers.all().stream().filter(server -> server.node().equals(node)).findFirst();
    }

    @Override
    public ServerList servers() {
        var status = hermes.status();
        return new ServerList(
                status.incarnation(),
                status.revision(),
                servers.all().stream()
                        .flatMap(server ->
                                server
                                        .agents()
                                        .flatMap(HostAndPort::parse)
                                        .map(at ->
                                                new ServerList.Entry(
                                                        server.member(), at.host(), at.port()))
                                        .stream())
                        .limit(LinkLimits.MAX_SERVERS)
                        .toList());
    }

    @Override
    public CompletionStage<IssuedCertificate> renew(
            NodeUri node, String key, CertificateRequest request) {
        var refused = limit.ask(node.node());
        return refused.isPresent()
                ? CompletableFuture.failedStage(tooOften(node.node(), refused.get()))
                : renewWithin(node, key, request);
    }

    /** Said in the log once, however often it asks. */
    private OlympusException tooOften(NodeId node, RenewalLimit.Refused refused) {
        var why =
                "node %s was given %d certificates within an hour, which is as many as a server gives; what keeps it from using them stands in its agent's log, and the next is given at %s"
                        .formatted(
                                name(node).orElseGet(node::toString),
                                RenewalLimit.MOST,
                                refused.until());
        if (refused.first()) {
            LOG.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("reason", why)
                    .log("a certificate was not renewed");
        }
        return new OlympusException(ErrorCode.RATE_LIMITED, why);
    }

    private CompletionStage<IssuedCertificate> renewWithin(
            NodeUri node, String key, CertificateRequest request) {
        return hermes.get(NodeMember.key(node.node()))
                .thenCompose(found ->
                        found.<CompletionStage<IssuedCertificate>>map(
                                        entry -> renew(entry, key, request))
                                .orElseGet(() ->
                                        CompletableFuture.failedStage(
                                                new OlympusException(
                                                        ErrorCode.NOT_FOUND,
                                                        "node %s has no certificate of the kind that is renewed here: it is a server's machine, which signs for itself"
                                                                .formatted(node.node())))));
    }

    private CompletionStage<IssuedCertificate> renew(
            Entry entry, String key, CertificateRequest request) {
        var member = NodeMember.CODEC.decode(entry.value().unsafeArray());
        if (!member.isMember() || !member.hasKey(key)) {
            return CompletableFuture.failedStage(
                    new OlympusException(
                            ErrorCode.FORBIDDEN,
                            "node %s is not known by this key (any more)"
                                    .formatted(member.name())));
        }
        // Known before it is given: whoever has the certificate must be let in with it.
        var next = member.following(key, request.fingerprint());
        var written =
                hermes.transact(
                        new Transaction(
                                List.of(
                                        new Condition.RevisionIs(
                                                entry.key(), entry.modifyRevision())),
                                List.of(next.put())));
        return written.thenApply(result -> {
            if (result instanceof TransactionResult.Committed) {
                return signer.sign(request, member.node(), member.name(), clock.wall());
            }
            throw new CompletionException(
                    new OlympusException(
                            ErrorCode.UNAVAILABLE,
                            "the key that follows could not be kept: %s".formatted(result)));
        });
    }
}
