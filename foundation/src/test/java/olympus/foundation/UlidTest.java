package olympus.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class UlidTest {

    @Test
    void encodesTheInstantOfTheSpecificationsExample() {
        assertThat(Ulid.next(Instant.ofEpochMilli(1_469_918_176_385L), new Random(1)).value())
                .startsWith("01ARYZ6S41");
    }

    @Test
    void sortsByTime() {
        var random = new Random(7);
        var made =
                Stream.iterate(1L, millis -> millis * 3)
                        .limit(25)
                        .map(millis -> Ulid.next(Instant.ofEpochMilli(millis), random))
                        .toList();
        assertThat(made).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void refusesWhatIsNoUlidAndSaysWhy() {
        assertThatThrownBy(() -> new Ulid("too-short")).hasMessageContaining("26 characters");
        assertThatThrownBy(() -> new Ulid("81ARYZ6S41AAAAAAAAAAAAAAAA"))
                .hasMessageContaining("first 0-7");
        assertThatThrownBy(() -> new Ulid("01ARYZ6S41AAAAAAAAAAAAAAAU"))
                .hasMessageContaining("'U' at position 26");
    }
}
