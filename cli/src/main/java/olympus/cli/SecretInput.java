package olympus.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where the clear text of a secret comes from: a person at a terminal, standard input, or a file.
 * What it says of a wrong one never quotes it.
 *
 * @param console the terminal, or what stands in its place
 */
record SecretInput(Console console) {

    static final int MAX_BYTES = 64 << 10;

    /** What decoding puts in the place of bytes that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    /** From a terminal, asked twice and not shown; else all of standard input. */
    String typed(String secret) {
        var text = console.interactive() ? asked(secret) : piped(secret);
        if (text.isEmpty()) {
            throw refused(secret, "the value is empty");
        }
        if (text.indexOf(REPLACEMENT) >= 0) {
            throw refused(secret, "the value is not UTF-8; expected a text");
        }
        return checked(secret, text);
    }

    private String asked(String secret) {
        var first = console.hidden("value of %s (is not shown): ".formatted(secret));
        var again = console.hidden("once more: ");
        if (!first.equals(again)) {
            throw refused(secret, "the two values differ");
        }
        return first;
    }

    private String piped(String secret) {
        try {
            var buffer = new char[MAX_BYTES + 3];
            var length = 0;
            for (var got = 0; got >= 0 && length < buffer.length; ) {
                got = console.in().read(buffer, length, buffer.length - length);
                length += Math.max(0, got);
            }
            var text = new String(buffer, 0, length);
            return text.endsWith("\n")
                    ? text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1))
                    : text;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "%s was not set: standard input cannot be read: %s"
                            .formatted(secret, e.getMessage()),
                    e);
        }
    }

    /** A file's whole text. */
    static String ofFile(String secret, String file) {
        try (var in = Files.newInputStream(Path.of(file))) {
            var bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLarge(secret);
            }
            var text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (text.isEmpty()) {
                throw refused(secret, "the file %s is empty".formatted(file));
            }
            return checked(secret, text);
        } catch (CharacterCodingException e) {
            throw refused(secret, "the file %s is not UTF-8; expected a text".formatted(file));
        } catch (IOException | InvalidPathException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "%s was not set: cannot read the file %s: %s"
                            .formatted(secret, file, e.getClass().getSimpleName()),
                    e);
        }
    }

    private static String checked(String secret, String text) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw tooLarge(secret);
        }
        if (text.indexOf(0) >= 0) {
            throw refused(secret, "the value holds a zero character; expected a text");
        }
        return text;
    }

    private static CommandFailure tooLarge(String secret) {
        return refused(
                secret,
                "the value is larger than %d bytes, which are kept at most".formatted(MAX_BYTES));
    }

    private static CommandFailure refused(String secret, String why) {
        return new CommandFailure(ExitCodes.FAILED, "%s was not set: %s".formatted(secret, why));
    }
}
