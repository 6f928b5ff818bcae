package olympus.link.keys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.model.SecretRef;
import olympus.model.StackName;

/**
 * Seals secrets under one key file, so that store, log, snapshots and disks hold only what is
 * useless without it.
 *
 * <p>Envelope (format 1): each secret has a random data key; the data key is encrypted under a key
 * derived from the file, the clear text under the data key, both with AES-256-GCM and the reference
 * as associated data, so that a sealed secret cannot be passed off as another. Layout: format (1
 * byte), key id (4), nonce (12), data key (32 + 16), nonce (12), clear text (n + 16). The server
 * keeps {@code island.key}, each agent a key file of its own.
 *
 * <p>Threading: safe for any thread. Limits: {@link #MAX_SECRET_BYTES}. Whoever loses the file
 * loses the secrets.
 */
public final class SecretVault {

    public static final int MAX_SECRET_BYTES = 64 * 1024;
    public static final String ISLAND_KEY = "island.key";
    public static final String AGENT_KEY = "agent-secrets.key";

    private static final byte FORMAT = 1;
    private static final int KEY_BYTES = 32;
    private static final int KEY_ID_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int HEADER_BYTES =
            1 + KEY_ID_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES + NONCE_BYTES;
    private static final int FINGERPRINT_BYTES = 8;
    private static final Pattern KEY_FILE =
            Pattern.compile("olympus-key-1 ([0-9a-f]{64}) ([0-9a-f]{8})\\s*");
    private static final String REMEDY =
            "restore it from a backup of the data folder; without it sealed secrets cannot be read and must be applied again";

    private final SecretKey sealing;
    private final SecretKey fingerprinting;
    private final SecretKey vouching;
    private final byte[] keyId;
    private final SecureRandom random;

    private SecretVault(byte[] key, SecureRandom random) {
        this.sealing = derive(key, "olympus seal 1", "AES");
        this.fingerprinting = derive(key, "olympus fingerprint 1", "HmacSHA256");
        this.vouching = derive(key, "olympus vouch 1", "HmacSHA256");
        this.keyId =
                Arrays.copyOf(
                        derive(key, "olympus key id 1", "Generic").getEncoded(), KEY_ID_BYTES);
        this.random = random;
    }

    /**
     * Reads the key in {@code keyFile}, or makes one there (mode 0600) when the file does not
     * exist.
     */
    public static SecretVault openOrCreate(Path keyFile, SecureRandom random) {
        if (Files.exists(keyFile)) {
            return new SecretVault(readKey(keyFile), random);
        }
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        var folder = keyFile.toAbsolutePath().getParent();
        if (folder != null) {
            KeyFiles.privateFolder(folder);
        }
        var hex = HexFormat.of().formatHex(key);
        var line = "olympus-key-1 %s %s%n".formatted(hex, checksum(key));
        KeyFiles.writePrivate(keyFile, line.getBytes(StandardCharsets.US_ASCII));
        return new SecretVault(key, random);
    }

    /**
     * The reference to this version of a secret: the same for the same clear text under the same
     * name, and telling nothing else.
     */
    public SecretRef reference(StackName stack, String name, String clearText) {
        return new SecretRef(stack, name, fingerprint(stack, name, clearText));
    }

    /** Encrypts {@code clearText} for {@code ref}. */
    public byte[] seal(SecretRef ref, String clearText) {
        var clear = clearText.getBytes(StandardCharsets.UTF_8);
        if (clear.length > MAX_SECRET_BYTES) {
            throw new OlympusException(
                    ErrorCode.TOO_LARGE,
                    "the secret %s has %d bytes; at most %d are kept"
                            .formatted(words(ref), clear.length, MAX_SECRET_BYTES));
        }
        var dataKey = new byte[KEY_BYTES];
        random.nextBytes(dataKey);
        var keyNonce = nonce();
        var textNonce = nonce();
        try {
            return ByteBuffer.allocate(HEADER_BYTES + clear.length + TAG_BYTES)
                    .put(FORMAT)
                    .put(keyId)
                    .put(keyNonce)
                    .put(gcm(Cipher.ENCRYPT_MODE, sealing, keyNonce, ref).doFinal(dataKey))
                    .put(textNonce)
                    .put(gcm(Cipher.ENCRYPT_MODE, aes(dataKey), textNonce, ref).doFinal(clear))
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot seal with AES-256-GCM", e);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
            Arrays.fill(clear, (byte) 0);
        }
    }

