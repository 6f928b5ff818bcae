package olympus.cli.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronScheduleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *       | 2026-03-04T10:20:30Z | 2026-03-04T10:21Z",
                "*/15 * * * *    | 2026-03-04T10:45:00Z | 2026-03-04T11:00Z",
                "0 3 * * *       | 2026-03-04T03:00:00Z | 2026-03-05T03:00Z",
                "30 2 * * sun    | 2026-03-04T00:00:00Z | 2026-03-08T02:30Z",
                "30 2 * * 7      | 2026-03-04T00:00:00Z | 2026-03-08T02:30Z",
                "0 0 29 2 *      | 2026-03-01T00:00:00Z | 2028-02-29T00:00Z",
                "0 0 13 * fri    | 2026-03-04T00:00:00Z | 2026-03-06T00:00Z",
                "0 0 */2 * fri   | 2026-03-04T00:00:00Z | 2026-03-13T00:00Z",
                "5,10-12 8 * * * | 2026-03-04T08:10:00Z | 2026-03-04T08:11Z",
                "7/20 1 * * *    | 2026-03-04T01:08:00Z | 2026-03-04T01:27Z",
                "0 0 1 jan-mar * | 2026-03-04T00:00:00Z | 2027-01-01T00:00Z",
                "@weekly         | 2026-03-04T00:00:00Z | 2026-03-08T00:00Z",
                "@monthly        | 2026-03-04T00:00:00Z | 2026-04-01T00:00Z"
            })
    void isDueWhenCronWouldRunIt(String schedule, String after, String due) {
        assertThat(CronSchedule.parse(schedule).orElseThrow().nextAfter(ZonedDateTime.parse(after)))
                .contains(ZonedDateTime.parse(due));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "5-1 * * * *",
                "*/0 * * * *",
                "a * * * *",
                "@noon",
                "1,,2 * * * *",
                "* * * * mon-"
            })
    void refusesWhatCronWouldNotUnderstand(String schedule) {
        assertThat(CronSchedule.parse(schedule)).isEmpty();
    }

    @Test
    void isNeverDueOnADayThatDoesNotExist() {
        assertThat(
                        CronSchedule.parse("0 0 31 6 *")
                                .orElseThrow()
                                .nextAfter(ZonedDateTime.parse("2026-03-04T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void hasNoTimeOfDayWhenItIsDueAtBoot() {
        var schedule = CronSchedule.parse("@reboot").orElseThrow();

        assertThat(schedule.atBoot()).isTrue();
        assertThat(schedule.nextAfter(ZonedDateTime.parse("2026-03-04T00:00:00Z"))).isEmpty();
    }

    @Test
    void isDueInTheMachinesOwnZone() {
        assertThat(
                        CronSchedule.parse("0 3 * * *")
                                .orElseThrow()
                                .nextAfter(
                                        ZonedDateTime.parse("2026-07-01T12:00+02:00[Europe/Rome]"))
                                .orElseThrow()
                                .toInstant())
                .isEqualTo("2026-07-02T01:00:00Z");
    }
}
