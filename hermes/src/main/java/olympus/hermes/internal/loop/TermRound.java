package olympus.hermes.internal.loop;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import olympus.hermes.log.Group;

/**
 * One round of asking the voters for their terms, on behalf of whoever led in {@code term}.
 *
 * <p>When most of the voters, this one among them, were in no higher term at some moment after the
 * reads had arrived, nothing that the leader of a higher term committed can have been acknowledged
 * before: such a leader was chosen by a majority of the same voters, who were in its term from then
 * on, terms never fall, and two majorities have a voter in common. What was acknowledged in {@code
 * term} and in those before is committed here up to {@code index}, which was read after the reads
 * had arrived. So whoever has applied up to {@code index} shows everything that was acknowledged
 * before.
 *
 * <p>The same voters: this member's newest list of members was committed when it was read, in that
 * term, so every later leader began with it.
 */
final class TermRound {

    private final long term;
    private final long index;
    private final int majority;
    private final Set<String> open;
    private int behind = 1;

    /** What the answers so far say. */
    enum Verdict {
        OPEN,
        CONFIRMED,
        /** No majority will say so any more. */
        FAILED
    }

    /**
     * A round of the one that leads, which counts itself.
     *
     * @param index up to where it had committed, read after the reads had arrived
     */
    TermRound(long term, long index, Group.Members voters, String self) {
        this.term = term;
        this.index = index;
        this.majority = voters.majority();
        this.open =
                voters.voters().stream()
                        .map(Group.Member::id)
                        .collect(Collectors.toCollection(HashSet::new));
        if (!open.remove(self)) {
            behind = 0;
            open.clear();
        }
    }

    long index() {
        return index;
    }

    /** Who has not answered yet. */
    Set<String> open() {
        return Set.copyOf(open);
    }

    /** The voter was in {@code itsTerm} at some moment after the reads had arrived. */
    Verdict answered(String voter, long itsTerm) {
        if (open.remove(voter) && itsTerm <= term) {
            behind++;
        }
        return verdict();
    }

    /** The voter does not say. */
    Verdict failed(String voter) {
        open.remove(voter);
        return verdict();
    }

    Verdict verdict() {
        if (behind >= majority) {
            return Verdict.CONFIRMED;
        }
        return behind + open.size() >= majority ? Verdict.OPEN : Verdict.FAILED;
    }
}
