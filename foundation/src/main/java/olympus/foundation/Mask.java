package olympus.foundation;

import java.util.regex.Pattern;

/** Hides what looks like a password in command lines and addresses before they are shown. */
public final class Mask {

    private static final String HIDDEN = "***";

    private static final Pattern IN_ADDRESS = Pattern.compile("(://[^/\\s:@]*):[^/\\s@]+@");
    private static final Pattern SETTING =
            Pattern.compile(
                    "(?i)\\b([A-Z0-9_]*(?:PASS|PASSWD|PASSWORD|PWD|PASSPHRASE|SECRET|TOKEN|APIKEY|API_KEY|ACCESS_KEY)[A-Z0-9_]*=)(\"[^\"]*\"|'[^']*'|\\S+)");
    private static final Pattern LONG_OPTION =
            Pattern.compile(
                    "(?i)(--(?:[a-z-]*password|pass|passphrase|token|secret|[a-z-]*api-key)[= ])(\"[^\"]*\"|'[^']*'|\\S+)");
    private static final Pattern DUMP_OPTION =
            Pattern.compile(
                    "(\\b(?:mysql|mysqldump|mariadb|mariadb-dump|mysqladmin)\\b[^|;&]*?\\s-p)\\S+");
    private static final Pattern CURL_USER =
            Pattern.compile("(\\bcurl\\b[^|;&]*?\\s(?:-u|--user)[= ]?[^\\s:]+):\\S+");
    private static final Pattern HEADER =
            Pattern.compile("(?i)(authorization:\\s*(?:bearer|basic|token)?\\s*)[^\\s\"']+");

    private Mask() {}

    public static String of(String text) {
        var masked = IN_ADDRESS.matcher(text).replaceAll("$1:" + HIDDEN + "@");
        masked = SETTING.matcher(masked).replaceAll("$1" + HIDDEN);
        masked = LONG_OPTION.matcher(masked).replaceAll("$1" + HIDDEN);
        masked = DUMP_OPTION.matcher(masked).replaceAll("$1" + HIDDEN);
        masked = CURL_USER.matcher(masked).replaceAll("$1:" + HIDDEN);
        return HEADER.matcher(masked).replaceAll("$1" + HIDDEN);
    }
}
