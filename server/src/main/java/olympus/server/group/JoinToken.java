package olympus.server.group;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.link.keys.KeyFingerprint;

/**
 * The text with which a machine may join the island: {@code olympus-join.AUTHORITY.SECRET} as a
 * server, {@code olympus-agent.AUTHORITY.SECRET} with only the agent.
 *
 * @param authority SHA-256 of the public key that signs the certificates of the island's APIs, by
 *     which a newcomer knows that it talks to the island that made the token
 * @param secret 256 random bits
 */
public record JoinToken(Kind kind, String authority, String secret) {

    private static final int BYTES = 32;
    private static final Pattern FORM =
            Pattern.compile("(olympus-[a-z]+)\\.([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    /** As what one may join with it. */
    public enum Kind {
        SERVER("olympus-join", "join token", "olympus servers add"),
        AGENT("olympus-agent", "agent token", "olympus token create --agent");

        private final String prefix;
        private final String words;
        private final String command;

        Kind(String prefix, String words, String command) {
            this.prefix = prefix;
            this.words = words;
            this.command = command;
        }

        /** What people call it. */
        public String words() {
            return words;
        }

        /** The command that makes one. */
        public String command() {
            return command;
        }
    }

    static JoinToken make(Kind kind, PublicKey authority, SecureRandom random) {
        var secret = new byte[BYTES];
        random.nextBytes(secret);
        return new JoinToken(kind, KeyFingerprint.of(authority), TEXT.encodeToString(secret));
    }

    public static JoinToken parse(Kind kind, String text) {
        var match = FORM.matcher(text.strip());
        if (!match.matches() || !match.group(1).equals(kind.prefix)) {
            // Not repeated: what was given instead may be another secret.
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "this is no %s; expected %s.AUTHORITY.SECRET as `%s` prints it on a server of the island"
                            .formatted(kind.words, kind.prefix, kind.command));
        }
        return new JoinToken(kind, match.group(2), match.group(3));
    }

    /** Under which the store knows the token; says nothing of the secret. */
    public String id() {
        var hash = sha256().digest(Base64.getUrlDecoder().decode(secret));
        return HexFormat.of().formatHex(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** What is given to the newcomer. */
    public String text() {
        return String.join(".", kind.prefix, authority, secret);
    }

    /** Shows no secret. */
    @Override
    public String toString() {
        return "JoinToken[%s, %s]".formatted(kind, authority);
    }
}
