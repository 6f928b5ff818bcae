package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of fencing tokens: over starts, revisions and incarnations. */
class FencingTokenTest {

    private static final long NOW = 1_795_000_000;
    private static final long YEAR = 31_556_952;

    @TempDir Path folder;

    @Test
    void aLaterRevisionIsGreaterAndALaterIncarnationEvenMore() {
        assertThat(
                        LongStream.of(
                                        least(NOW, 1),
                                        least(NOW, 2),
                                        least(NOW, 900_000),
                                        least(NOW + 1, 1),
                                        // A day of a million writes a second, and then a new store.
                                        least(NOW + 1, 86_400_000_000L),
                                        least(NOW + 1 + 86_400, 1),
                                        least(NOW + 60 * YEAR, 1))
                                .boxed())
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(token -> token > 0);
    }

    @Test
    void theNextIsGreaterThanTheLastOnThisNodeAlsoAfterARestart() throws IOException {
        var file = folder.resolve("fencing-token");

        var first = Guardians.nextFencingToken(file, least(NOW, 7));
        var second = Guardians.nextFencingToken(file, least(NOW, 7));
        var third = Guardians.nextFencingToken(file, least(NOW, 8));

        assertThat(first).isEqualTo(least(NOW, 7));
        assertThat(second).isEqualTo(first + 1);
        assertThat(third).isEqualTo(least(NOW, 8));
    }

    @Test
    void aTornFileTellsTheGreaterHalf() throws IOException {
        var file = folder.resolve("fencing-token");
        Files.writeString(file, "%020d %020d%n".formatted(least(NOW, 7) + 5, least(NOW, 7) + 4));
        assertThat(Guardians.nextFencingToken(file, least(NOW, 7))).isEqualTo(least(NOW, 7) + 6);

        Files.writeString(file, "%020d 0000".formatted(least(NOW, 7) + 5));
        assertThat(Guardians.nextFencingToken(file, least(NOW, 7))).isEqualTo(least(NOW, 7) + 6);
    }

    private static long least(long incarnation, long revision) {
        return new HeldLeases.Held("token", 1, incarnation, revision).leastFencingToken();
    }
}
