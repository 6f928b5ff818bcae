package olympus.model.encrypted;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.armor.ArmoredDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/** The age format, binary or as text (armor). */
final class AgeFile {

    private static final byte[] BINARY =
            "age-encryption.org/v1\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ARMOR =
            "-----BEGIN AGE ENCRYPTED FILE-----".getBytes(StandardCharsets.US_ASCII);

    private AgeFile() {}

    static boolean is(byte[] bytes) {
        return startsWith(bytes, BINARY) || startsWith(bytes, ARMOR);
    }

    /**
     * What was encrypted.
     *
     * @param maxBytes how much it may be
     */
    static byte[] open(byte[] bytes, AgeKeys keys, int maxBytes) throws UnopenedException {
        return open(bytes, keys.readers(), keys.places(), maxBytes);
    }

    private static byte[] open(
            byte[] bytes, List<RecipientStanzaReader> readers, String places, int maxBytes)
            throws UnopenedException {
        var factory =
                startsWith(bytes, ARMOR)
                        ? new ArmoredDecryptingChannelFactory()
                        : new StandardDecryptingChannelFactory();
        var source = Channels.newChannel(new ByteArrayInputStream(bytes));
        try (var in = Channels.newInputStream(factory.newDecryptingChannel(source, readers))) {
            var clear = in.readNBytes(maxBytes + 1);
            if (clear.length > maxBytes) {
                throw new UnopenedException(
                        "it holds more than %d bytes".formatted(maxBytes),
                        "at most %d bytes of clear text".formatted(maxBytes));
            }
            return clear;
        } catch (UnsupportedRecipientStanzaException e) {
            throw new UnopenedException(
                    "no private age key at hand opens it (keys of SSH, passphrases and plugins are not tried)",
                    places,
                    e);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new UnopenedException(
                    "it is damaged, or encrypted for other age keys than those at hand", places, e);
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] beginning) {
        return bytes.length >= beginning.length
                && Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }
}
