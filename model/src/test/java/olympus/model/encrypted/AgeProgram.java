package olympus.model.encrypted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs {@code age} and {@code age-keygen} of somebody else: what they write is opened. */
public final class AgeProgram {

    private static final long DEADLINE_SECONDS = 20;

    private AgeProgram() {}

    /**
     * A fresh pair of keys.
     *
     * @param file as age-keygen wrote it
     */
    public record KeyPair(Path file, String secret, String recipient) {}

    public static KeyPair keyPair(Path file) throws Exception {
        run(List.of("age-keygen", "-o", file.toString()), new byte[0]);
        var lines = Files.readAllLines(file);
        var recipient =
                lines.stream()
                        .filter(line -> line.startsWith("# public key: "))
                        .findFirst()
                        .orElseThrow()
                        .substring("# public key: ".length());
        return new KeyPair(file, lines.getLast(), recipient);
    }

    public static byte[] encrypt(byte[] clear, String recipient, boolean armored) throws Exception {
        return run(
                armored ? List.of("age", "-a", "-r", recipient) : List.of("age", "-r", recipient),
                clear);
    }

    private static byte[] run(List<String> command, byte[] input) throws Exception {
        var process = new ProcessBuilder(command).start();
        feed(process, input);
        var output = process.getInputStream().readAllBytes();
        var errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(errors).isZero();
        return output;
    }

    private static void feed(Process process, byte[] input) throws IOException {
        try (var in = process.getOutputStream()) {
            in.write(input);
        }
    }
}
