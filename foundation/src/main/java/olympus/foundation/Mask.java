package olympus.foundation;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Hides what looks like a password in command lines and addresses before they are shown. */
public final class Mask {

    private static final String HIDDEN = "***";

    private static final Pattern IN_ADDRESS = Pattern.compile("(://[^/\\s:@]*):[^/\\s@]+@");
    private static final Pattern SETTING =
            Pattern.compile(
                    "(?i)\\b([A-Z0-9_]*(?:PASS|PASSWD|PASSWORD|PWD|PASSPHRASE|SECRET|TOKEN|APIKEY|API_KEY|ACCESS_KEY)[A-Z0-9_]*=)(\"[^\"]*\"|'[^']*'|\\S+)");
    private static final Pattern LONG_OPTION =
            Pattern.compile(
                    "(?i)(--(?:[a-z-]*(?:password|token|secret|api-key|access-key|secret-key)|pass|passphrase|requirepass)[= ])(\"[^\"]*\"|'[^']*'|\\S+)");
    private static final Pattern DUMP_OPTION =
            Pattern.compile(
                    "(\\b(?:mysql|mysqldump|mariadb|mariadb-dump|mysqladmin)\\b[^|;&]*?\\s-p)\\S+");
    private static final Pattern CURL_USER =
            Pattern.compile("(\\bcurl\\b[^|;&]*?\\s(?:-u|--user)[= ]?[^\\s:]+):\\S+");
    private static final Pattern IN_STATEMENT =
            Pattern.compile("(?i)(\\b(?:password|identified\\s+by)\\s+)('[^']*'|\"[^\"]*\")");
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(PASS|PWD|SECRET|TOKEN|KEY|CREDENTIALS?|SALT|AUTH).*|.*DSN");

    /** An option, or a setting, whose value is secret, up to that value. */
    private static final Pattern BEFORE_VALUE =
            Pattern.compile(
                    "(?is)(-{0,2}[a-z0-9_-]*(?:pass|passwd|pwd|secret|token|key|credential|auth)[a-z0-9_-]*)=.*");

    private static final Pattern OPTION =
            Pattern.compile(
                    "(?i)--?[a-z0-9_-]*(?:pass|passwd|pwd|secret|token|api-?key|access-?key|credential)[a-z0-9_-]*");
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\p{Graph}&&[^'\"\\\\]]+");
    private static final Pattern HEADER =
            Pattern.compile("(?i)(authorization:\\s*(?:bearer|basic|token)?\\s*)[^\\s\"']+");

    private static final int LONGEST_WORD = 4_096;

    private Mask() {}

    public static String of(String text) {
        var masked = IN_ADDRESS.matcher(text).replaceAll("$1:" + HIDDEN + "@");
        masked = SETTING.matcher(masked).replaceAll("$1" + HIDDEN);
        masked = LONG_OPTION.matcher(masked).replaceAll("$1" + HIDDEN);
        masked = DUMP_OPTION.matcher(masked).replaceAll("$1" + HIDDEN);
        masked = CURL_USER.matcher(masked).replaceAll("$1:" + HIDDEN);
        masked = IN_STATEMENT.matcher(masked).replaceAll("$1" + HIDDEN);
        return HEADER.matcher(masked).replaceAll("$1" + HIDDEN);
    }

    /**
     * The words of a command in one line, quoted where they need it, of each at most {@link
     * #LONGEST_WORD} characters: looking for secrets costs the square of a word's length.
     */
    public static String ofWords(List<String> words) {
        return of(
                IntStream.range(0, words.size())
                        .mapToObj(i -> word(words, i))
                        .collect(Collectors.joining(" ")));
    }

    private static String word(List<String> words, int i) {
        var given = words.get(i);
        var word = given.length() <= LONGEST_WORD ? given : given.substring(0, LONGEST_WORD) + "…";
        if (i > 0 && takesSecret(words, words.get(i - 1)) && !word.isEmpty()) {
            return HIDDEN;
        }
        var setting = BEFORE_VALUE.matcher(word);
        if (setting.matches()) {
            return setting.group(1) + "=" + HIDDEN;
        }
        // Masked as it stands: with its quotes escaped it would not be recognised.
        var masked = of(word);
        return PLAIN_WORD.matcher(masked).matches()
                ? masked
                : "'" + masked.replace("'", "'\\''") + "'";
    }

    private static boolean takesSecret(List<String> words, String option) {
        return OPTION.matcher(option).matches()
                || (option.equals("-a") && words.getFirst().endsWith("redis-cli"));
    }

    /** Whether the value of a variable is not to be shown. */
    public static boolean hides(String name, String value) {
        var line = name + "=" + value;
        return SECRET_NAME.matcher(name).matches() || !of(line).equals(line);
    }
}
