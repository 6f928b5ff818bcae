package olympus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TableTest {

    @Test
    void alignsColumnsToTheWidestCell() {
        var out = new ByteArrayOutputStream();
        var table = new Table("A", "LONGER", "LAST");
        table.row("wide cell", "b", "c");
        table.print(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("A          LONGER  LAST", "wide cell  b       c");
    }

    @Test
    void refusesARowWithTheWrongNumberOfCells() {
        assertThatThrownBy(() -> new Table("A", "B").row("only one"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsAgesInTheUnitThatMatters() {
        var now = Instant.parse("2026-01-10T00:00:00Z");
        assertThat(Ages.age("2026-01-09T23:59:55Z", now)).isEqualTo("5s");
        assertThat(Ages.age("2026-01-09T23:56:48Z", now)).isEqualTo("3m12s");
        assertThat(Ages.age("2026-01-09T21:55:00Z", now)).isEqualTo("2h05m");
        assertThat(Ages.age("2026-01-06T00:00:00Z", now)).isEqualTo("4d");
        assertThat(Ages.age("2026-01-10T00:00:09Z", now)).isEqualTo("0s");
        assertThat(Ages.age("never", now)).isEqualTo("never");
    }
}
