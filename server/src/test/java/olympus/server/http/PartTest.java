package olympus.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import olympus.foundation.OlympusException;
import olympus.model.ServiceId;
import org.junit.jupiter.api.Test;

class PartTest {

    private static final Part.Order<ServiceId, ServiceId> ORDER =
            new Part.Order<>(id -> id, ServiceId::parse, _ -> 1);

    private static List<ServiceId> ids(String... texts) {
        return java.util.Arrays.stream(texts).map(ServiceId::parse).toList();
    }

    @Test
    void thePartsTogetherAreTheWholeListOnceInOrder() {
        var all = new ArrayList<>(ids("a-b/web", "a/web", "a/db", "b/x", "a_c/y"));
        var seen = new ArrayList<ServiceId>();
        var cursor = Optional.<String>empty();
        do {
            var part = Part.of(all, ORDER, 2, cursor);
            assertThat(part.elements()).hasSizeBetween(1, 2);
            seen.addAll(part.elements());
            cursor = part.next();
        } while (cursor.isPresent());

        assertThat(seen).containsExactlyElementsOf(all.stream().sorted().toList());
    }

    @Test
    void whatGoesBetweenTwoRequestsMakesNoOtherMissing() {
        var first = Part.of(ids("a/a", "a/b", "a/c", "a/d"), ORDER, 2, Optional.empty());
        var second = Part.of(ids("a/c", "a/d"), ORDER, 2, first.next());

        assertThat(first.next()).contains("a/b");
        assertThat(second.elements()).containsExactlyElementsOf(ids("a/c", "a/d"));
        assertThat(second.next()).isEmpty();
    }

    @Test
    void anEmptyListIsOneEmptyPart() {
        assertThat(Part.of(List.of(), ORDER, 1, Optional.empty()))
                .isEqualTo(new Part<>(List.of(), Optional.empty()));
    }

    @Test
    void aPartEndsBeforeItsElementsAreTooLargeButHasOne() {
        var heavy = new Part.Order<ServiceId, ServiceId>(id -> id, ServiceId::parse, _ -> 6_000);
        var huge = new Part.Order<ServiceId, ServiceId>(id -> id, ServiceId::parse, _ -> 60_000);
        var all = ids("a/a", "a/b", "a/c");

        assertThat(Part.of(all, heavy, 1_000, Optional.empty()).elements()).hasSize(1);
        assertThat(Part.of(all, huge, 1_000, Optional.of("a/a")).elements())
                .containsExactlyElementsOf(ids("a/b"));
    }

    @Test
    void limitsAndCursorsThatCannotBeAreRefused() {
        var many = IntStream.range(0, 3).mapToObj(i -> ServiceId.parse("a/s" + i)).toList();
        for (var limit : new int[] {0, -1, 1_001}) {
            assertThatThrownBy(() -> Part.of(many, ORDER, limit, Optional.empty()))
                    .isInstanceOf(OlympusException.class)
                    .hasMessageContaining("expected 1 to 1000");
        }
        assertThatThrownBy(() -> Part.of(many, ORDER, 1, Optional.of("nonsense")))
                .isInstanceOf(OlympusException.class)
                .hasMessageContaining("cursor=nonsense");
    }
}
