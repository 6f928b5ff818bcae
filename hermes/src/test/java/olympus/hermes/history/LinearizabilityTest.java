package olympus.hermes.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import olympus.hermes.history.Attempt.Kind.CompareAndSet;
import olympus.hermes.history.Attempt.Kind.Read;
import olympus.hermes.history.Attempt.Kind.Write;
import org.junit.jupiter.api.Test;

final class LinearizabilityTest {

    private static Attempt write(int value, long start, long end) {
        return new Attempt(new Write(value), start, end);
    }

    private static Attempt read(int found, long start, long end) {
        return new Attempt(new Read(found), start, end);
    }

    private static void assertGood(Attempt... attempts) {
        assertThat(Linearizability.objection(List.of(attempts))).isEmpty();
    }

    private static void assertBad(Attempt... attempts) {
        assertThat(Linearizability.objection(List.of(attempts))).isNotEmpty();
    }

    @Test
    void acceptsWhatOneCopyWouldAnswer() {
        assertGood(write(1, 0, 10), read(1, 20, 30), write(2, 40, 50), read(2, 60, 70));
        assertGood(read(0, 0, 5), write(1, 0, 10));
    }

    @Test
    void acceptsBothAnswersWhileAWriteIsUnderWay() {
        assertGood(write(1, 0, 100), read(0, 10, 20), read(1, 30, 40));
        assertGood(write(1, 0, 100), write(2, 0, 100), read(2, 10, 20), read(1, 110, 120));
    }

    @Test
    void refusesAStaleRead() {
        assertBad(write(1, 0, 10), write(2, 20, 30), read(1, 40, 50));
    }

    @Test
    void refusesReadsThatGoBack() {
        assertBad(write(1, 0, 100), read(1, 10, 20), read(0, 30, 40));
    }

    @Test
    void refusesALostWrite() {
        assertBad(write(1, 0, 10), read(0, 20, 30));
    }

    @Test
    void refusesAValueThatNobodyWrote() {
        assertBad(write(1, 0, 10), read(7, 20, 30));
    }

    @Test
    void anUnknownWriteMayComeLateOrNeverButNotGoAgain() {
        assertGood(write(1, 0, Attempt.NEVER), read(0, 10, 20), read(1, 30, 40));
        assertGood(write(1, 0, Attempt.NEVER), read(0, 10, 20), read(0, 30, 40));
        assertBad(write(1, 0, Attempt.NEVER), read(1, 10, 20), read(0, 30, 40));
    }

    @Test
    void twoCompareAndSetsOfOneValueCannotBothSucceed() {
        assertGood(
                new Attempt(new CompareAndSet(0, 1, true), 0, 10),
                new Attempt(new CompareAndSet(0, 2, false), 0, 10),
                read(1, 20, 30));
        assertBad(
                new Attempt(new CompareAndSet(0, 1, true), 0, 10),
                new Attempt(new CompareAndSet(0, 2, true), 0, 10));
    }

    @Test
    void aCompareAndSetThatFailedNeedsAnotherValueAtSomeInstant() {
        assertBad(write(1, 0, 10), new Attempt(new CompareAndSet(1, 2, false), 20, 30));
    }

    @Test
    void findsOneStaleReadAmongManyConcurrentAttempts() {
        for (var seed = 0; seed < 20; seed++) {
            var good = realHistory(new Random(seed), 300);
            assertThat(Linearizability.objection(good)).as("seed %d", seed).isEmpty();
            assertThat(Linearizability.objection(withAStaleRead(good)))
                    .as("seed %d, one answer changed", seed)
                    .isNotEmpty();
        }
    }

    /** Each attempt takes effect at an instant of its own, between its question and its answer. */
    private static List<Attempt> realHistory(Random random, int count) {
        var history = new ArrayList<Attempt>();
        var value = 0;
        for (var n = 1; n <= count; n++) {
            var instant = n * 100L;
            var start = instant - random.nextInt(400);
            var end = instant + random.nextInt(400);
            if (random.nextInt(3) == 0) {
                value = n;
                history.add(write(n, start, random.nextInt(20) == 0 ? Attempt.NEVER : end));
            } else {
                history.add(read(value, start, end));
            }
        }
        Collections.shuffle(history, random);
        return history;
    }

    private static List<Attempt> withAStaleRead(List<Attempt> good) {
        var changed = new ArrayList<>(good);
        var last = good.stream().mapToLong(Attempt::startNanos).max().orElseThrow();
        changed.add(write(9_001, last + 1_000, last + 1_001));
        changed.add(write(9_002, last + 1_002, last + 1_003));
        changed.add(read(9_001, last + 1_004, last + 1_005));
        return changed;
    }
}