    /**
     * Decrypts what {@link #seal} made for the same {@code ref} under the same key file; refuses
     * anything else.
     */
    public String open(SecretRef ref, byte[] sealed) {
        if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] != FORMAT) {
            throw unreadable(ref, "it is not in the known format (%d)".formatted(FORMAT));
        }
        var parts = ByteBuffer.wrap(sealed, 1, sealed.length - 1);
        if (!Arrays.equals(take(parts, KEY_ID_BYTES), keyId)) {
            throw unreadable(ref, "it was sealed under another key file than the present one");
        }
        var keyNonce = take(parts, NONCE_BYTES);
        var wrapped = take(parts, KEY_BYTES + TAG_BYTES);
        var textNonce = take(parts, NONCE_BYTES);
        try {
            var dataKey = gcm(Cipher.DECRYPT_MODE, sealing, keyNonce, ref).doFinal(wrapped);
            var clear =
                    gcm(Cipher.DECRYPT_MODE, aes(dataKey), textNonce, ref)
                            .doFinal(take(parts, parts.remaining()));
            return new String(clear, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw unreadable(ref, "it was changed, or belongs to another secret");
        }
    }

    /**
     * What only a holder of the same key file can say about {@code text}: an HMAC-SHA256 over it
     * and {@code purpose}, which keeps one use of it from being passed off as another.
     */
    public byte[] vouch(String purpose, String text) {
        return mac(vouching, purpose, text);
    }

    private String fingerprint(StackName stack, String name, String clearText) {
        var hash = mac(fingerprinting, stack + "/" + name, clearText);
        return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
    }

    private static byte[] mac(SecretKey key, String about, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update((about + "\0").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256", e);
        }
    }

    private byte[] nonce() {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    private static Cipher gcm(int mode, SecretKey key, byte[] nonce, SecretRef ref)
            throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(words(ref).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static SecretKey aes(byte[] key) {
        return new SecretKeySpec(key, "AES");
    }

    private static byte[] take(ByteBuffer from, int count) {
        var bytes = new byte[count];
        from.get(bytes);
        return bytes;
    }

    private static SecretKey derive(byte[] key, String purpose, String algorithm) {
        try {
            var parameters =
                    HKDFParameterSpec.ofExtract()
                            .addIKM(key)
                            .thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), KEY_BYTES);
            return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HKDF-SHA256; a JDK 25 has it", e);
        }
    }

    private static byte[] readKey(Path file) {
        var match =
                KEY_FILE.matcher(
                        new String(KeyFiles.readPrivate(file, REMEDY), StandardCharsets.US_ASCII));
        if (!match.matches()) {
            throw KeyFiles.damaged(file, "it is no key of format olympus-key-1", REMEDY, null);
        }
        var key = HexFormat.of().parseHex(match.group(1));
        if (!checksum(key).equals(match.group(2))) {
            throw KeyFiles.damaged(file, "its checksum does not match", REMEDY, null);
        }
        return key;
    }

    private static String checksum(byte[] key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(key);
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    private static OlympusException unreadable(SecretRef ref, String why) {
        return new OlympusException(
                ErrorCode.CORRUPT,
                "cannot open the sealed secret %s: %s; apply the stack again to store it anew"
                        .formatted(words(ref), why));
    }

    private static String words(SecretRef ref) {
        return ref.stack() + "/" + ref.name() + "@" + ref.fingerprint();
    }
}
