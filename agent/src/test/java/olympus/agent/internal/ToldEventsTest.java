package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import olympus.model.state.AgentEvent;
import org.junit.jupiter.api.Test;

final class ToldEventsTest {

    private final ToldEvents told = new ToldEvents();

    @Test
    void aNewEventIsToldWithAllBeforeItThatNobodyRecorded() {
        assertThat(told.news(events(1, 1))).isEqualTo(events(1, 1));
        assertThat(told.news(events(1, 2))).isEqualTo(events(1, 2));
        assertThat(told.news(events(1, 2))).isEmpty();
        assertThat(told.again(events(1, 2))).isEqualTo(events(1, 2));
        assertThat(told.news(events(3, 3))).isEqualTo(events(3, 3));
    }

    @Test
    void whatFillsAMessageIsToldOnceAndGoesOnWhenItIsRecorded() {
        var most = ToldEvents.MAX_TOLD;
        assertThat(told.news(events(1, most + 10))).isEqualTo(events(1, most));
        assertThat(told.news(events(1, most + 11))).isEmpty();
        assertThat(told.news(events(101, most + 11))).isEqualTo(events(101, most + 11));
    }

    /** Leaders come and go at any moment; one that leads records what is newer than the mark. */
    @Test
    void noEventIsPassedOverWhoeverLeadsWhen() {
        for (var seed = 1L; seed <= 200; seed++) {
            var random = new SplittableRandom(seed);
            var telling = new ToldEvents();
            var unrecorded = new ArrayList<AgentEvent>();
            var recorded = new TreeSet<Long>();
            var given = new ArrayList<Long>();
            var last = 0L;
            for (var step = 0; step < 300; step++) {
                for (var fresh = random.nextInt(40); fresh > 0; fresh--) {
                    last += 1 + random.nextInt(2);
                    given.add(last);
                    unrecorded.add(event(last));
                }
                var message =
                        random.nextInt(5) == 0
                                ? telling.again(unrecorded)
                                : telling.news(unrecorded);
                var mark = recorded.isEmpty() ? 0 : recorded.last();
                if (random.nextBoolean()) {
                    message.stream()
                            .map(AgentEvent::sequence)
                            .filter(sequence -> sequence > mark)
                            .forEach(recorded::add);
                }
                if (random.nextBoolean() && !recorded.isEmpty()) {
                    unrecorded.removeIf(event -> event.sequence() <= recorded.last());
                }
            }
            while (!unrecorded.isEmpty()) {
                telling.again(unrecorded).forEach(event -> recorded.add(event.sequence()));
                unrecorded.removeIf(event -> event.sequence() <= recorded.last());
            }
            assertThat(recorded).as("seed %d", seed).containsExactlyElementsOf(given);
        }
    }

    private static List<AgentEvent> events(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(ToldEventsTest::event).toList();
    }

    private static AgentEvent event(long sequence) {
        return new AgentEvent(
                sequence, Instant.EPOCH, Optional.empty(), "restart", "it ended", "done");
    }
}
