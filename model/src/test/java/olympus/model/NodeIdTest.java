package olympus.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class NodeIdTest {

    @Test
    void isOrderedAsItsTextIs() {
        var random = new Random(7);
        var ids =
                Stream.concat(
                                Stream.of(
                                        new UUID(0, 0),
                                        new UUID(0, -1),
                                        new UUID(-1, 0),
                                        new UUID(-1, -1),
                                        new UUID(Long.MIN_VALUE, 1),
                                        new UUID(Long.MAX_VALUE, Long.MIN_VALUE)),
                                Stream.generate(() ->
                                                new UUID(random.nextLong(), random.nextLong()))
                                        .limit(2_000))
                        .map(NodeId::new)
                        .toList();
        List<NodeId> byText = ids.stream().sorted(Comparator.comparing(NodeId::toString)).toList();
        assertThat(ids.stream().sorted().toList()).isEqualTo(byText);
        assertThat(ids.getFirst()).isEqualByComparingTo(NodeId.parse(ids.getFirst().toString()));
    }
}
