package olympus.server.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import olympus.foundation.Clock;
import olympus.foundation.Durable;
import olympus.hermes.Bytes;
import olympus.hermes.Hermes;
import olympus.hermes.Key;
import olympus.hermes.Operation;
import olympus.hermes.Transaction;
import olympus.server.problems.Problems;
import olympus.server.store.Projection;

/**
 * The tokens of the API that are right at present: those of the store, and the administrator's from
 * the data folder, which works also while the store is halted.
 *
 * <p>{@code D/admin.token} holds the clear text (mode 0600) for the command line on this machine;
 * {@code D/keys/admin.token.json} its hash. Deleting the first and starting anew makes a new token.
 * Tokens with a role of their own are made by {@link ApiTokens}; a record from before there were
 * roles is an administrator's.
 *
 * <p>Threading: any thread.
 */
public final class Tokens {

    public static final Key PREFIX = Key.of("olympus/tokens");
    public static final String ADMIN = "admin";

    /** From before there were roles, by hash. */
    private final Map<String, TokenRecord> stored = new ConcurrentHashMap<>();

    /** With a role, by name. */
    private final Map<String, ApiTokenRecord> given = new ConcurrentHashMap<>();

    private final TokenRecord admin;
    private final Clock clock;

    private Tokens(TokenRecord admin, Clock clock) {
        this.admin = admin;
        this.clock = clock;
    }

    /** Reads the administrator's token of a data folder, or makes it. */
    public static Tokens open(Path dataFolder, Clock clock) throws IOException {
        var clear = dataFolder.resolve("admin.token");
        var hashed = dataFolder.resolve("keys").resolve("admin.token.json");
        if (Files.exists(clear)) {
            var hash = TokenText.sha256(Files.readString(clear).strip());
            if (Files.exists(hashed)) {
                var known = TokenRecord.CODEC.decode(Files.readAllBytes(hashed));
                if (known.sha256().equals(hash)) {
                    return new Tokens(known, clock);
                }
            }
            return new Tokens(writeHash(hashed, hash, clock), clock);
        }
        var token = TokenText.make(new SecureRandom());
        var written = writeHash(hashed, TokenText.sha256(token), clock);
        writePrivate(clear, token + "\n");
        return new Tokens(written, clock);
    }

    private static TokenRecord writeHash(Path file, String hash, Clock clock) throws IOException {
        var entry = new TokenRecord(ADMIN, hash, clock.wall());
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
        writePrivate(file, TokenRecord.CODEC.encode(entry) + "\n");
        return entry;
    }

    private static void writePrivate(Path file, String text) throws IOException {
        Durable.replace(file, text.getBytes(StandardCharsets.UTF_8), Durable.PRIVATE);
    }

    /**
     * Puts the administrator's hash into the store, unless it stands there, and follows the store's
     * tokens.
     */
    public List<Projection> follow(Hermes hermes, Problems problems) {
        var source =
                new Projection.Source<>(
                        "tokens",
                        hermes,
                        PREFIX,
                        value -> TokenRecord.CODEC.decode(value.unsafeArray()));
        var withRole =
                new Projection.Source<>(
                        "api-tokens",
                        hermes,
                        ApiTokenRecord.PREFIX,
                        value -> ApiTokenRecord.CODEC.decode(value.unsafeArray()));
        return List.of(
                Projection.start(source, new Following(hermes), problems),
                Projection.start(withRole, new FollowingGiven(), problems));
    }

    private final class Following implements Projection.Receiver<TokenRecord> {

        private final Hermes hermes;

        private Following(Hermes hermes) {
            this.hermes = hermes;
        }

        @Override
        public void listed(Map<Key, TokenRecord> records) {
            stored.clear();
            records.values().forEach(Tokens.this::remember);
            var key = PREFIX.child(ADMIN);
            // The same token stands in the data folder of each server, kept at another time.
            var kept = records.get(key);
            if (kept == null || !kept.sha256().equals(admin.sha256())) {
                var value = Bytes.wrap(TokenRecord.CODEC.encodeBytes(admin));
                var _ = hermes.transact(Transaction.of(new Operation.Put(key, value)));
            }
        }

        @Override
        public void put(Key key, TokenRecord token) {
            remember(token);
        }

        @Override
        public void deleted(Key gone) {
            var id = lastPart(gone);
            stored.values().removeIf(one -> one.name().equals(id));
        }
    }

    private final class FollowingGiven implements Projection.Receiver<ApiTokenRecord> {

        @Override
        public void listed(Map<Key, ApiTokenRecord> records) {
            given.keySet()
                    .retainAll(
                            records.keySet().stream()
                                    .map(Tokens::lastPart)
                                    .collect(Collectors.toSet()));
            records.values().forEach(Tokens.this::remember);
        }

        @Override
        public void put(Key key, ApiTokenRecord token) {
            remember(token);
        }

        @Override
        public void deleted(Key gone) {
            forget(lastPart(gone));
        }
    }

    private static String lastPart(Key key) {
        var text = key.toString();
        return text.substring(text.lastIndexOf('/') + 1);
    }

    private void remember(TokenRecord token) {
        stored.values().removeIf(known -> known.name().equals(token.name()));
        stored.put(token.sha256(), token);
    }

    /** It is good here from now on, before the store tells of it. */
    void remember(ApiTokenRecord token) {
        given.put(token.name(), token);
    }

    /** It is good for nothing here from now on, before the store tells of it. */
    void forget(String name) {
        given.remove(name);
        stored.values().removeIf(one -> one.name().equals(name));
    }

    /** Whose token this is; empty for a wrong one, and for one that has ended. */
    public Optional<TokenHolder> holderOf(String token) {
        var hash = TokenText.sha256(token);
        if (isSame(hash, admin.sha256())) {
            return Optional.of(new TokenHolder(admin.name(), Role.ADMIN));
        }
        var old = Optional.ofNullable(stored.get(hash)).filter(one -> !one.name().equals(ADMIN));
        if (old.isPresent()) {
            return Optional.of(new TokenHolder(old.get().name(), Role.ADMIN));
        }
        var now = clock.wall();
        return given.values().stream()
                .filter(one -> isSame(hash, one.sha256()))
                .filter(one -> one.isGood(now))
                .findFirst()
                .map(one -> new TokenHolder(one.name(), one.role()));
    }

    private static boolean isSame(String hash, String other) {
        return MessageDigest.isEqual(hash.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    /** The names of the tokens that may do what needs {@code role}, in order. */
    public List<String> including(Role role) {
        var now = clock.wall();
        var names = new ArrayList<>(withoutRole().stream().map(TokenRecord::name).toList());
        given.values().stream()
                .filter(one -> one.isGood(now) && one.role().includes(role))
                .map(ApiTokenRecord::name)
                .forEach(names::add);
        return names.stream().sorted().toList();
    }

    /** The administrator's, and those from before there were roles. */
    List<TokenRecord> withoutRole() {
        var all = new ArrayList<TokenRecord>();
        all.add(admin);
        stored.values().stream().filter(one -> !one.name().equals(ADMIN)).forEach(all::add);
        return all;
    }
}
