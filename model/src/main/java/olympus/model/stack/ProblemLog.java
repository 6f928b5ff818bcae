package olympus.model.stack;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import olympus.model.Problem;

/**
 * Collects errors and warnings while a folder is read. The same problem at the same place is kept
 * once.
 */
final class ProblemLog {

    /** More than anybody mends in one go; the rest is counted only. */
    private static final int MAX = 500;

    private final Set<Problem> errors = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();
    private final Set<String> refused = new LinkedHashSet<>();
    private String service = "";
    private int errorCount;
    private int refusalCount;
    private int moreErrors;

    void error(Place place, String message) {
        error(place, message, "", "");
    }

    void error(Place place, String message, String expected) {
        error(place, message, expected, "");
    }

    void error(Place place, String message, String expected, String suggestion) {
        errorCount++;
        if (!add(errors, place, message, expected, suggestion)) {
            moreErrors++;
        }
    }

    /** What follows is about this service; an empty text: about none. */
    void reading(String name) {
        service = name;
    }

    boolean isReadingService() {
        return !service.isEmpty();
    }

    /**
     * Something known that cannot be honoured and must not be dropped: the service that is being
     * read is refused, others are not concerned.
     */
    void refuse(Place place, String message, String expected) {
        if (service.isEmpty()) {
            error(place, message, expected);
            return;
        }
        refusalCount++;
        refused.add(service);
        error(place, "the service \"%s\" is refused: %s".formatted(service, message), expected);
    }

    /** Services that were refused. */
    Set<String> refused() {
        return Set.copyOf(refused);
    }

    /** How many of {@link #errorCount} are refusals. */
    int refusalCount() {
        return refusalCount;
    }

    void warning(Place place, String message) {
        add(warnings, place, message, "", "");
    }

    /** Whether the problem is among those kept. */
    private static boolean add(
            Set<Problem> to, Place place, String message, String expected, String suggestion) {
        var problem =
                new Problem(
                        place.file(), place.line(), place.column(), message, expected, suggestion);
        if (to.size() < MAX) {
            to.add(problem);
        }
        return to.contains(problem);
    }

    /** Counts up with each error: equal before and after a step when the step found none. */
    int errorCount() {
        return errorCount;
    }

    /** How many errors were found beyond those in {@link #errors}. */
    int moreErrors() {
        return moreErrors;
    }

    List<Problem> errors() {
        return sorted(errors);
    }

    List<Problem> warnings() {
        return sorted(warnings);
    }

    private static List<Problem> sorted(Set<Problem> problems) {
        var list = new ArrayList<>(problems);
        list.sort(null);
        return List.copyOf(list);
    }
}
