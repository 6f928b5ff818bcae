package olympus.model.encrypted;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens a file of SOPS: the data key by age, each value by AES-GCM bound to its path, and all
 * together by their authentication code.
 */
final class SopsFile {

    private static final Pattern VALUE =
            Pattern.compile(
                    "ENC\\[AES256_GCM,data:(?<data>.+),iv:(?<iv>.+),tag:(?<tag>.+),type:(?<type>.+)]");

    /** What SOPS puts before all values when only encrypted ones are authenticated. */
    private static final byte[] ONLY_ENCRYPTED =
            HexFormat.of()
                    .parseHex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69");

    private static final int TAG_BITS = 128;
    private static final int DATA_KEY_BYTES = 32;
    private static final Set<String> TRUE_WORDS = Set.of("true", "True");
    private static final String NOT_ITS_OWN = "the file as SOPS wrote it, not edited by hand";

    private final SopsDocument document;
    private final AgeKeys keys;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final MessageDigest digest = sha512();

    SopsFile(SopsDocument document, AgeKeys keys) {
        this.document = document;
        this.keys = keys;
    }

    EncryptedFile.Content open() throws UnopenedException {
        refuseWhatIsNotUnderstood();
        var onlyEncrypted = document.note("mac_only_encrypted").filter(TRUE_WORDS::contains);
        if (onlyEncrypted.isPresent()) {
            digest.update(ONLY_ENCRYPTED);
        }
        var reading = new Reading(dataKey(), rule(), onlyEncrypted.isPresent());
        walk(document.tree(), "", "", false, reading);
        checkCode(reading.key());
        return new EncryptedFile.Content.Values(values);
    }

    /**
     * @param isEncrypted whether a value is, by one of the names on its path
     */
    private record Reading(SecretKeySpec key, Rule isEncrypted, boolean onlyEncryptedCounts) {}

    /**
     * Which values are encrypted: those under a name that {@code matches}, or all others.
     *
     * @param whenMatched whether values under such a name are the encrypted ones
     */
    private record Rule(Predicate<String> matches, boolean whenMatched) {}

    private void refuseWhatIsNotUnderstood() throws UnopenedException {
        for (var note : List.of("encrypted_comment_regex", "unencrypted_comment_regex")) {
            if (document.note(note).isPresent()) {
                throw new UnopenedException(
                        "SOPS chose its encrypted values by comments (%s), which is not understood"
                                .formatted(note),
                        "encrypted_regex or encrypted_suffix");
            }
        }
        if (document.encryptedKeys().isEmpty()) {
            throw new UnopenedException(
                    document.notes().containsKey("key_groups")
                            ? "its data key is split over key groups, which is not understood"
                            : "its data key is not encrypted for any age recipient; PGP and key services are not understood",
                    "a file that SOPS encrypts for an age recipient");
        }
    }

    private SecretKeySpec dataKey() throws UnopenedException {
        Optional<UnopenedException> reason = Optional.empty();
        for (var encrypted : document.encryptedKeys()) {
            try {
                var key =
                        AgeFile.open(
                                encrypted.strip().concat("\n").getBytes(StandardCharsets.US_ASCII),
                                keys,
                                DATA_KEY_BYTES);
                return new SecretKeySpec(key, "AES");
            } catch (UnopenedException e) {
                reason = Optional.of(e);
            }
        }
        throw reason.orElseThrow();
    }

    private Rule rule() throws UnopenedException {
        var suffix = document.note("unencrypted_suffix");
        if (suffix.isPresent()) {
            return new Rule(name -> name.endsWith(suffix.get()), false);
        }
        var encrypted = document.note("encrypted_suffix");
        if (encrypted.isPresent()) {
            return new Rule(name -> name.endsWith(encrypted.get()), true);
        }
        var plainNames = document.note("unencrypted_regex");
        if (plainNames.isPresent()) {
            return new Rule(pattern(plainNames.get()).asPredicate(), false);
        }
        var encryptedNames = document.note("encrypted_regex");
        return encryptedNames.isPresent()
                ? new Rule(pattern(encryptedNames.get()).asPredicate(), true)
                : new Rule(name -> false, false);
    }

