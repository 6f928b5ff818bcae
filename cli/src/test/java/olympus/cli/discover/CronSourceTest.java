package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each trouble with cron is found where it is planted, and nothing else. */
final class CronSourceTest {

    @TempDir Path root;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Machine machine;

    @BeforeEach
    void plant() throws IOException {
        machine = Machine.sound(root);
    }

    private Source.Sight.Seen seen() throws IOException {
        var source = new CronSource(root, ZoneOffset.UTC, Machine.NOW);
        return (Source.Sight.Seen) source.look();
    }

    private List<String> faults() throws IOException {
        return seen().part().cronFaults().stream()
                .map(fault -> "%s | %s | %s".formatted(fault.place(), fault.why(), fault.remedy()))
                .toList();
    }

    @Test
    void findsNothingOnASoundMachine() throws IOException {
        assertThat(faults()).isEmpty();
        assertThat(seen().unseen()).isEmpty();
    }

    @Test
    void listsEveryLineWithItsPlaceUserAndNextRun() throws IOException {
        assertThat(seen().part().cron())
                .extracting(
                        Inventory.CronLine::place,
                        Inventory.CronLine::user,
                        line -> line.next().map(Instant::toString).orElse("-"))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "/etc/crontab:3", "root", "2026-11-21T09:17:00Z"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/etc/crontab:4", "root", "2026-11-22T06:25:00Z"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/etc/cron.d/e2scrub_all:1", "root", "2026-11-22T03:30:00Z"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/var/spool/cron/crontabs/ana:1", "ana", "2026-11-21T09:05:00Z"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/etc/cron.daily/logrotate", "root", "-"));
    }

    @Test
    void findsAFileThatIsIgnoredForItsName() throws IOException {
        machine.file("/etc/cron.d/backup.sh", "0 2 * * * root true\n");

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.d/backup.sh | its name has a character other than letters, digits, - and _ | mv /etc/cron.d/backup.sh /etc/cron.d/backup");
    }

    @Test
    void letsEveryNamePassWhereCronIsNotDebians() throws IOException {
        Files.delete(machine.at("/etc/debian_version"));
        machine.file("/etc/cron.d/backup.sh", "0 2 * * * root true\n");

        assertThat(faults()).isEmpty();
        assertThat(seen().part().cron())
                .extracting(Inventory.CronLine::place)
                .contains("/etc/cron.d/backup.sh:1");
    }

    @Test
    void findsAFileThatIsIgnoredForItsMode() throws IOException {
        machine.file("/etc/cron.d/backup", "0 2 * * * root true\n")
                .mode("/etc/cron.d/backup", "rw-rw-r--");

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.d/backup | others than its owner may write it (mode 0664) | chmod go-w /etc/cron.d/backup");
    }

    @Test
    void findsATableOfAUserWhoDoesNotExistAndOneWithAnotherMode() throws IOException {
        machine.file("/var/spool/cron/crontabs/old", "@daily true\n")
                .mode("/var/spool/cron/crontabs/old", "rw-------");
        machine.mode("/var/spool/cron/crontabs/ana", "rw-r--r--");

        assertThat(faults())
                .containsExactly(
                        "/var/spool/cron/crontabs/ana | its mode is 0644, cron wants 0600 | chmod 600 /var/spool/cron/crontabs/ana",
                        "/var/spool/cron/crontabs/old | there is no user \"old\" | move its lines into the table of a user that exists: crontab -u USER -e");
    }

    @Test
    void findsAMissingLineEnd() throws IOException {
        machine.file("/etc/cron.d/backup", "0 2 * * * root true");

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.d/backup | cron ignores that line, or the whole file | echo >> /etc/cron.d/backup");
    }

    @Test
    void letsACommentWithoutALineEndPass() throws IOException {
        machine.file("/etc/cron.d/backup", "0 2 * * * root true\n# end");

        assertThat(faults()).isEmpty();
    }

    @Test
    void findsACommandThatIsNotThere() throws IOException {
        machine.file(
                "/etc/cron.d/backup",
                """
                0 2 * * * root /usr/local/bin/gone --all > /dev/null 2>&1
                0 3 * * * root cd / && nowhere
                0 4 * * * root [ -x /opt/x ] && /opt/x
                0 5 * * * root "$HOME/bin/x"; NAME=x find / -name "a && b"
                """);

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.d/backup:1 | there is no /usr/local/bin/gone | mend the path, set PATH= above the line, or remove the line",
                        "/etc/cron.d/backup:2 | there is no \"nowhere\" in PATH, which is /usr/bin:/bin here | mend the path, set PATH= above the line, or remove the line");
    }

    @Test
    void findsAProgramWithoutTheRightToBeRun() throws IOException {
        machine.file("/etc/cron.daily/save", "#!/bin/sh\n");
        machine.program("/etc/cron.weekly/save.sh", "#!/bin/sh\n");

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.daily/save | it is not executable | chmod +x /etc/cron.daily/save",
                        "/etc/cron.weekly/save.sh | run-parts skips names with a character other than letters, digits, - and _ | mv /etc/cron.weekly/save.sh /etc/cron.weekly/save");
    }

    @Test
    void findsALineOfAUserWhoDoesNotExist() throws IOException {
        machine.file("/etc/cron.d/web", "0 2 * * * nginx find /\n");

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.d/web:1 | there is no user \"nginx\" in /etc/passwd | name a user that exists");
    }

    @Test
    void missesNoUserWhereUsersComeFromADirectory() throws IOException {
        machine.file("/etc/nsswitch.conf", "passwd: files sss\n");
        machine.file("/etc/cron.d/web", "0 2 * * * nginx find /\n");

        assertThat(faults()).isEmpty();
    }

    @Test
    void findsALineThatIsNoTime() throws IOException {
        machine.file("/etc/cron.d/web", "0 25 * * * root find /\n");

        assertThat(faults())
                .containsExactly(
                        "/etc/cron.d/web:1 | \"0 25 * * *\" is no time | mend or remove the line");
    }

    @Test
    void hidesPasswords() throws IOException {
        machine.program("/usr/bin/mysqldump", "binary");
        machine.file(
                "/etc/cron.d/dump", "0 2 * * * root mysqldump -u root -phunter2 --all-databases\n");

        assertThat(seen().part().cron())
                .extracting(Inventory.CronLine::command)
                .contains("mysqldump -u root -p*** --all-databases");
    }
}
