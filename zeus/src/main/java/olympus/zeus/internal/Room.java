package olympus.zeus.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import olympus.model.InstanceId;
import olympus.model.state.NodeFacts;
import olympus.zeus.ClusterView;

/**
 * What a node has for instances, and what of it they have reserved; what they really use does not
 * count. A tenth of the memory, at most {@link #MOST_KEPT}, is kept for the machine itself. Of a
 * node that has told nothing, memory and processors are taken to be enough, and GPUs not to be
 * there.
 */
final class Room {

    /** Memory that is kept for the machine itself, at most. */
    static final long MOST_KEPT = 1L << 30;

    private final Optional<NodeFacts> facts;
    private final Total total;
    private final Map<InstanceId, Reservation> reserved = new HashMap<>();
    private long milliCpus;
    private long memoryBytes;
    private long gpus;

    private record Total(long milliCpus, long memoryBytes, int gpus) {}

    Room(Optional<NodeFacts> facts) {
        this.facts = facts;
        this.total =
                facts.map(has ->
                                new Total(
                                        has.processors().count() * 1_000L,
                                        forInstances(has.memoryBytes()),
                                        has.gpus()))
                        .orElse(new Total(0, 0, 0));
    }

    /** Of so much memory. */
    static long forInstances(long memoryBytes) {
        return memoryBytes - Math.min(memoryBytes / 10, MOST_KEPT);
    }

    boolean isKnown() {
        return facts.isPresent();
    }

    /** Of several reservations of one instance each has to have room, one at a time. */
    void reserve(InstanceId instance, Reservation reservation) {
        if (reservation.equals(Reservation.NONE)) {
            return;
        }
        count(reserved(instance), -1);
        reserved.merge(instance, reservation, Reservation::or);
        count(reserved(instance), 1);
    }

    private Reservation reserved(InstanceId instance) {
        return reserved.getOrDefault(instance, Reservation.NONE);
    }

    private void count(Reservation reservation, int sign) {
        milliCpus += sign * reservation.milliCpus();
        memoryBytes += sign * reservation.memoryBytes();
        gpus += (long) sign * gpus(reservation);
    }

    private int gpus(Reservation reservation) {
        return reservation.gpus() == Reservation.ALL
                ? Math.max(1, total.gpus())
                : reservation.gpus();
    }

    /**
     * Why there is no room for these, in words; empty when there is. What they have here already is
     * theirs: only more than that is refused.
     */
    String refusal(Map<InstanceId, Reservation> wanted) {
        var needs = new Total(0, 0, 0);
        var has = new Total(0, 0, 0);
        for (var one : wanted.entrySet()) {
            needs = sum(needs, one.getValue());
            has = sum(has, reserved(one.getKey()));
        }
        if (needs.gpus() > has.gpus()) {
            var refusal = gpuRefusal(needs.gpus(), total.gpus() - (gpus - has.gpus()));
            if (!refusal.isEmpty()) {
                return refusal;
            }
        }
        if (!isKnown()) {
            return "";
        }
        var byMemory =
                refusal(
                        needs.memoryBytes(),
                        has.memoryBytes(),
                        memoryBytes,
                        total.memoryBytes(),
                        "memory",
                        Amounts::bytes);
        return byMemory.isEmpty()
                ? refusal(
                        needs.milliCpus(),
                        has.milliCpus(),
                        milliCpus,
                        total.milliCpus(),
                        "processors",
                        Amounts::processors)
                : byMemory;
    }

    private Total sum(Total total, Reservation more) {
        return new Total(
                total.milliCpus() + more.milliCpus(),
                total.memoryBytes() + more.memoryBytes(),
                total.gpus() + gpus(more));
    }

    private String gpuRefusal(int needed, long free) {
        if (!isKnown()) {
            return " has not told yet whether it has a GPU";
        }
        if (total.gpus() == 0) {
            return " has no GPU";
        }
        return needed <= free ? "" : refusal(needed, free, total.gpus(), "GPUs", String::valueOf);
    }

    private static String refusal(
            long needed,
            long has,
            long reserved,
            long total,
            String what,
            LongFunction<String> words) {
        var free = total - (reserved - has);
        return needed <= has || needed <= free ? "" : refusal(needed, free, total, what, words);
    }

    private static String refusal(
            long needed, long free, long total, String what, LongFunction<String> words) {
        return " has %s of %s %s free, and it needs %s"
                .formatted(
                        words.apply(Math.max(0, free)),
                        words.apply(total),
                        what,
                        words.apply(needed));
    }

    /** As people see it; empty while the node has told nothing. */
    Optional<ClusterView.Resources> shown() {
        return facts.map(has ->
                new ClusterView.Resources(
                        has,
                        total.memoryBytes(),
                        new ClusterView.Reserved(milliCpus, memoryBytes, gpus)));
    }

    /** How much of what is the scarcest here is reserved, in hundredths. */
    int percentReserved() {
        return (int)
                Math.max(
                        percent(memoryBytes, total.memoryBytes()),
                        percent(milliCpus, total.milliCpus()));
    }

    private static long percent(long some, long all) {
        return all == 0 ? 0 : some * 100 / all;
    }
}
