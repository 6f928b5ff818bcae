package olympus.server.group;

import static java.util.function.Predicate.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
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
import olympus.hermes.Hermes;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.link.keys.Installation;
import olympus.link.keys.IslandKeys;
import olympus.model.NodeId;
import olympus.server.deadline.Deadline;
import olympus.server.group.GivenTokens.Kept;
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
    private final StoreWrites writes;
    private final GivenTokens<JoinTokenRecord> tokens;
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
        this.writes = new StoreWrites(ground.hermes(), ground.clock(), ground.deadline());
        this.tokens = new GivenTokens<>(JoinTokenRecord.KIND, writes);
    }

    /** A token that was made: the only time that its text is known. */
    public record Made(String token, Instant ends) {}

    /** Makes a token with which one server may join. */
    public Made token(String madeBy) {
        requirePeers();
        var ends = ground.clock().wall().plus(TOKEN_LIFE);
        var made =
                tokens.make(
                        ground.authority(), new JoinTokenRecord(madeBy, ends, Optional.empty()));
        return new Made(made.text(), ends);
    }

    /**
     * Lets a newcomer in: from now on it is wanted as a member, and gets what it needs to become
     * one. The same newcomer may ask again.
     */
    public JoinAnswer join(JoinRequest request, String from) {
        requirePeers();
        requireLevel(request);
        var newcomer = newcomer(request, from);
        var kept = tokenOf(JoinToken.parse(JoinToken.Kind.SERVER, request.token()));
        var member =
                kept.token()
                        .usedBy()
                        .map(use -> again(use, newcomer))
                        .orElseGet(() -> admit(kept, newcomer));
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

    private Kept<JoinTokenRecord> tokenOf(JoinToken token) {
        return tokens.find(token)
                .filter(kept -> kept.token().ends().isAfter(ground.clock().wall()))
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

    private String admit(Kept<JoinTokenRecord> kept, ServerRecord newcomer) {
        var token = kept.token();
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
        writes.commit(
                new Transaction(
                        List.of(kept.unchanged(), new Condition.Absent(newcomer.key())),
                        List.of(
                                tokens.put(kept, used),
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
}
