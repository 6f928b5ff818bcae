package olympus.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines of bytes that come in any pieces. */
class OutputLinesTest {

    private static List<String> read(byte[] all, int piece) {
        var lines = new OutputLines();
        var read = new ArrayList<String>();
        for (var from = 0; from < all.length; from += piece) {
            read.addAll(lines.add(ByteBuffer.wrap(all, from, Math.min(piece, all.length - from))));
        }
        lines.rest().ifPresent(read::add);
        return read;
    }

    @Test
    void thePiecesDoNotMatter() {
        var text = "erste Zeile: grün\r\n\n日本語\nwithout an end";
        for (var piece = 1; piece < 12; piece++) {
            assertThat(read(text.getBytes(UTF_8), piece))
                    .containsExactly("erste Zeile: grün", "", "日本語", "without an end");
        }
        assertThat(read("whole\n".getBytes(UTF_8), 3)).containsExactly("whole");
    }

    @Test
    void whatIsTooLongComesInPartsThatCutNoCharacter() {
        var text = "ü".repeat(OutputLines.MAX_LINE) + "\nnext";
        var read = read(("x" + text).getBytes(UTF_8), 1_000);
        assertThat(read).hasSize(4).last().isEqualTo("next");
        assertThat(String.join("", read.subList(0, 3)))
                .isEqualTo("x" + "ü".repeat(OutputLines.MAX_LINE));
        assertThat(read).allMatch(one -> one.getBytes(UTF_8).length <= OutputLines.MAX_LINE);
    }

    @Test
    void alsoWhatIsNoTextAtAllIsCut() {
        for (var one : new byte[] {(byte) 0x80, (byte) 0xC3, (byte) 0xF0, (byte) 0xFF}) {
            var noise = new byte[2 * OutputLines.MAX_LINE + 5];
            Arrays.fill(noise, one);
            assertThat(read(noise, 1_000))
                    .hasSize(3)
                    .allMatch(part -> part.length() <= OutputLines.MAX_LINE)
                    .allMatch(part -> part.matches("\uFFFD+"));
        }
    }
}
