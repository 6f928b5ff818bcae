package olympus.cli.cron;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CronTableTest {

    @Test
    void readsJobsOfASystemTableWithTheirUserAndTheSettingsBeforeThem() {
        var table =
                CronTable.parse(
                        """
                        # comment
                        SHELL=/bin/sh
                        MAILTO = "ana@example.org"
                        17 *\t* * *   root    cd / && run-parts --report /etc/cron.hourly
                        @daily backup /usr/local/bin/save --all
                        PATH=/opt/bin
                        @reboot root /opt/start
                        """,
                        Optional.empty());

        assertThat(table.faults()).isEmpty();
        assertThat(table.endsWithinLine()).isFalse();
        assertThat(table.jobs())
                .containsExactly(
                        new CronTable.Job(
                                4,
                                "17 * * * *",
                                "root",
                                "cd / && run-parts --report /etc/cron.hourly",
                                Optional.empty(),
                                Map.of("SHELL", "/bin/sh", "MAILTO", "ana@example.org")),
                        new CronTable.Job(
                                5,
                                "@daily",
                                "backup",
                                "/usr/local/bin/save --all",
                                Optional.empty(),
                                Map.of("SHELL", "/bin/sh", "MAILTO", "ana@example.org")),
                        new CronTable.Job(
                                7,
                                "@reboot",
                                "root",
                                "/opt/start",
                                Optional.empty(),
                                Map.of(
                                        "SHELL",
                                        "/bin/sh",
                                        "MAILTO",
                                        "ana@example.org",
                                        "PATH",
                                        "/opt/bin")));
    }

    @Test
    void takesWhatFollowsABarePercentSignAsInput() {
        var job =
                CronTable.parse(
                                "0 1 * * * mail -s \"100\\% done\" ana%Hello,%all is \\%well\n",
                                Optional.of("ana"))
                        .jobs()
                        .getFirst();

        assertThat(job.user()).isEqualTo("ana");
        assertThat(job.command()).isEqualTo("mail -s \"100% done\" ana");
        assertThat(job.input()).contains("Hello,\nall is %well");
    }

    @Test
    void tellsLinesThatCronCannotUse() {
        var table =
                CronTable.parse(
                        "61 * * * * root true\n* * * * * root\n0 3 * *\n1 2 3 4 5 ana ls",
                        Optional.empty());

        assertThat(table.faults())
                .extracting(CronTable.Fault::line, CronTable.Fault::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, "\"61 * * * *\" is no time"),
                        org.assertj.core.groups.Tuple.tuple(
                                2,
                                "the user is missing: a line of a system table is time, user, command"),
                        org.assertj.core.groups.Tuple.tuple(3, "there is no command"));
        assertThat(table.endsWithinLine()).isTrue();
    }
}
