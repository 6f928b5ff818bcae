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

/**
 * The text with which one new server may join: {@code olympus-join.AUTHORITY.SECRET}.
 *
 * @param authority SHA-256 of the public key that signs the certificates of the island's APIs, by
 *     which a newcomer knows that it talks to the island that made the token
 * @param secret 256 random bits
 */
public record JoinToken(String authority, String secret) {

    private static final String PREFIX = "olympus-join";
    private static final int BYTES = 32;
    private static final Pattern FORM =
            Pattern.compile("olympus-join\\.([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    static JoinToken make(PublicKey authority, SecureRandom random) {
        var secret = new byte[BYTES];
        random.nextBytes(secret);
        return new JoinToken(fingerprint(authority), TEXT.encodeToString(secret));
    }

    public static JoinToken parse(String text) {
        var match = FORM.matcher(text.strip());
        if (!match.matches()) {
            // Not repeated: what was given instead may be another secret.
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "this is no join token; expected %s.AUTHORITY.SECRET as `olympus servers add` prints it on a server of the island"
                            .formatted(PREFIX));
        }
        return new JoinToken(match.group(1), match.group(2));
    }

    static String fingerprint(PublicKey key) {
        return TEXT.encodeToString(sha256().digest(key.getEncoded()));
    }

    /** Under which the store knows the token; says nothing of the secret. */
    String id() {
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
    String text() {
        return String.join(".", PREFIX, authority, secret);
    }

    /** Shows no secret. */
    @Override
    public String toString() {
        return "JoinToken[" + authority + "]";
    }
}
