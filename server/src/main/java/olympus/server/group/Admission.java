package olympus.server.group;

import static java.util.function.Predicate.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import olympus.foundation.Clock;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.hermes.TransactionResult;
import olympus.link.keys.Installation;
import olympus.link.keys.IslandKeys;
import olympus.model.NodeId;
import olympus.server.deadline.Deadline;
import olympus.server.group.ServerRecord.State;

/**
 * Lets new servers in: makes join tokens, and gives whoever brings one what a server of the island
 * must have.
 *
 * <p>Threading: any thread that may wait. Limits: {@link #MAX_SERVERS}, {@link #MAX_TOKENS}.
 */
public final class Admission {

    /** More servers make each write slower and nothing safer. */
    public static final int MAX_SERVERS = 5;

    public static final Duration TOKEN_LIFE = Duration.ofHours(1);

    static final int MAX_TOKENS = 100;

    private static final int MEMBER_RANDOM_BYTES = 4;
    private static final int MAX_NAME = 40;
    private static final int MAX_VERSION = 100;
    private static final int OLDEST_LEVEL = 1;

    private final Ground ground;
    private final SecureRandom random = new SecureRandom();

    /**
     * What it stands on.
     *
     * @param self this installation
     * @param group of the replicated log
     * @param peers whether others can reach this server's store
     * @param authority signs the certificates of the island's APIs
     * @param dataFolder holds the keys and the administrator's token
     */
    public record Ground(
            Hermes hermes,
            KnownServers servers,
            Installation self,
            UUID group,
            boolean peers,
            PublicKey authority,
            Path dataFolder,
            Clock clock,
            Deadline deadline) {}

    public Admission(Ground ground) {
        this.ground = ground;
    }

    /** A token that was made: the only time that its text is known. */
    public record Made(String token, Instant ends) {}

