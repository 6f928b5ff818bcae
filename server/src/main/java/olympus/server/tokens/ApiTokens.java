package olympus.server.tokens;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.Bytes;
import olympus.hermes.Condition;
import olympus.hermes.Entry;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.server.group.StoreWrites;

/**
 * Makes, lists and revokes tokens of the API that have a role.
 *
 * <p>Threading: any thread that may wait. Limits: {@link #MOST} tokens that are good at a time,
 * each for {@link #LONGEST_LIFE} or until it is revoked. Those that have ended are forgotten when
 * the next one is made.
 */
public final class ApiTokens {

    public static final int MOST = 500;
    public static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);
    public static final Duration LONGEST_LIFE = Duration.ofDays(3_650);

    /** What a name looks like. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");

    /** Reads like the id of an agent token, which is revoked by the same command. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{6,64}");

    private static final Set<String> RESERVED = Set.of(Tokens.ADMIN, "nobody");
    private static final int RANDOM_NAME_BYTES = 3;

    private final Tokens tokens;
    private final StoreWrites writes;
    private final SecureRandom random = new SecureRandom();

    public ApiTokens(Tokens tokens, StoreWrites writes) {
        this.tokens = tokens;
        this.writes = writes;
    }

    /** A token that was made: the only time that its text is known. */
    public record Made(String token, String name, Role role, Optional<Instant> ends) {
        /** Shows no token. */
        @Override
        public String toString() {
            return "Made[" + name + "]";
        }
    }

    /**
     * A token, as it is shown.
     *
     * @param madeBy empty for what was made without being asked for
     */
    public record Shown(
            String name, Role role, String madeBy, Instant madeAt, Optional<Instant> ends) {}

    private record Kept(Entry entry, ApiTokenRecord token) {}

    /**
     * Makes a token.
     *
     * @param name empty for one that is made up
     * @param life empty for a token that is good until it is revoked
     */
    public Made make(Role role, Optional<String> name, Optional<Duration> life, String madeBy) {
        life.filter(d -> d.compareTo(SHORTEST_LIFE) < 0 || d.compareTo(LONGEST_LIFE) > 0)
                .ifPresent(_ -> {
                    throw new OlympusException(
                            ErrorCode.INVALID,
                            "ttl: a token is good for 1 s to %d days (%dh), or until it is revoked when none is given"
                                    .formatted(LONGEST_LIFE.toDays(), LONGEST_LIFE.toHours()));
                });
        name.ifPresent(this::requireName);
        var now = writes.clock().wall();
        var kept = kept();
        var operations = new ArrayList<Operation>();
        for (var one : kept) {
            if (!one.token().isGood(now)) {
                operations.add(new Operation.Delete(one.entry().key()));
            }
        }
        requireRoom(kept.size() - operations.size());
        var text = TokenText.make(random);
        var record =
                new ApiTokenRecord(
                        name.orElseGet(() -> madeUp(role)),
                        role,
                        TokenText.sha256(text),
                        madeBy,
                        now,
                        life.map(now::plus));
        var key = key(record.name());
        kept.stream()
                .filter(one -> one.entry().key().equals(key) && one.token().isGood(now))
                .findFirst()
                .ifPresent(one -> {
                    throw new OlympusException(
                            ErrorCode.CONFLICT,
                            "there is a token \"%s\" already, of role %s; choose another name, or first: olympus token revoke %s"
                                    .formatted(
                                            one.token().name(),
                                            one.token().role().word(),
                                            one.token().name()));
                });
        operations.removeIf(one -> one.equals(new Operation.Delete(key)));
        operations.add(
                new Operation.Put(key, Bytes.wrap(ApiTokenRecord.CODEC.encodeBytes(record))));
        writes.commit(
                new Transaction(List.of(unchanged(key, kept)), operations),
                "keeping token " + record.name());
        tokens.remember(record);
        return new Made(text, record.name(), role, record.ends());
    }

    private void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "name: \"%s\" is not the name of a token; expected 1 to 63 lower-case letters, digits, \".\", \"_\" or \"-\", the first and last a letter or digit"
                            .formatted(name));
        }
        if (ID.matcher(name).matches()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "name: \"%s\" reads like the id of an agent token; choose one that has another character than 0-9 and a-f"
                            .formatted(name));
        }
        var taken = tokens.withoutRole().stream().anyMatch(one -> one.name().equals(name));
        if (taken || RESERVED.contains(name)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT, "name: \"%s\" is taken; choose another".formatted(name));
        }
    }

    private static void requireRoom(int good) {
        if (good >= MOST) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "%d tokens are good at present, more are not made; revoke one that is not used any more (olympus token list)"
                            .formatted(good));
        }
    }

    private String madeUp(Role role) {
        var digits = new byte[RANDOM_NAME_BYTES];
        random.nextBytes(digits);
        return role.word() + "-" + HexFormat.of().formatHex(digits);
    }

    private static Condition unchanged(Key key, List<Kept> kept) {
        return kept.stream()
                .map(Kept::entry)
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .<Condition>map(entry -> new Condition.RevisionIs(key, entry.modifyRevision()))
                .orElseGet(() -> new Condition.Absent(key));
    }

    private static Key key(String name) {
        return ApiTokenRecord.PREFIX.child(name);
    }

    /**
     * Those that are good at present, by name: also the administrator's, and those without role.
     */
    public List<Shown> all() {
        var now = writes.clock().wall();
        var without =
                tokens.withoutRole().stream()
                        .map(one ->
                                new Shown(
                                        one.name(),
                                        Role.ADMIN,
                                        "",
                                        one.createdAt(),
                                        Optional.empty()));
        var with =
                kept().stream()
                        .map(Kept::token)
                        .filter(one -> one.isGood(now))
                        .map(ApiTokens::shown);
        return Stream.concat(without, with).sorted(Comparator.comparing(Shown::name)).toList();
    }

    private static Shown shown(ApiTokenRecord token) {
        return new Shown(token.name(), token.role(), token.madeBy(), token.madeAt(), token.ends());
    }

    /** Makes a token good for nothing from now on. */
    public Shown revoke(String name) {
        if (name.equals(Tokens.ADMIN)) {
            throw new OlympusException(
                    ErrorCode.CONFLICT,
                    "the administrator's token stands in the data folders of the servers and is not revoked; to have another one, delete admin.token there and restart each server with the same new file");
        }
        var found =
                all().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new OlympusException(
                                        ErrorCode.NOT_FOUND,
                                        "there is no token \"%s\"; `olympus token list` shows them"
                                                .formatted(name)));
        // Only one of them is there.
        writes.commit(
                new Transaction(
                        List.of(),
                        List.of(
                                new Operation.Delete(key(name)),
                                new Operation.Delete(Tokens.PREFIX.child(name)))),
                "revoking token " + name);
        tokens.forget(name);
        return found;
    }

    private List<Kept> kept() {
        var page = writes.hermes().list(ApiTokenRecord.PREFIX, Optional.empty(), Hermes.MAX_PAGE);
        return writes.deadline().await(page, "listing tokens").entries().stream()
                .map(entry ->
                        new Kept(entry, ApiTokenRecord.CODEC.decode(entry.value().unsafeArray())))
                .toList();
    }
}
