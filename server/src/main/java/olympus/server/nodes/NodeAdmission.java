package olympus.server.nodes;

import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.link.keys.CertificateRequest;
import olympus.link.keys.Installation;
import olympus.link.keys.NodeSigner;
import olympus.model.NodeId;
import olympus.server.group.GivenTokens;
import olympus.server.group.GivenTokens.Kept;
import olympus.server.group.JoinToken;
import olympus.server.group.StoreWrites;
import org.jspecify.annotations.Nullable;

/**
 * Lets machines in that run only the agent, and has them go: makes agent tokens, and signs for
 * whoever brings one.
 *
 * <p>Threading: any thread that may wait. Limits: {@link #MAX_USES}, {@link #LONGEST_LIFE}, a
 * hundred tokens that are good at a time.
 */
public final class NodeAdmission {

    public static final Duration TOKEN_LIFE = Duration.ofHours(1);
    public static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);
    public static final Duration LONGEST_LIFE = Duration.ofDays(30);
    public static final int MAX_USES = 1_000;

    /** So many hexadecimal digits of an id are enough to name a token. */
    private static final int SHORTEST_ID = 6;

    /** Machines that bring the same token at the same moment wait for each other so often. */
    private static final int MAX_ATTEMPTS = 50;

    private static final int MAX_VERSION = 100;

    private final Ground ground;
    private final StoreWrites writes;
    private final GivenTokens<AgentTokenRecord> tokens;
    private final ExternalNames external;

    /**
     * What it stands on.
     *
     * @param self this server
     * @param island who belongs to it, and where its servers are
     * @param authority signs the certificates of the island's APIs
     */
    public record Ground(
            StoreWrites writes,
            IslandNodes island,
            Installation self,
            PublicKey authority,
            NodeSigner signer) {}

    public NodeAdmission(Ground ground) {
        this.ground = ground;
        this.writes = ground.writes();
        this.tokens = new GivenTokens<>(AgentTokenRecord.KIND, writes);
        this.external = new ExternalNames(writes);
    }

    /** A token that was made: the only time that its text is known. */
    public record Made(String token, String id, Instant ends, int uses) {
        /** Shows no token. */
        @Override
        public String toString() {
            return "Made[" + id + "]";
        }
    }

    /**
     * A token, as it is shown.
     *
     * @param id says nothing of its text
     * @param usedBy the machines that were let in with it
     */
    public record Shown(
            String id,
            String madeBy,
            Instant madeAt,
            Instant ends,
            int uses,
            List<NodeId> usedBy) {}

    // Tokens.

    /** Makes a token with which {@code uses} machines may be let in. */
    public Made token(Duration life, int uses, String madeBy) {
        requirePort();
        if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(LONGEST_LIFE) > 0) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "ttl: a token is good for 1 s to %d days".formatted(LONGEST_LIFE.toDays()));
        }
        if (uses < 1 || uses > MAX_USES) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "uses: %d; a token is good for 1 to %d machines".formatted(uses, MAX_USES));
        }
        var now = writes.clock().wall();
        var ends = now.plus(life);
        var record = new AgentTokenRecord(madeBy, now, ends, uses, List.of());
        var made = tokens.make(ground.authority(), record);
        return new Made(made.text(), made.id(), ends, uses);
    }

    private void requirePort() {
        if (ground.island().servers().servers().isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "no server of this island opens a port for agents of other machines, so that nobody could come in; restart this one as `olympus server`, or with --agents-listen HOST:PORT (services go on meanwhile), then try again");
        }
    }

    /** Those that are good at present, the one that ends first before the others. */
    public List<Shown> tokens() {
        var now = writes.clock().wall();
        return tokens.all().stream()
                .filter(kept -> kept.token().ends().isAfter(now))
                .map(NodeAdmission::shown)
                .sorted(Comparator.comparing(Shown::ends).thenComparing(Shown::id))
                .toList();
    }

    private static Shown shown(Kept<AgentTokenRecord> kept) {
        var token = kept.token();
        return new Shown(
                kept.id(),
                token.madeBy(),
                token.madeAt(),
                token.ends(),
                token.uses(),
                token.usedBy());
    }

    /**
     * Makes a token good for nothing from now on; who was let in with it stays.
     *
     * @param id or its beginning
     */
    public Shown revoke(String id) {
        if (!id.matches("[0-9a-f]{%d,64}".formatted(SHORTEST_ID))) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "not the id of a token; expected %d to 64 hexadecimal digits, as `olympus token list` shows them"
                            .formatted(SHORTEST_ID));
        }
        var found = tokens.all().stream().filter(kept -> kept.id().startsWith(id)).toList();
        if (found.size() != 1) {
            throw new OlympusException(
                    found.isEmpty() ? ErrorCode.NOT_FOUND : ErrorCode.CONFLICT,
                    found.isEmpty()
                            ? "there is no agent token whose id begins with %s; `olympus token list` shows them"
                                    .formatted(id)
                            : "%d agent tokens have ids that begin with %s; give more digits"
                                    .formatted(found.size(), id));
        }
        var key = found.getFirst().entry().key();
        writes.commit(Transaction.of(new Operation.Delete(key)), "revoking the agent token");
        return shown(found.getFirst());
    }

    // Letting in.

    /** Lets a machine in. The same one may ask again. */
    public EnrolmentAnswer enrol(EnrolmentRequest request) {
        requirePort();
        var token = JoinToken.parse(JoinToken.Kind.AGENT, given("token", request.token()));
        // Before anything else of a request that nobody vouches for is looked at.
        var _ = good(token);
        var version = given("version", request.version());
        if (version.length() > MAX_VERSION) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "version: %d characters; at most %d are right"
                            .formatted(version.length(), MAX_VERSION));
        }
        var node = node(given("node", request.node()));
        var name = Installation.nameFrom(given("name", request.name()));
        var signing = CertificateRequest.parse(given("request", request.request()));
        for (var attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            var kept = good(token);
            requireNoServer(node);
            external.requireNone(node, name);
            var letIn = letIn(kept, node, name, signing);
            if (letIn.isPresent()) {
                return answer(letIn.get(), signing);
            }
        }
        throw new OlympusException(
                ErrorCode.UNAVAILABLE, "too many machines bring this token at once; try again");
    }

    private static String given(String member, @Nullable String value) {
        if (value == null) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "%s: nothing is given; expected token, node, name, request and version"
                            .formatted(member));
        }
        return value;
    }

    private static NodeId node(String text) {
        try {
            return NodeId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new OlympusException(ErrorCode.INVALID, "node: " + e.getMessage(), e);
        }
    }

    private Kept<AgentTokenRecord> good(JoinToken token) {
        var kept =
                tokens.find(token)
                        .orElseThrow(() ->
                                unauthenticated(
                                        "this agent token is not known here: it is wrong, was revoked, or ended long ago"));
        if (!kept.token().ends().isAfter(writes.clock().wall())) {
            throw unauthenticated("this agent token has ended at " + kept.token().ends());
        }
        return kept;
    }

    private static OlympusException unauthenticated(String why) {
        return new OlympusException(
                ErrorCode.UNAUTHENTICATED,
                "%s; make one with `%s`".formatted(why, JoinToken.Kind.AGENT.command()));
    }

    private void requireNoServer(NodeId node) {
        ground.island()
                .serverOf(node)
                .ifPresent(server -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "node %s is the machine of server %s, whose agent runs within it; a machine that runs only the agent begins with a data folder of its own: give one with --data-dir"
                                    .formatted(node, server.member()));
                });
    }

    /**
     * Writes that it was; empty when another request came first, so that all is to be looked at
     * anew. A member that asks as the one that it is keeps the name that people know it by.
     */
    private Optional<NodeMember> letIn(
            Kept<AgentTokenRecord> kept, NodeId node, String name, CertificateRequest signing) {
        var present =
                writes.deadline()
                        .await(writes.hermes().get(NodeMember.key(node)), "reading the node");
        var before = present.map(NodeAdmission::member);
        var again = kept.token().usedBy().contains(node);
        var same = before.filter(known -> isSame(known, signing));
        if (again && same.isPresent()) {
            return same;
        }
        if (again) {
            throw unauthenticated(
                    "this machine was let in with this agent token before, and was removed or has another key since");
        }
        if (kept.token().usedBy().size() >= kept.token().uses()) {
            throw unauthenticated(
                    "this agent token is used up: it was good for %d, and so many came"
                            .formatted(kept.token().uses()));
        }
        before.filter(known -> known.isMember() && !isSame(known, signing))
                .ifPresent(known -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "node %s (%s) belongs to the island with another key; if this is that machine and its key is lost, first: olympus node remove %s --force"
                                    .formatted(known.name(), node, node));
                });
        var member =
                new NodeMember(
                        node,
                        same.map(NodeMember::name).orElse(name),
                        signing.fingerprint(),
                        Optional.empty(),
                        kept.id(),
                        NodeMember.State.MEMBER,
                        kept.token().madeBy(),
                        writes.clock().wall());
        var written =
                writes.tryCommit(
                        new Transaction(
                                List.of(kept.unchanged(), unchanged(node, present)),
                                List.of(tokens.put(kept, kept.token().usedBy(node)), member.put())),
                        "letting the machine in");
        return written ? Optional.of(member) : Optional.empty();
    }

    private static boolean isSame(NodeMember known, CertificateRequest signing) {
        return known.isMember() && known.hasKey(signing.fingerprint());
    }

    private static NodeMember member(Entry entry) {
        return NodeMember.CODEC.decode(entry.value().unsafeArray());
    }

    private static Condition unchanged(NodeId node, Optional<Entry> present) {
        return present.<Condition>map(
                        entry -> new Condition.RevisionIs(entry.key(), entry.modifyRevision()))
                .orElseGet(() -> new Condition.Absent(NodeMember.key(node)));
    }

    private EnrolmentAnswer answer(NodeMember member, CertificateRequest signing) {
        var issued =
                ground.signer().sign(signing, member.node(), member.name(), writes.clock().wall());
        var list = ground.island().servers();
        return new EnrolmentAnswer(
                ground.self().realm().toString(),
                ground.self().island().toString(),
                member.node().toString(),
                member.name(),
                issued.chain(),
                issued.trust(),
                list.incarnation(),
                list.revision(),
                EnrolmentAnswer.servers(list));
    }

    // Having it go.

    /** From now on the node's certificates are worth nothing; its links end. */
    public NodeMember remove(NodeId node, String person) {
        ground.island()
                .serverOf(node)
                .ifPresent(server -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "node %s is the machine of server %s; a server leaves with: olympus servers remove %s"
                                    .formatted(server.name(), server.member(), server.member()));
                });
        var entry =
                writes.deadline()
                        .await(writes.hermes().get(NodeMember.key(node)), "reading the node")
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.NOT_FOUND,
                                        "node %s is no machine that was let in with an agent token"
                                                .formatted(node)));
        var known = member(entry);
        if (!known.isMember()) {
            return known;
        }
        var removed = known.removed(person, writes.clock().wall());
        writes.commit(
                new Transaction(
                        List.of(unchanged(node, Optional.of(entry))), List.of(removed.put())),
                "removing node " + known.name());
        return removed;
    }
}
