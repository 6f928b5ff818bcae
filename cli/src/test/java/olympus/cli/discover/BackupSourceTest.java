package olympus.cli.discover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.cli.discover.Inventory.Repository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupSourceTest {

    @TempDir Path root;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Machine machine;

    @BeforeEach
    void plant() throws IOException {
        machine = Machine.sound(root);
    }

    private Inventory seen() {
        return ((Source.Sight.Seen) new BackupSource(root).look())
                .part()
                .and(((Source.Sight.Seen) new RepositorySource(root).look()).part());
    }

    @Test
    void findsNoBackupOnASoundMachineWithoutOne() {
        assertThat(seen().repositories()).isEmpty();
        assertThat(seen().jobs()).isEmpty();
    }

    @Test
    void findsRepositoriesByTheirFilesWithTheAgeOfTheNewestSnapshot() throws IOException {
        var fresh = Machine.NOW.minusSeconds(3_600);
        var old = Machine.NOW.minusSeconds(900_000);
        machine.restic("/srv/backup/restic", fresh).borg("/mnt/usb/borg", old);
        machine.file("/srv/git/config", "[core]\n");

        assertThat(seen().repositories())
                .containsExactly(
                        new Repository(
                                "borg",
                                "/mnt/usb/borg",
                                List.of(),
                                Inventory.Reach.LOOKED_INTO,
                                Optional.of(old),
                                Optional.empty()),
                        new Repository(
                                "restic",
                                "/srv/backup/restic",
                                List.of(),
                                Inventory.Reach.LOOKED_INTO,
                                Optional.of(fresh),
                                Optional.of(2)));
        assertThat(Judgement.of(seen(), Machine.NOW, true))
                .extracting(Finding::kind, Finding::subjects, Finding::since)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.BACKUP_OLD,
                                List.of("/mnt/usb/borg"),
                                Optional.of(old)));
    }

    @Test
    void findsARepositoryWithoutASnapshotAndOneThatIsGone() throws IOException {
        machine.restic("/srv/restic", Machine.NOW);
        Files.delete(machine.at("/srv/restic/snapshots/1111"));
        Files.delete(machine.at("/srv/restic/snapshots/2222"));
        machine.file(
                "/etc/cron.d/save", "0 2 * * * root find / ; restic -r /mnt/gone backup /srv\n");

        assertThat(Judgement.of(seen(), Machine.NOW, true))
                .extracting(Finding::what)
                .containsExactly(
                        "the restic repository /mnt/gone is not there",
                        "the restic repository /srv/restic holds no backup");
    }

    @Test
    void findsRepositoriesThatCronLinesScriptsTimersAndSettingsName() throws IOException {
        plantNamedRepositories();

        assertThat(seen().repositories())
                .extracting(Repository::tool, Repository::location, Repository::namedBy)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "borg",
                                "ssh://ana@nas/./b",
                                List.of("/var/spool/cron/crontabs/root:1")),
                        org.assertj.core.groups.Tuple.tuple(
                                "borg", "ssh://nas/./d", List.of("/etc/borgmatic/config.yaml")),
                        org.assertj.core.groups.Tuple.tuple(
                                "restic", "rest:https://ana:***@nas/c", List.of("save-c.service")),
                        org.assertj.core.groups.Tuple.tuple(
                                "restic",
                                "s3:s3.example.org/bucket",
                                List.of("/etc/default/restic")),
                        org.assertj.core.groups.Tuple.tuple(
                                "restic", "sftp:nas:/backup/a", List.of("/etc/cron.d/save:2")));
        assertThat(seen().repositories())
                .extracting(Repository::reach)
                .containsOnly(Inventory.Reach.ELSEWHERE);
        assertThat(seen().jobs())
                .extracting(Inventory.BackupJob::place, Inventory.BackupJob::tool)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("/etc/cron.d/save:2", "restic"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/var/spool/cron/crontabs/root:1", "borg"),
                        org.assertj.core.groups.Tuple.tuple("save-c.service", "restic"),
                        org.assertj.core.groups.Tuple.tuple(
                                "/etc/borgmatic/config.yaml", "borgmatic"));
        assertThat(seen().jobs().getFirst().paths())
                .contains("/srv/a")
                .doesNotContain("/srv/a/cache");
        assertThat(seen().jobs().get(1).paths()).contains("/srv/b");
        assertThat(seen().jobs().get(2).paths()).contains("/srv/c");
        assertThat(seen().jobs().get(3).paths()).contains("/srv/d");
    }

    /** Six that are scheduled or set, and one of a timer that is not enabled. */
    private void plantNamedRepositories() throws IOException {
        machine.file(
                "/etc/cron.d/save",
                "RESTIC_REPOSITORY=sftp:nas:/backup/a\n0 2 * * * root restic backup /srv/a --exclude /srv/a/cache\n");
        machine.program(
                "/usr/local/bin/save-b",
                "#!/bin/sh\nREPO=\"ssh://ana@nas/./b\" # here\nexport BORG_PASSPHRASE=hunter2\nborg create --stats \"$REPO::{now}\" /srv/b\n");
        machine.file("/var/spool/cron/crontabs/root", "0 3 * * * /usr/local/bin/save-b\n")
                .mode("/var/spool/cron/crontabs/root", "rw-------");
        machine.file("/etc/systemd/system/save-c.timer", "[Timer]\nOnCalendar=daily\n");
        machine.file(
                "/etc/systemd/system/save-c.service",
                "[Service]\nEnvironmentFile=/etc/save-c.env\nExecStart=/usr/bin/restic backup \\\n  /srv/c\n");
        machine.file(
                "/etc/save-c.env",
                "RESTIC_REPOSITORY=rest:https://ana:hunter2@nas/c\nRESTIC_PASSWORD=hunter2\n");
        Files.createDirectories(machine.at("/etc/systemd/system/timers.target.wants"));
        Files.createSymbolicLink(
                machine.at("/etc/systemd/system/timers.target.wants/save-c.timer"),
                Path.of("../save-c.timer"));
        machine.file("/etc/systemd/system/off.timer", "[Timer]\nOnCalendar=daily\n");
        machine.file(
                "/etc/systemd/system/off.service",
                "[Service]\nExecStart=restic -r /mnt/off backup /srv\n");
        machine.file("/etc/default/restic", "RESTIC_REPOSITORY=s3:s3.example.org/bucket\n");
        machine.file(
                "/etc/borgmatic/config.yaml",
                "source_directories:\n    - /srv/d\nrepositories:\n    - path: ssh://nas/./d\n      label: nas\nkeep_daily: 7\n");
    }
}
