package olympus.model.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import olympus.model.json.InvalidRecordException;
import olympus.model.json.RecordCodec;
import org.junit.jupiter.api.Test;

/**
 * JSON from outside either is the record or is refused with problems: nothing else ever comes out
 * of the codec.
 */
final class RecordCodecFuzzTest {

    private static final int ROUNDS = 4_000;
    private static final List<String> TOKENS =
            List.of(
                    "null",
                    "{}",
                    "[]",
                    "\"\"",
                    "-1",
                    "1e400",
                    "99999999999999999999",
                    "true",
                    "\"kind\":\"x\",",
                    "\"format\":1,",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "\\",
                    "\u0000",
                    "1.5");

    @Test
    void mutatedTextsAreReadOrRefused() {
        var texts = Codecs.ALL.stream().map(RecordCodecFuzzTest::sample).toList();
        for (var seed = 0; seed < ROUNDS; seed++) {
            var random = new Random(seed);
            var which = random.nextInt(texts.size());
            var text = new StringBuilder(texts.get(which));
            for (var i = random.nextInt(1, 4); i > 0; i--) {
                var at = random.nextInt(text.length());
                var end = Math.min(text.length(), at + random.nextInt(8));
                text.replace(at, end, TOKENS.get(random.nextInt(TOKENS.size())));
            }
            read(Codecs.ALL.get(which), text.toString(), seed);
        }
    }

    private static <T extends Record> void read(RecordCodec<T> codec, String text, int seed) {
        try {
            var value = codec.decode(text.getBytes(StandardCharsets.UTF_8));
            assertThat(codec.decode(codec.encode(value))).as("seed %d", seed).isEqualTo(value);
        } catch (InvalidRecordException e) {
            assertThat(e.problems()).as("seed %d", seed).isNotEmpty();
        } catch (RuntimeException e) {
            fail("seed " + seed + ": " + codec.name() + " " + text, e);
        }
    }

    private static String sample(RecordCodec<?> codec) {
        return Samples.all().stream()
                .filter(codec.type()::isInstance)
                .map(sample -> encode(codec, sample))
                .findFirst()
                .orElseThrow();
    }

    private static <T extends Record> String encode(RecordCodec<T> codec, Record sample) {
        return codec.encode(codec.type().cast(sample));
    }

    @Test
    void messagesNeverShowWhatMayBeAClearText() {
        var good = sample(Codecs.APPLY_REQUEST);
        for (var bad :
                List.of(
                        good.replace("\"clear\"", "[\"hunter2\"]"),
                        good.replace("\"clear\"", "{\"a\":\"hunter2\"}"),
                        good.replace("\"clear\"", "hunter2"),
                        good.replace("\"clear\"", "31337".repeat(5)),
                        good.replace("{\"db-password@\":\"clear\"}", "\"hunter2\""))) {
            assertThatThrownBy(() -> Codecs.APPLY_REQUEST.decode(bad))
                    .isInstanceOf(InvalidRecordException.class)
                    .hasMessageNotContaining("hunter2")
                    .hasMessageNotContaining("31337");
        }
    }
}
