package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import olympus.foundation.Durable;
import olympus.model.SecretRef;
import olympus.model.StackName;
import olympus.model.stack.SecretRefs;
import olympus.model.state.Assignment;

/**
 * The clear texts that the assigned instances need, kept over restarts in {@code secrets.sealed}:
 * AES-256-GCM under a key that only this node has ({@code node.key}, mode 0600). In clear they are
 * only in memory.
 */
final class SealedSecrets {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_ENTRIES = 100_000;

    private final Path file;
    private final Path keyFile;
    private final SecureRandom random = new SecureRandom();

    SealedSecrets(Path root) {
        this.file = root.resolve("secrets.sealed");
        this.keyFile = root.resolve("node.key");
    }

    /**
     * Empty when the file is damaged or belongs to another key: a server will send the secrets
     * again.
     */
    Optional<Map<SecretRef, String>> load() {
        if (!Files.exists(file)) {
            return Optional.of(Map.of());
        }
        try {
            var sealed = ByteBuffer.wrap(Files.readAllBytes(file));
            var nonce = new byte[NONCE_BYTES];
            sealed.get(nonce);
            var rest = new byte[sealed.remaining()];
            sealed.get(rest);
            return Optional.of(decode(cipher(Cipher.DECRYPT_MODE, nonce).doFinal(rest)));
        } catch (IOException | GeneralSecurityException | java.nio.BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** The secrets that the instances of an assignment are given. */
    static Set<SecretRef> needed(Assignment assignment) {
        var needed = new HashSet<SecretRef>();
        for (var spec : assignment.instances()) {
            needed.addAll(SecretRefs.in(spec.definition()));
        }
        return needed;
    }

    /** Throws {@link UncheckedIOException} when the disk refuses. */
    void save(Map<SecretRef, String> secrets) {
        if (secrets.isEmpty() && !Files.exists(file)) {
            return;
        }
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(encode(secrets));
            var content = ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed);
            RecordFile.replace(file, content.array());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot seal the secrets into " + file, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws IOException, GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private byte[] key() throws IOException {
        try {
            var key = Files.readAllBytes(keyFile);
            // One of another length is damaged: nothing can be opened with it, nor sealed.
            return key.length == KEY_BYTES ? key : newKey();
        } catch (NoSuchFileException notYetThere) {
            return newKey();
        }
    }

    private byte[] newKey() throws IOException {
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Durable.replace(keyFile, key, Durable.PRIVATE);
        return key;
    }

    private static byte[] encode(Map<SecretRef, String> secrets) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var out = new java.io.DataOutputStream(bytes)) {
            out.writeInt(secrets.size());
            for (var secret : secrets.entrySet()) {
                out.writeUTF(secret.getKey().stack().value());
                out.writeUTF(secret.getKey().name());
                out.writeUTF(secret.getKey().fingerprint());
                var text = secret.getValue().getBytes(StandardCharsets.UTF_8);
                out.writeInt(text.length);
                out.write(text);
            }
        }
        return bytes.toByteArray();
    }

    private static Map<SecretRef, String> decode(byte[] clear) throws IOException {
        var secrets = new HashMap<SecretRef, String>();
        try (var in = new java.io.DataInputStream(new java.io.ByteArrayInputStream(clear))) {
            var count = Math.min(in.readInt(), MAX_ENTRIES);
            for (var i = 0; i < count; i++) {
                var ref = new SecretRef(new StackName(in.readUTF()), in.readUTF(), in.readUTF());
                secrets.put(ref, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
        }
        return secrets;
    }
}
