package olympus.cli.imports;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Names for what had none, each used once. */
final class ImportNames {

    private static final int LONGEST = 48;

    private final Set<String> used = new HashSet<>();

    /** The given words with everything else than letters, digits, - and _ as a dash. */
    String next(String words) {
        var clean = clean(words);
        var name = clean;
        for (var number = 2; !used.add(name); number++) {
            name = clean + "-" + number;
        }
        return name;
    }

    /** A stack's name from a folder's. */
    static String stack(String folder) {
        return clean(folder.toLowerCase(Locale.ROOT));
    }

    private static String clean(String words) {
        var clean = words.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^[-_]+|-+$", "");
        if (clean.isEmpty()) {
            return "imported";
        }
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST);
    }
}
