package olympus.model.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import olympus.model.state.Codecs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated files never make the loader throw: they are good, or their problems are reported with
 * places.
 */
final class StackFolderFuzzTest {

    private static final int ROUNDS = 1_500;
    private static final String SPECIAL = "{}[]&*!|>%@`\"'#:,?-<=~\\$\t\n\r \0\u0085\u2028\uFEFFé0";
    private static final List<String> WORDS =
            List.of(
                    "<<: *front",
                    "&a",
                    "*a",
                    "!!binary",
                    "---",
                    "...",
                    "%YAML 1.2",
                    "? ",
                    "null",
                    "~",
                    "true",
                    "-1",
                    "99999999999999999999",
                    "1e999",
                    ".inf",
                    ".nan",
                    "0x7f",
                    "${",
                    "$$",
                    "${A:-${B:-${C}}}",
                    "${OLYMPUS_PORT}",
                    "x-y: 1",
                    "services:",
                    "\t",
                    "\"\\ud800\"",
                    "'",
                    "|+\n  a",
                    ">-\n b",
                    "[[[[[[[[",
                    "{{{{{{");

    @TempDir Path folder;

    @Test
    void neverThrowsOnMutatedFiles() throws IOException {
        var originals = new ArrayList<byte[]>();
        for (var valid : StackFolderTest.folders("valid").toList()) {
            originals.add(Files.readAllBytes(valid.resolve("olympus.yaml")));
        }
        Files.writeString(folder.resolve("common.env"), "A=b\n");
        for (var seed = 0; seed < ROUNDS; seed++) {
            var random = new Random(seed);
            var bytes = originals.get(random.nextInt(originals.size()));
            for (var i = random.nextInt(1, 6); i > 0; i--) {
                bytes = mutated(bytes, random);
            }
            load(bytes, seed);
        }
    }

    @Test
    void neverThrowsOnMutatedComposeFiles() throws IOException {
        var originals = new ArrayList<byte[]>();
        for (var valid : StackFolderTest.folders("compose").toList()) {
            try (var files = Files.list(valid)) {
                for (var file :
                        files.filter(f -> f.toString().matches(".*\\.ya?ml")).sorted().toList()) {
                    originals.add(Files.readAllBytes(file));
                }
            }
        }
        for (var seed = 0; seed < ROUNDS; seed++) {
            var random = new Random(seed);
            for (var name : List.of("compose.yaml", "compose.override.yaml")) {
                var bytes = originals.get(random.nextInt(originals.size()));
                for (var i = random.nextInt(6); i > 0; i--) {
                    bytes = mutated(bytes, random);
                }
                Files.write(folder.resolve(name), bytes);
            }
            load(seed);
        }
    }

    private void load(byte[] bytes, int seed) throws IOException {
        Files.write(folder.resolve("olympus.yaml"), bytes);
        load(seed);
    }

    private void load(int seed) throws IOException {
        StackFolder.Outcome outcome;
        try {
            outcome = StackFolder.load(folder, Map.of("API_KEY", "k", "HOME", "/home/ana"));
        } catch (RuntimeException | StackOverflowError e) {
            fail("seed " + seed + ": " + files(), e);
            return;
        }
        switch (outcome) {
            case StackFolder.Outcome.Loaded loaded -> {
                assertThat(DefinitionRules.problems(loaded.definition()))
                        .as("seed %d", seed)
                        .isEmpty();
                assertThat(
                                Codecs.STACK_DEFINITION.decode(
                                        Codecs.STACK_DEFINITION.encode(loaded.definition())))
                        .as("seed %d", seed)
                        .isEqualTo(loaded.definition());
            }
            case StackFolder.Outcome.Invalid invalid ->
                    assertThat(invalid.problems())
                            .as("seed %d", seed)
                            .isNotEmpty()
                            .allSatisfy(problem -> {
                                assertThat(problem.line()).isPositive();
                                assertThat(problem.column()).isPositive();
                                assertThat(problem.message()).isNotBlank();
                            });
        }
    }

    private String files() throws IOException {
        var text = new StringBuilder();
        try (var files = Files.list(folder)) {
            for (var file : files.sorted().toList()) {
                text.append("--- ").append(file.getFileName()).append('\n');
                text.append(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        var at = random.nextInt(bytes.length + 1);
        return switch (random.nextInt(7)) {
            case 0 ->
                    insert(
                            bytes,
                            at,
                            String.valueOf(SPECIAL.charAt(random.nextInt(SPECIAL.length()))));
            case 1 -> insert(bytes, at, WORDS.get(random.nextInt(WORDS.size())));
            case 2 -> flip(bytes, random);
            case 3 -> remove(bytes, at, random.nextInt(1, 12));
            case 4 ->
                    insert(
                            bytes,
                            at,
                            new String(
                                    Arrays.copyOfRange(
                                            bytes,
                                            at,
                                            Math.min(bytes.length, at + random.nextInt(40))),
                                    StandardCharsets.ISO_8859_1));
            case 5 -> lines(bytes, random, true);
            default -> lines(bytes, random, false);
        };
    }

    private static byte[] insert(byte[] bytes, int at, String text) {
        var added = text.getBytes(StandardCharsets.UTF_8);
        var result = Arrays.copyOf(bytes, bytes.length + added.length);
        System.arraycopy(bytes, at, result, at + added.length, bytes.length - at);
        System.arraycopy(added, 0, result, at, added.length);
        return result;
    }

    private static byte[] remove(byte[] bytes, int at, int count) {
        var end = Math.min(bytes.length, at + count);
        var result = Arrays.copyOf(bytes, bytes.length - (end - at));
        System.arraycopy(bytes, end, result, at, bytes.length - end);
        return result;
    }

    private static byte[] flip(byte[] bytes, Random random) {
        var result = bytes.clone();
        if (result.length > 0) {
            result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return result;
    }

    /** Doubles a line, or swaps two. */
    private static byte[] lines(byte[] bytes, Random random, boolean twice) {
        var lines =
                new ArrayList<>(
                        List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1)));
        var from = random.nextInt(lines.size());
        var to = random.nextInt(lines.size());
        if (twice) {
            lines.add(to, lines.get(from));
        } else {
            lines.set(from, lines.set(to, lines.get(from)));
        }
        return String.join("\n", lines).getBytes(StandardCharsets.ISO_8859_1);
    }
}
