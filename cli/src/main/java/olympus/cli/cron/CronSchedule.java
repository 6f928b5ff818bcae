package olympus.cli.cron;

import java.time.DayOfWeek;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * When a line of a crontab is due: the five fields or a nickname such as {@code @daily}, as
 * crontab(5) describes them.
 *
 * <p>When both day fields are restricted, either is enough. Immutable.
 */
public final class CronSchedule {

    /** A 29th of February comes within eight years, also around a century. */
    private static final int DAYS_AHEAD = 8 * 366;

    private static final String BOOT = "@reboot";
    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");
    private static final Pattern PART =
            Pattern.compile("(\\*|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:/([0-9]{1,3}))?");
    private static final List<String> MONTHS =
            List.of(
                    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                    "dec");
    private static final List<String> WEEKDAYS =
            List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final Map<String, String> NICKNAMES =
            Map.of(
                    "@yearly", "0 0 1 1 *",
                    "@annually", "0 0 1 1 *",
                    "@monthly", "0 0 1 * *",
                    "@weekly", "0 0 * * 0",
                    "@daily", "0 0 * * *",
                    "@midnight", "0 0 * * *",
                    "@hourly", "0 * * * *");

    private final String fields;
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean eitherDay;

    private CronSchedule(String fields, List<BitSet> sets, boolean eitherDay) {
        this.fields = fields;
        this.minutes = sets.get(0);
        this.hours = sets.get(1);
        this.days = sets.get(2);
        this.months = sets.get(3);
        this.weekdays = sets.get(4);
        this.eitherDay = eitherDay;
    }

    /** Empty when cron would not understand it either. */
    public static Optional<CronSchedule> parse(String text) {
        var lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.equals(BOOT)) {
            var never = new BitSet();
            return Optional.of(
                    new CronSchedule(BOOT, List.of(never, never, never, never, never), false));
        }
        var fields = NICKNAMES.getOrDefault(lower, lower);
        var parts = BLANKS.split(fields);
        if (parts.length != 5) {
            return Optional.empty();
        }
        var read =
                List.of(
                        field(parts[0], 0, 59, List.of()),
                        field(parts[1], 0, 23, List.of()),
                        field(parts[2], 1, 31, List.of()),
                        field(parts[3], 1, 12, MONTHS),
                        field(parts[4], 0, 7, WEEKDAYS));
        if (read.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        var eitherDay = !parts[2].startsWith("*") && !parts[4].startsWith("*");
        return Optional.of(
                new CronSchedule(
                        fields, read.stream().map(Optional::orElseThrow).toList(), eitherDay));
    }

    /** Due once after each start of the machine, at no time of day. */
    public boolean atBoot() {
        return fields.equals(BOOT);
    }

    /** The five fields, nicknames resolved; {@code @reboot} as it is. */
    public String fields() {
        return fields;
    }

    /** The first minute after {@code time}; empty when there is none, as for the 31st of June. */
    public Optional<ZonedDateTime> nextAfter(ZonedDateTime time) {
        var first = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        for (var ahead = 0; ahead < DAYS_AHEAD; ahead++) {
            var day = first.toLocalDate().plusDays(ahead);
            if (!isDue(day.getDayOfMonth(), day.getMonthValue(), day.getDayOfWeek())) {
                continue;
            }
            var from = ahead == 0 ? first.getHour() * 60 + first.getMinute() : 0;
            for (var minute = from; minute < 24 * 60; minute++) {
                if (hours.get(minute / 60) && minutes.get(minute % 60)) {
                    return Optional.of(day.atTime(minute / 60, minute % 60).atZone(time.getZone()));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isDue(int day, int month, DayOfWeek weekday) {
        var byDay = days.get(day);
        var byWeekday = weekdays.get(weekday.getValue() % 7);
        return months.get(month) && (eitherDay ? byDay || byWeekday : byDay && byWeekday);
    }

    private static Optional<BitSet> field(String text, int low, int high, List<String> names) {
        var set = new BitSet();
        for (var part : text.split(",", -1)) {
            var matcher = PART.matcher(part);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            var all = matcher.group(1).equals("*");
            var from = all ? low : number(matcher.group(2), low, names);
            var to =
                    all
                            ? high
                            : matcher.group(3) != null
                                    ? number(matcher.group(3), low, names)
                                    : matcher.group(4) != null ? high : from;
            var step = matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4));
            if (from < low || to > high || from > to || step < 1) {
                return Optional.empty();
            }
            for (var value = from; value <= to; value += step) {
                set.set(high == 7 && value == 7 ? 0 : value);
            }
        }
        return Optional.of(set);
    }

    /** -1 for what is neither a number nor a name. */
    private static int number(String word, int low, List<String> names) {
        if (word.chars().allMatch(c -> c >= '0' && c <= '9') && word.length() <= 3) {
            return Integer.parseInt(word);
        }
        var index = names.indexOf(word);
        return index < 0 ? -1 : index + low;
    }
}
