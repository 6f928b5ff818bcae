package olympus.model.encrypted;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes what SOPS writes: values sealed by a data key, which age encrypts for a recipient. SOPS
 * itself is not among Debian's packages.
 */
public final class SopsWriter {

    private static final String AT = "2026-01-02T03:04:05Z";

    private final Random random = new Random(7);
    private final byte[] dataKey = bytes(32);
    private final MessageDigest digest;
    private final String recipient;

    public SopsWriter(String recipient) throws Exception {
        this.recipient = recipient;
        this.digest = MessageDigest.getInstance("SHA-512");
    }

    /** A value of type {@code str}; counts for the authentication code in the order of calls. */
    public String sealed(String boundTo, String clear) throws Exception {
        return sealed(boundTo, clear, "str");
    }

    String sealed(String boundTo, String clear, String type) throws Exception {
        digest.update(clear.getBytes(StandardCharsets.UTF_8));
        return seal(boundTo, clear, type);
    }

    /** A value that stands in clear. */
    String plain(String asAuthenticated, String written) {
        digest.update(asAuthenticated.getBytes(StandardCharsets.UTF_8));
        return written;
    }

    private String seal(String boundTo, String clear, String type) throws Exception {
        var iv = bytes(32);
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(dataKey, "AES"),
                new GCMParameterSpec(128, iv));
        cipher.updateAAD(boundTo.getBytes(StandardCharsets.UTF_8));
        var both = cipher.doFinal(clear.getBytes(StandardCharsets.UTF_8));
        var split = both.length - 16;
        return "ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:%s]"
                .formatted(
                        base64(Arrays.copyOf(both, split)),
                        base64(iv),
                        base64(Arrays.copyOfRange(both, split, both.length)),
                        type);
    }

    /** What stands at the end of a YAML file. */
    public String yamlNotes(String... more) throws Exception {
        return """
        sops:
            age:
                - recipient: %s
                  enc: |
        %s
            lastmodified: "%s"
            mac: %s
            %s
            version: 3.9.2
        """
                .formatted(
                        recipient,
                        encryptedKey()
                                .lines()
                                .map(line -> " ".repeat(20) + line)
                                .collect(Collectors.joining("\n")),
                        AT,
                        mac(),
                        String.join("\n    ", more));
    }

    /** What stands at the end of a dotenv file. */
    public String dotenvNotes() throws Exception {
        return """
        sops_age__list_0__map_enc=%s
        sops_age__list_0__map_recipient=%s
        sops_lastmodified=%s
        sops_mac=%s
        sops_unencrypted_suffix=_unencrypted
        sops_version=3.9.2
        """
                .formatted(encryptedKey().replace("\n", "\\n"), recipient, AT, mac());
    }

    /** The last member of a JSON object. */
    String jsonNotes() throws Exception {
        return """
        "sops": {
        \t"kms": null,
        \t"age": [{"recipient": "%s", "enc": "%s"}],
        \t"lastmodified": "%s",
        \t"mac": "%s",
        \t"version": "3.9.2"
        }\
        """
                .formatted(recipient, encryptedKey().replace("\n", "\\n"), AT, mac());
    }

    private String encryptedKey() throws Exception {
        return new String(AgeProgram.encrypt(dataKey, recipient, true), StandardCharsets.US_ASCII);
    }

    private String mac() throws Exception {
        var code = HexFormat.of().withUpperCase().formatHex(digest.digest());
        return seal(AT, code, "str");
    }

    private byte[] bytes(int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
