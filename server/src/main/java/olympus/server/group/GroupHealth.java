package olympus.server.group;

import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import olympus.hermes.MemberReport;

/**
 * How the servers that the log counts are at this moment, and what it would mean to lose one.
 *
 * @param reports of every one of them; empty for one that did not answer in time
 */
public record GroupHealth(Map<String, Optional<MemberReport>> reports) {

    public GroupHealth {
        reports = Map.copyOf(reports);
    }

    public Optional<MemberReport> of(String member) {
        return Optional.ofNullable(reports.get(member)).flatMap(report -> report);
    }

    /** How many servers the log counts. */
    public int voting() {
        return reports.size();
    }

    /** How many of them answered. */
    public int answering() {
        return Math.toIntExact(applied().count());
    }

    /** How many of them must run for orders to be taken. */
    public int needed() {
        return reports.isEmpty() ? 0 : reports.size() / 2 + 1;
    }

    /** How many entries of the log it has not applied yet that some other has. */
    public Optional<Long> behind(String member) {
        var newest = applied().max().orElse(0);
        return of(member).map(report -> newest - report.appliedIndex());
    }

    /** As {@link #behind}, of the one furthest behind among those that answered. */
    public long furthestBehind() {
        return applied().max().orElse(0) - applied().min().orElse(0);
    }

    private LongStream applied() {
        return reports.values().stream()
                .flatMap(Optional::stream)
                .mapToLong(MemberReport::appliedIndex);
    }

    /** What would be if that server were lost now, as a sentence. */
    public String without(String member) {
        if (reports.isEmpty()) {
            return "not known: the store of the server that answers this is not open";
        }
        if (!reports.containsKey(member)) {
            return "nothing changes: it does not count yet";
        }
        var left =
                reports.entrySet().stream()
                        .filter(each -> !each.getKey().equals(member))
                        .filter(each -> each.getValue().isPresent())
                        .count();
        if (left < needed()) {
            return reports.size() == 1
                    ? "no orders until it is back; services run on"
                    : "no orders until %d of %d run again; services run on"
                            .formatted(needed(), reports.size());
        }
        return left == needed()
                ? "the island goes on, and bears no further loss"
                : "the island goes on, and bears %d more".formatted(left - needed());
    }
}