    private static Pattern pattern(String regex) throws UnopenedException {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new UnopenedException(
                    "the regular expression \"%s\" that SOPS notes is not understood"
                            .formatted(regex),
                    "a regular expression without what only Go knows",
                    e);
        }
    }

    /**
     * @param path as people write it; positions in lists included
     * @param bound as values are bound to it; without positions, each name followed by a colon
     */
    private void walk(Object node, String path, String bound, boolean matched, Reading reading)
            throws UnopenedException {
        switch (node) {
            case Map<?, ?> map -> {
                for (var entry : map.entrySet()) {
                    var name = String.valueOf(entry.getKey());
                    walk(
                            entry.getValue(),
                            join(path, name),
                            bound + name + ":",
                            matched || reading.isEncrypted().matches().test(name),
                            reading);
                }
            }
            case List<?> list -> {
                for (var i = 0; i < list.size(); i++) {
                    walk(list.get(i), join(path, String.valueOf(i)), bound, matched, reading);
                }
            }
            case Optional<?> nothing -> {}
            default ->
                    leaf(
                            node,
                            path,
                            bound,
                            matched == reading.isEncrypted().whenMatched(),
                            reading);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void leaf(Object value, String path, String bound, boolean encrypted, Reading reading)
            throws UnopenedException {
        var text =
                encrypted
                        ? decrypt(value, path, bound, reading.key())
                        : new Clear(asAuthenticated(value), String.valueOf(value));
        if (encrypted || !reading.onlyEncryptedCounts()) {
            digest.update(text.authenticated().getBytes(StandardCharsets.UTF_8));
        }
        if (values.put(path, text.shown()) != null) {
            throw new UnopenedException(
                    "two values have the path %s".formatted(path), "names without dots");
        }
    }

    /**
     * @param authenticated as it goes into the authentication code
     * @param shown as it stands in YAML
     */
    private record Clear(String authenticated, String shown) {
        @Override
        public String toString() {
            return "Clear";
        }
    }

    /** SOPS writes truths as Python does, and numbers without an exponent. */
    private static String asAuthenticated(Object value) {
        return switch (value) {
            case Boolean truth -> truth ? "True" : "False";
            case Double number ->
                    Double.isFinite(number)
                            ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
                            : number.toString();
            default -> value.toString();
        };
    }

    private static Clear decrypt(Object value, String path, String bound, SecretKeySpec key)
            throws UnopenedException {
        if (value.equals("")) {
            return new Clear("", "");
        }
        var parts = VALUE.matcher(value.toString());
        if (!(value instanceof String) || !parts.matches()) {
            throw new UnopenedException(
                    "the value %s should be encrypted, and is not".formatted(path), NOT_ITS_OWN);
        }
        var clear =
                decrypt(parts.group("data"), parts.group("iv"), parts.group("tag"), bound, key)
                        .orElseThrow(() ->
                                new UnopenedException(
                                        "the value %s was changed or moved".formatted(path),
                                        NOT_ITS_OWN));
        return new Clear(
                clear, parts.group("type").equals("bool") ? clear.toLowerCase(Locale.ROOT) : clear);
    }

    private static Optional<String> decrypt(
            String data, String iv, String tag, String bound, SecretKeySpec key) {
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            var base64 = Base64.getDecoder();
            cipher.init(
                    Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, base64.decode(iv)));
            cipher.updateAAD(bound.getBytes(StandardCharsets.UTF_8));
            var sealed = new ByteArrayOutputStream();
            sealed.writeBytes(base64.decode(data));
            sealed.writeBytes(base64.decode(tag));
            return Optional.of(
                    new String(cipher.doFinal(sealed.toByteArray()), StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void checkCode(SecretKeySpec key) throws UnopenedException {
        var noted = VALUE.matcher(document.note("mac").orElse(""));
        var at = document.note("lastmodified").orElse("");
        var code =
                noted.matches()
                        ? decrypt(
                                noted.group("data"), noted.group("iv"), noted.group("tag"), at, key)
                        : Optional.<String>empty();
        var computed = HexFormat.of().withUpperCase().formatHex(digest.digest());
        if (code.filter(computed::equals).isEmpty()) {
            throw new UnopenedException(
                    "its values do not fit its authentication code: something was added, removed or changed",
                    NOT_ITS_OWN);
        }
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-512", e);
        }
    }
}
