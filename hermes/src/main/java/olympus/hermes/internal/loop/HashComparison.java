package olympus.hermes.internal.loop;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import olympus.hermes.MemberReport;
import olympus.hermes.internal.state.Command;
import olympus.hermes.internal.state.HermesState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the member whose state is another than the others': the leader asks all voters for the hash
 * of their state after one entry of each block of the log, and writes down the one that most of
 * them have. Whoever has another, the leader too, stops when it applies that. Where no majority has
 * the same (two members, or one did not answer), the leader's word is taken: the other stops rather
 * than the group going on with two truths.
 *
 * <p>Threading: the loop.
 */
final class HashComparison {

    private static final Logger LOG = LoggerFactory.getLogger(HashComparison.class);

    /** Entries of the log from one comparison to the next. */
    private static final int BLOCK = HermesState.HASH_BLOCK;

    /** How many entries later it is asked: by then the others have applied it too. */
    private static final int LAG = BLOCK / 4;

    private final MemberReports reports;
    private final Supplier<Optional<HermesState>> led;
    private final Consumer<Runnable> loop;
    private final Consumer<Command> propose;
    private long block = -1;
    private long compared;
    private boolean asked = true;

    /**
     * Of a member.
     *
     * @param led the state while this member leads
     * @param loop runs a task there
     * @param propose writes a command
     */
    HashComparison(
            MemberReports reports,
            Supplier<Optional<HermesState>> led,
            Consumer<Runnable> loop,
            Consumer<Command> propose) {
        this.reports = reports;
        this.led = led;
        this.loop = loop;
        this.propose = propose;
    }

    /** An entry was applied. */
    void applied(long index) {
        if (index / BLOCK != block) {
            block = index / BLOCK;
            compared = index;
            asked = false;
        } else if (!asked && index - compared >= LAG && led.get().isPresent()) {
            asked = true;
            var at = compared;
            var _ =
                    reports.askOthers(at)
                            .thenAccept(others -> loop.accept(() -> answered(at, others)));
        }
    }

    private void answered(long index, Map<String, Optional<MemberReport>> others) {
        var own = led.get().flatMap(state -> state.hashAfter(index));
        if (own.isEmpty() || !reports.knowsTheGroup()) {
            return; // another leads by now, or this one was slow and the next block will do
        }
        var agreed = agreed(own.get(), others);
        if (!agreed.equals(own)) {
            LOG.atError()
                    .addKeyValue("index", index)
                    .addKeyValue("agreed", agreed.isPresent())
                    .log("The states of the servers differ");
        }
        agreed.ifPresent(hash -> propose.accept(new Command.VerifyHash(index, hash)));
    }

    /** The hash that holds; empty while the answers differ and those that came do not decide. */
    static Optional<Long> agreed(long own, Map<String, Optional<MemberReport>> others) {
        var votes = new HashMap<Long, Integer>();
        votes.put(own, 1);
        var silent = 0;
        for (var other : others.values()) {
            var hash = other.flatMap(MemberReport::hash);
            hash.ifPresent(known -> votes.merge(known, 1, Integer::sum));
            silent += hash.isPresent() ? 0 : 1;
        }
        var voters = others.size() + 1;
        var majority =
                votes.entrySet().stream()
                        .filter(vote -> vote.getValue() > voters / 2)
                        .map(Map.Entry::getKey)
                        .findFirst();
        var nobodyObjects = votes.size() == 1;
        return majority.isPresent() || !(nobodyObjects || silent == 0)
                ? majority
                : Optional.of(own);
    }
}
