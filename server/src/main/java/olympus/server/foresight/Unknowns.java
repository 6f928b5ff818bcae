package olympus.server.foresight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import olympus.server.foresight.SinglePoint.Kind;
import olympus.zeus.Foresight;

/**
 * What the findings do not tell because nobody has told the island.
 *
 * @param labels by whose values machines were taken away together
 * @param domainless for each of them the names of the machines without it
 */
record Unknowns(
        Foresight foresight,
        Quorum quorum,
        Scope scope,
        List<String> labels,
        Map<String, List<String>> domainless) {

    /** Names in a sentence; more are counted. */
    private static final int MOST_NAMES = 5;

    List<String> all() {
        var all = new ArrayList<String>();
        servers(all);
        var away =
                foresight.nodes().entrySet().stream()
                        .filter(node -> !foresight.isConnected(node.getKey()))
                        .map(Map.Entry::getValue)
                        .sorted()
                        .toList();
        if (!away.isEmpty()) {
            all.add(
                    "what runs now on %s, which is away: as it was last heard"
                            .formatted(few(away)));
        }
        if (scope.has(Kind.DOMAIN)) {
            domains(all);
        }
        if (scope.has(Kind.LINK)) {
            all.add(
                    "which cables and switches machines share, but for what labels say; a link is cut between what is named and all others, and people are thought to be on the side of the others");
        }
        if (scope.has(Kind.DISK)) {
            all.add("what services keep on disks by themselves");
            all.add(
                    "what a disk does that fails by halves; one is supposed on which nothing can be written any more");
        }
        all.add(
                "what services need of each other: one that goes on may fail for want of one that does not");
        return all;
    }

    private void servers(List<String> all) {
        if (quorum.voters().isEmpty()) {
            all.add(
                    "which servers count, as the store of the server that answers is not open; that orders go on is not said by that");
        }
        var placeless = new TreeSet<>(quorum.voters().keySet());
        placeless.removeAll(quorum.machines().keySet());
        if (!placeless.isEmpty()) {
            all.add("on which machine server %s runs".formatted(few(List.copyOf(placeless))));
        }
        var silent = new TreeSet<String>();
        quorum.voters()
                .forEach((server, answers) -> {
                    if (!answers) {
                        silent.add(server);
                    }
                });
        if (!silent.isEmpty()) {
            all.add(
                    "whether server %s runs: it does not answer, and is taken for lost already"
                            .formatted(few(List.copyOf(silent))));
        }
    }

    private void domains(List<String> all) {
        if (labels.isEmpty()) {
            all.add(
                    "which machines share a rack, a room or a power supply: no node has one of the labels %s (olympus node label NODE rack=NAME)"
                            .formatted(String.join(", ", Scope.USUAL_LABELS)));
        }
        domainless.forEach((key, names) ->
                all.add("the %s of %s, which has no such label".formatted(key, few(names))));
    }

    private static String few(List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() <= MOST_NAMES
                ? shown
                : "%s and %d more".formatted(shown, names.size() - MOST_NAMES);
    }
}
