package olympus.zeus.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import olympus.model.NodeId;
import org.junit.jupiter.api.Test;

/** From when on a node that is away counts as lost. */
final class ObservedNodesTest {

    private static final Duration DELAY = Duration.ofSeconds(15);
    private static final NodeId MARS = new NodeId(new UUID(7, 1));
    private static final NodeId NEVER_HEARD = new NodeId(new UUID(7, 2));

    private final ObservedNodes nodes = new ObservedNodes(DELAY, 0);

    private static long seconds(double seconds) {
        return Math.round(seconds * 1e9);
    }

    private void watch(double from, double to) {
        for (var at = from; at <= to; at += 0.2) {
            nodes.watching(seconds(at));
        }
    }

    private Observed.Link link(NodeId node) {
        return nodes.snapshot(new Projection(), Optional.empty()).link(node);
    }

    private void connectAndCut(double at) {
        nodes.connected(MARS, "mars", Instant.EPOCH);
        watch(0, at);
        nodes.disconnected(MARS, seconds(at));
    }

    @Test
    void countsFromWhenItWentAway() {
        connectAndCut(10);
        watch(10, 30);

        assertThat(link(MARS)).isEqualTo(new Observed.Link.Down(seconds(25)));
        assertThat(link(NEVER_HEARD)).isEqualTo(new Observed.Link.Down(seconds(15)));
    }

    @Test
    void countsFromWhenATermBegan() {
        connectAndCut(10);
        watch(10, 20);
        nodes.termBegan(new Projection().desired(1), seconds(20));

        assertThat(link(MARS)).isEqualTo(new Observed.Link.Down(seconds(35)));
        assertThat(link(NEVER_HEARD)).isEqualTo(new Observed.Link.Down(seconds(35)));
    }

    @Test
    void countsAnewWhenThisProcessStoodStill() {
        connectAndCut(10);
        watch(10, 12);
        nodes.watching(seconds(40));
        watch(40, 42);

        assertThat(link(MARS)).isEqualTo(new Observed.Link.Down(seconds(55)));
    }

    @Test
    void doesNotCountAnewForAShortDelay() {
        connectAndCut(10);
        watch(10, 12);
        nodes.watching(seconds(13.5));

        assertThat(link(MARS)).isEqualTo(new Observed.Link.Down(seconds(25)));
    }
}
