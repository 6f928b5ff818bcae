package olympus.server.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
 * The tokens that are right at present, by hash: those of the store, and the administrator's from
 * the data folder, which works also while the store is halted.
 *
 * <p>{@code D/admin.token} holds the clear text (mode 0600) for the command line on this machine;
 * {@code D/keys/admin.token.json} its hash. Deleting the first and starting anew makes a new token.
 *
 * <p>Threading: any thread.
 */
public final class Tokens {

    public static final Key PREFIX = Key.of("olympus/tokens");
    public static final String ADMIN = "admin";
    private static final int RANDOM_BYTES = 32;
    private static final String TOKEN_PREFIX = "olympus_";

    /** Names by hash. */
    private final Map<String, String> stored = new ConcurrentHashMap<>();

    private final TokenRecord admin;

    private Tokens(TokenRecord admin) {
        this.admin = admin;
    }

    /** Reads the administrator's token of a data folder, or makes it. */
    public static Tokens open(Path dataFolder, Clock clock) throws IOException {
        var clear = dataFolder.resolve("admin.token");
        var hashed = dataFolder.resolve("keys").resolve("admin.token.json");
        if (Files.exists(clear)) {
            var hash = sha256(Files.readString(clear).strip());
            if (Files.exists(hashed)) {
                var known = TokenRecord.CODEC.decode(Files.readAllBytes(hashed));
                if (known.sha256().equals(hash)) {
                    return new Tokens(known);
                }
            }
            return new Tokens(writeHash(hashed, hash, clock));
        }
        var random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        var token = TOKEN_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        var written = writeHash(hashed, sha256(token), clock);
        writePrivate(clear, token + "\n");
        return new Tokens(written);
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
    public Projection follow(Hermes hermes, Problems problems) {
        var source =
                new Projection.Source<>(
                        "tokens",
                        hermes,
                        PREFIX,
                        value -> TokenRecord.CODEC.decode(value.unsafeArray()));
        return Projection.start(source, new Following(hermes), problems);
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
            var id = gone.toString().substring(PREFIX.toString().length() + 1);
            stored.values().removeIf(id::equals);
        }
    }

    private void remember(TokenRecord token) {
        stored.values().removeIf(token.name()::equals);
        stored.put(token.sha256(), token.name());
    }

    /** Whose token this is; empty for a wrong one. */
    public Optional<String> nameOf(String token) {
        var hash = sha256(token);
        if (MessageDigest.isEqual(hash.getBytes(UTF_8), admin.sha256().getBytes(UTF_8))) {
            return Optional.of(admin.name());
        }
        return Optional.ofNullable(stored.get(hash)).filter(name -> !name.equals(ADMIN));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
