package olympus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import olympus.benchmarks.Figure.Statistic;
import olympus.benchmarks.Figure.Target;
import org.junit.jupiter.api.Test;

class FigureTest {

    private static Spread spread(double... values) {
        return Spread.of(java.util.Arrays.stream(values).boxed().toList());
    }

    @Test
    void takesPercentilesFromMeasuredValuesByNearestRank() {
        var hundred = Spread.of(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());

        assertThat(hundred).isEqualTo(new Spread(100, 50, 99, 100));
        assertThat(spread(7)).isEqualTo(new Spread(1, 7, 7, 7));
        assertThat(spread(3, 1, 2)).isEqualTo(new Spread(3, 2, 3, 3));
    }

    @Test
    void tellsGoalFromFloorFromMissed() {
        var below = Target.below(Statistic.P99, 500, 150);
        var above = Target.above(Statistic.P50, 100, 200);

        assertThat(
                        List.of(
                                below.verdict(spread(149)),
                                below.verdict(spread(150)),
                                below.verdict(spread(500))))
                .containsExactly("goal", "floor", "MISSED");
        assertThat(
                        List.of(
                                above.verdict(spread(200)),
                                above.verdict(spread(199)),
                                above.verdict(spread(99))))
                .containsExactly("goal", "floor", "MISSED");
    }

    @Test
    void comparesMediansWithThePeer() {
        var figure = Figure.of("away", "ms", spread(10, 20, 900)).against("peer", spread(40));

        assertThat(figure.comparisons()).containsExactly(new Figure.Comparison("peer", 0.5));
    }

    @Test
    void printsThreeDigitsThatMatter() {
        assertThat(
                        List.of(
                                Figure.number(1234567),
                                Figure.number(12.345),
                                Figure.number(1.2345),
                                Figure.number(0.01234),
                                Figure.number(0)))
                .containsExactly("1 234 567", "12.3", "1.23", "0.012", "0");
    }
}
