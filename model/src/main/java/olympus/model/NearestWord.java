package olympus.model;

import java.util.Collection;

/**
 * The "did you mean" of error messages: the known word with the fewest edits to what was written.
 */
public final class NearestWord {

    /**
     * Longer words are not compared: the cost grows with the square, and nobody mistypes them by a
     * letter or two.
     */
    private static final int MAX_LENGTH = 64;

    private NearestWord() {}

    /**
     * The nearest of {@code known}, or an empty text when none is near enough to be what was meant.
     */
    public static String to(String written, Collection<String> known) {
        if (written.length() > MAX_LENGTH) {
            return "";
        }
        var best = "";
        var bestDistance = Math.max(1, written.length() / 3) + 1;
        for (var word : known) {
            if (word.length() > MAX_LENGTH || word.equals(written)) {
                continue;
            }
            var distance = distance(fold(written), fold(word));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = word;
            }
        }
        return best;
    }

    private static String fold(String word) {
        return word.toLowerCase(java.util.Locale.ROOT).replace('-', '_');
    }

    /** Edits (insert, delete, replace, swap of neighbours) that lead from one word to the other. */
    static int distance(String a, String b) {
        var beforeLast = new int[b.length() + 1];
        var last = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var row = new int[b.length() + 1];
            row[0] = i;
            for (var j = 1; j <= b.length(); j++) {
                var same = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                var swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
