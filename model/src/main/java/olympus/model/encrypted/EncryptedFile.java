package olympus.model.encrypted;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file that age or SOPS has encrypted, known by its content.
 *
 * <p>Of SOPS: YAML, JSON, dotenv and binary files whose data key is kept by age, with their
 * authentication code checked. Not its INI files, key groups, PGP and key services of clouds.
 */
public final class EncryptedFile {

    private EncryptedFile() {}

    /** What was in the file. */
    public sealed interface Content {

        /** The whole text. */
        record Whole(String text) implements Content {
            @Override
            public String toString() {
                return "Whole[" + text.length() + " characters]";
            }
        }

        /**
         * The values of a SOPS file, by their path: names and positions in lists, joined by dots.
         */
        record Values(Map<String, String> byPath) implements Content {
            public Values {
                byPath = Collections.unmodifiableMap(new LinkedHashMap<>(byPath));
            }

            @Override
            public String toString() {
                return "Values" + byPath.keySet();
            }
        }
    }

    /** Whether the bytes look as if age or SOPS had encrypted them. */
    public static boolean is(byte[] bytes) {
        return AgeFile.is(bytes) || SopsDocument.is(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Empty when the bytes are not encrypted by age or SOPS. */
    public static Optional<Content> open(byte[] bytes, AgeKeys keys, int maxBytes)
            throws UnopenedException {
        if (AgeFile.is(bytes)) {
            return Optional.of(new Content.Whole(utf8(AgeFile.open(bytes, keys, maxBytes))));
        }
        var document = SopsDocument.read(bytes);
        return document.isPresent()
                ? Optional.of(new SopsFile(document.get(), keys).open())
                : Optional.empty();
    }

    private static String utf8(byte[] bytes) throws UnopenedException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            // The message does not go on: it would quote bytes.
            throw new UnopenedException("what it holds is no text in UTF-8", "a text in UTF-8");
        }
    }
}
