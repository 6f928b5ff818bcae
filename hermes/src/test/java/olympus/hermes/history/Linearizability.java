package olympus.hermes.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the attempts on one register can be put into one order, in which each took effect at an
 * instant between question and answer and each answer is that of a single copy.
 *
 * <p>The search of Wing and Gong with Lowe's memory: whichever attempt began before every pending
 * one had ended may come next; a set of attempts that led to a value before is not tried again. An
 * attempt whose outcome is unknown may come at any time after its beginning, or never.
 */
public final class Linearizability {

    private final List<Attempt> attempts;
    private final Set<Memory> tried = new HashSet<>();
    private int deepest;

    private record Memory(BitSet done, int value) {}

    private record Step(int attempt, int valueBefore) {}

    private Linearizability(List<Attempt> attempts) {
        this.attempts =
                attempts.stream().sorted(Comparator.comparingLong(Attempt::startNanos)).toList();
    }

    /** Why there is no such order; empty when there is one. */
    public static Optional<String> objection(List<Attempt> attempts) {
        // An attempt of which nobody knows and that nobody saw may never have taken effect: an
        // order without these is one, found much sooner.
        if (new Linearizability(withoutUnseen(attempts)).search()) {
            return Optional.empty();
        }
        var check = new Linearizability(attempts);
        return check.search()
                ? Optional.empty()
                : Optional.of(
                        "%d attempts, at most the first %d can be put into an order; about: %s"
                                .formatted(
                                        attempts.size(),
                                        check.deepest,
                                        check.attempts.subList(
                                                Math.max(0, check.deepest - 5),
                                                Math.min(
                                                        check.attempts.size(),
                                                        check.deepest + 6))));
    }

    private static List<Attempt> withoutUnseen(List<Attempt> attempts) {
        var seen = new HashSet<Integer>();
        for (var attempt : attempts) {
            switch (attempt.kind()) {
                case Attempt.Kind.Read(var found) -> seen.add(found);
                case Attempt.Kind.Write _ -> {}
                case Attempt.Kind.CompareAndSet(var expected, _, var done) -> {
                    if (done) {
                        seen.add(expected);
                    }
                }
            }
        }
        return attempts.stream()
                .filter(attempt ->
                        !attempt.unknown()
                                || switch (attempt.kind()) {
                                    case Attempt.Kind.Read _ -> false;
                                    case Attempt.Kind.Write(var value) -> seen.contains(value);
                                    case Attempt.Kind.CompareAndSet(_, var value, _) ->
                                            seen.contains(value);
                                })
                .toList();
    }

    private boolean search() {
        var done = new BitSet(attempts.size());
        var path = new ArrayList<Step>();
        var value = 0;
        var from = 0;
        while (!allKnownDone(done)) {
            deepest = Math.max(deepest, done.cardinality());
            var next = next(done, value, from);
            if (next >= 0) {
                path.add(new Step(next, value));
                value = after(attempts.get(next), value);
                done.set(next);
                from = 0;
            } else if (path.isEmpty()) {
                return false;
            } else {
                var back = path.removeLast();
                done.clear(back.attempt);
                value = back.valueBefore;
                from = back.attempt + 1;
            }
        }
        return true;
    }

    private boolean allKnownDone(BitSet done) {
        for (var n = done.nextClearBit(0); n < attempts.size(); n = done.nextClearBit(n + 1)) {
            if (!attempts.get(n).unknown()) {
                return false;
            }
        }
        return true;
    }

    /** The first attempt at or behind {@code from} that may come now and leads to something new. */
    private int next(BitSet done, int value, int from) {
        var earliestEnd = Long.MAX_VALUE;
        for (var n = done.nextClearBit(0); n < attempts.size(); n = done.nextClearBit(n + 1)) {
            earliestEnd = Math.min(earliestEnd, attempts.get(n).endNanos());
        }
        for (var n = done.nextClearBit(from); n < attempts.size(); n = done.nextClearBit(n + 1)) {
            var attempt = attempts.get(n);
            if (attempt.startNanos() > earliestEnd) {
                return -1;
            }
            if (answersSo(attempt, value) && isNew(done, n, after(attempt, value))) {
                return n;
            }
        }
        return -1;
    }

    private boolean isNew(BitSet done, int attempt, int value) {
        var with = (BitSet) done.clone();
        with.set(attempt);
        return tried.add(new Memory(with, value));
    }

    private static boolean answersSo(Attempt attempt, int value) {
        return switch (attempt.kind()) {
            case Attempt.Kind.Read(var found) -> found == value;
            case Attempt.Kind.Write _ -> true;
            case Attempt.Kind.CompareAndSet(var expected, _, var set) ->
                    attempt.unknown() || set == (expected == value);
        };
    }

    private static int after(Attempt attempt, int value) {
        return switch (attempt.kind()) {
            case Attempt.Kind.Read _ -> value;
            case Attempt.Kind.Write(var written) -> written;
            case Attempt.Kind.CompareAndSet(var expected, var written, _) ->
                    expected == value ? written : value;
        };
    }
}