    /** Makes a token with which one server may join. */
    public Made token(String madeBy) {
        requirePeers();
        var now = ground.clock().wall();
        var operations = new ArrayList<Operation>();
        var kept = 0;
        for (var entry : tokens()) {
            if (token(entry).ends().isAfter(now)) {
                kept++;
            } else {
                operations.add(new Operation.Delete(entry.key()));
            }
        }
        if (kept >= MAX_TOKENS) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d join tokens are good at present, more are not made; use one of them, or wait until they have ended (each is good for %s)"
                            .formatted(kept, TOKEN_LIFE));
        }
        var made = JoinToken.make(ground.authority(), random);
        var ends = now.plus(TOKEN_LIFE);
        operations.add(
                new Operation.Put(
                        JoinTokenRecord.PREFIX.child(made.id()),
                        bytes(new JoinTokenRecord(madeBy, ends, Optional.empty()))));
        commit(new Transaction(List.of(), operations), "keeping the join token");
        return new Made(made.text(), ends);
    }

    private List<Entry> tokens() {
        var page = ground.hermes().list(JoinTokenRecord.PREFIX, Optional.empty(), Hermes.MAX_PAGE);
        return ground.deadline().await(page, "listing join tokens").entries();
    }

    /**
     * Lets a newcomer in: from now on it is wanted as a member, and gets what it needs to become
     * one. The same newcomer may ask again.
     */
    public JoinAnswer join(JoinRequest request, String from) {
        requirePeers();
        requireLevel(request);
        var newcomer = newcomer(request, from);
        var entry = tokenOf(JoinToken.parse(request.token()));
        var token = token(entry);
        var member =
                token.usedBy()
                        .map(use -> again(use, newcomer))
                        .orElseGet(() -> admit(entry, token, newcomer));
        return answer(member);
    }

    /** A server that does not understand what is in use could not follow, and would never count. */
    private void requireLevel(JoinRequest request) {
        if (request.version().length() > MAX_VERSION) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "version: %d characters; at most %d are right"
                            .formatted(request.version().length(), MAX_VERSION));
        }
        var supported = request.featureLevel().orElse(OLDEST_LEVEL);
        var used = ground.hermes().status().featureLevel();
        if (supported < used) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "version %s understands feature level %d, and the island uses %d: install the version of the other servers (`olympus servers` lists it), then join with the same command"
                            .formatted(request.version(), supported, used));
        }
    }

    private Entry tokenOf(JoinToken token) {
        var key = JoinTokenRecord.PREFIX.child(token.id());
        return ground.deadline()
                .await(ground.hermes().get(key), "reading the join token")
                .filter(entry -> token(entry).ends().isAfter(ground.clock().wall()))
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.UNAUTHENTICATED,
                                "this join token is not known here, or has ended (each is good for %s); make one with `olympus servers add`"
                                        .formatted(TOKEN_LIFE)));
    }

    private String again(JoinTokenRecord.Use use, ServerRecord newcomer) {
        if (!use.node().equals(newcomer.node().toString())) {
            throw new OlympusException(
                    ErrorCode.UNAUTHENTICATED,
                    "this join token was used already, by another machine; make one for each server with `olympus servers add`");
        }
        if (ground.servers().find(use.member()).isEmpty()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "server %s, which joined with this token, was removed again; make a new token with `olympus servers add`"
                            .formatted(use.member()));
        }
        return use.member();
    }

    private String admit(Entry entry, JoinTokenRecord token, ServerRecord newcomer) {
        var staying =
                ground.servers().all().stream()
                        .filter(server -> server.state() != State.LEAVING)
                        .count();
        if (staying >= MAX_SERVERS) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "the island has %d servers already, and more would make writes slower and nothing safer; remove one first with `olympus servers remove`"
                            .formatted(staying));
        }
        var use = new JoinTokenRecord.Use(newcomer.node().toString(), newcomer.member());
        var used = new JoinTokenRecord(token.madeBy(), token.ends(), Optional.of(use));
        commit(
                new Transaction(
                        List.of(
                                new Condition.RevisionIs(entry.key(), entry.modifyRevision()),
                                new Condition.Absent(newcomer.key())),
                        List.of(
                                new Operation.Put(entry.key(), bytes(used)),
                                new Operation.Put(
                                        newcomer.key(),
                                        Bytes.wrap(ServerRecord.CODEC.encodeBytes(newcomer))))),
                "letting the server in");
        return newcomer.member();
    }

    private ServerRecord newcomer(JoinRequest request, String from) {
        var name = Installation.nameFrom(request.name());
        return new ServerRecord(
                memberName(name),
                node(request.node()),
                name,
                Optional.of(address("peers", request.peers())),
                Optional.of(request.agents())
                        .filter(not(String::isEmpty))
                        .map(text -> address("agents", text)),
                "",
                request.version(),
                request.featureLevel(),
                ground.clock().wall(),
                State.JOINING,
                Optional.of("it asked from %s, and has not come up yet".formatted(from)));
    }

    private static NodeId node(String text) {
        try {
            return NodeId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new OlympusException(ErrorCode.INVALID, "node: " + e.getMessage(), e);
        }
    }

    private static String address(String field, String text) {
        return HostAndPort.parse(text)
                .map(HostAndPort::toString)
                .orElseThrow(() ->
                        new OlympusException(
                                ErrorCode.INVALID,
                                "%s: \"%s\" is not HOST:PORT".formatted(field, text)));
    }

    /** After its machine, with digits that no other ever had. */
    private String memberName(String name) {
        var digits = new byte[MEMBER_RANDOM_BYTES];
        random.nextBytes(digits);
        var readable = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        var cut = readable.substring(0, Math.min(MAX_NAME, readable.length()));
        return cut + "-" + HexFormat.of().formatHex(digits);
    }

    private JoinAnswer answer(String member) {
        var keys = IslandKeys.read(ground.dataFolder().resolve("keys"));
        var token = ground.dataFolder().resolve("admin.token");
        try {
            return new JoinAnswer(
                    ground.self().realm().toString(),
                    ground.self().island().toString(),
                    ground.group().toString(),
                    member,
                    keys.authority(),
                    keys.islandKey(),
                    Files.readString(token).strip());
        } catch (IOException e) {
            throw new OlympusException(
                    ErrorCode.UNAVAILABLE,
                    "cannot read %s (%s), which each server of the island gets; restart this server, which makes it anew"
                            .formatted(token, e),
                    e);
        }
    }

    private void requirePeers() {
        if (!ground.peers()) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "this server opens no port for other servers; restart it as `olympus server`, or with --peers-listen HOST:PORT (services go on meanwhile), then try again");
        }
    }

    private void commit(Transaction transaction, String what) {
        var result = ground.deadline().await(ground.hermes().transact(transaction), what);
        switch (result) {
            case TransactionResult.Committed committed -> {}
            case TransactionResult.Conflict conflict ->
                    throw new OlympusException(
                            ErrorCode.CONFLICT, what + ": another request came first; try again");
            case TransactionResult.Refused(var code, var message) ->
                    throw new OlympusException(code, what + ": " + message);
            case TransactionResult.Unknown(var message) ->
                    throw new OlympusException(ErrorCode.UNAVAILABLE, what + ": " + message);
        }
    }

    private static JoinTokenRecord token(Entry entry) {
        return JoinTokenRecord.CODEC.decode(entry.value().unsafeArray());
    }

    private static Bytes bytes(JoinTokenRecord token) {
        return Bytes.wrap(JoinTokenRecord.CODEC.encodeBytes(token));
    }
}
