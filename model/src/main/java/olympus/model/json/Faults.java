package olympus.model.json;

import java.util.ArrayList;
import java.util.List;
import olympus.model.Problem;

/** Collects what is wrong with one JSON text, up to a limit. */
final class Faults {

    private static final int MAX = 200;

    private static final int SHOWN_CHARACTERS = 60;

    /** Where an apply request holds clear texts: what is found there is never shown. */
    private static final String CLEAR_TEXTS = "$.secrets";

    /** How messages begin that show a value. */
    private static final String FOUND = "found ";

    private final List<Problem> problems = new ArrayList<>();

    void add(String path, String message, String expected, String suggestion) {
        if (problems.size() < MAX) {
            var shown =
                    path.startsWith(CLEAR_TEXTS) && message.startsWith(FOUND)
                            ? FOUND + "something else"
                            : message;
            problems.add(Problem.atPath(path, shown, expected, suggestion));
        }
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** A value as it stands in a message: short, texts in quotes. */
    static String show(Object tree) {
        if (tree.equals(JsonText.NULL)) {
            return "null";
        }
        var text = JsonText.compact(tree);
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
