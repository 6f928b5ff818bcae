package olympus.cli.discover;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** From what was seen to what is wrong with it, worst first. A pure function. */
final class Judgement {

    /** More names are counted in a sentence instead of listed; JSON has them all. */
    private static final int NAMED = 5;

    private static final Comparator<Finding> WORST_FIRST =
            Comparator.comparing(Finding::severity)
                    .thenComparing(Finding::kind)
                    .thenComparing(finding -> finding.subjects().toString())
                    .thenComparing(Finding::what);

    private Judgement() {}

    /**
     * @param knowsBackups false: backups could not be looked at, so that none can be missed
     */
    static List<Finding> of(Inventory inventory, Instant now, boolean knowsBackups) {
        var found = new ArrayList<Finding>();
        found.addAll(ContainerFindings.of(inventory, now));
        found.addAll(UnitFindings.of(inventory, now));
        found.addAll(CronFindings.of(inventory));
        found.addAll(StorageFindings.of(inventory, now, knowsBackups));
        found.addAll(ListenerFindings.of(inventory));
        found.sort(WORST_FIRST);
        return List.copyOf(found);
    }

    static String names(List<String> names) {
        var shown = names.stream().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() <= NAMED
                ? shown
                : "%s and %d more".formatted(shown, names.size() - NAMED);
    }

    /** {@code 1 container}, {@code 3 containers}. */
    static String count(int number, String one, String many) {
        return "%d %s".formatted(number, number == 1 ? one : many);
    }
}
