package olympus.cli.discover;

import static olympus.cli.discover.Samples.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import olympus.cli.discover.Inventory.Storage;
import olympus.cli.discover.Inventory.StorageKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ContainerFindingsTest {

    private static final Instant YESTERDAY = Machine.NOW.minusSeconds(86_400);
    private static final Instant JUST_NOW = Machine.NOW.minusSeconds(20);

    private static List<Finding> findings(Samples... containers) {
        var inventory =
                Inventory.ofContainers(
                        Arrays.stream(containers).map(Samples::build).toList(), List.of());
        return Judgement.of(inventory, Machine.NOW, true);
    }

    @Test
    void findsNothingWrongWithContainersInGoodOrder() {
        assertThat(
                        findings(
                                running("plain"),
                                running("checked").healthy(),
                                running("restarted-once-long-ago").restarts(7, YESTERDAY),
                                running("job").policy("no").ended("exited", 0, YESTERDAY),
                                running("digest").image("redis@sha256:" + "a".repeat(64))))
                .isEmpty();
    }

    @Test
    void findsAnUnhealthyContainerThatRunsWithSinceWhenAndWhy() {
        var found = findings(running("web").unhealthy(YESTERDAY, "curl: (7) refused"));

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().kind()).isEqualTo(Finding.Kind.CONTAINER_UNHEALTHY);
        assertThat(found.getFirst().since()).contains(YESTERDAY);
        assertThat(found.getFirst().what())
                .isEqualTo(
                        "web is unhealthy although it is \"running\" (its check says: curl: (7) refused)");
    }

    @Test
    void findsCrashLoopsWithTheirCount() {
        assertThat(
                        findings(
                                running("a")
                                        .restarts(12, JUST_NOW)
                                        .ended("restarting", 1, JUST_NOW),
                                running("b").restarts(5, JUST_NOW)))
                .extracting(Finding::kind, Finding::what)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.CONTAINER_CRASH_LOOP,
                                "a crashes again and again: 12 restarts, last exit code 1"),
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.CONTAINER_CRASH_LOOP,
                                "b crashes again and again: 5 restarts"));
    }

    @Test
    void findsWhatIsDownAlthoughItShouldBeUp() {
        assertThat(
                        findings(
                                running("always").policy("always").ended("exited", 137, YESTERDAY),
                                running("given-up")
                                        .policy("on-failure")
                                        .restarts(3, YESTERDAY)
                                        .ended("exited", 1, YESTERDAY),
                                running("forgotten").policy("no").ended("exited", 2, YESTERDAY),
                                running("stuck").ended("dead", 0, YESTERDAY)))
                .extracting(Finding::what)
                .containsExactly(
                        "forgotten has ended with exit code 2 and nothing starts it again",
                        "given-up was given up by the engine after 3 restarts, exit code 1",
                        "stuck is dead: the engine could not remove it",
                        "always has ended with exit code 137 although its restart policy is always");
    }

    @Test
    void findsContainersThatDoNotComeBackAfterAReboot() {
        var found = findings(running("b").policy("no"), running("a").policy("on-failure"));

        assertThat(found)
                .extracting(Finding::kind, Finding::subjects)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.NO_RESTART_AT_BOOT, List.of("a", "b")));
    }

    @ParameterizedTest
    @CsvSource({
        "redis,true",
        "redis:latest,true",
        "registry.lan:5000/shop/web,true",
        "registry.lan:5000/shop/web:1.2,false",
        "redis:7,false",
        "redis:latest@sha256:abc,false",
        "sha256:abc,false"
    })
    void knowsWhichImagesFollowLatest(String image, boolean latest) {
        assertThat(ContainerFindings.isLatest(image)).isEqualTo(latest);
    }

    @Test
    void listsAtMostFiveNamesInASentenceAndAllOfThemInTheFinding() {
        var found =
                findings(
                        running("a").image("x"),
                        running("b").image("x"),
                        running("c").image("x"),
                        running("d").image("x"),
                        running("e").image("x"),
                        running("f").image("x"),
                        running("g").image("x"));

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().what())
                .isEqualTo("7 containers follow the image tag latest: a, b, c, d, e and 2 more");
        assertThat(found.getFirst().subjects()).hasSize(7);
    }

    @Test
    void tellsTheWorstFirst() {
        assertThat(
                        findings(
                                running("tag").image("x"),
                                running("boot").policy("no"),
                                running("down").policy("always").ended("exited", 1, YESTERDAY),
                                running("sick").unhealthy(YESTERDAY, "")))
                .extracting(Finding::kind)
                .containsExactly(
                        Finding.Kind.CONTAINER_UNHEALTHY,
                        Finding.Kind.CONTAINER_DOWN,
                        Finding.Kind.NO_RESTART_AT_BOOT,
                        Finding.Kind.IMAGE_LATEST);
    }

    @Test
    void tellsWhichStorageNoBackupNames() {
        var job =
                new Inventory.BackupJob(
                        "/etc/crontab:3", "restic", List.of("/srv/shop", "/usr"), List.of("cache"));
        var inventory =
                Inventory.ofContainers(
                                List.of(running("offsite").image("restic/restic:0.18").build()),
                                List.of(
                                        storage("/srv/shop/db", "db"),
                                        storage("/srv/shopping", "other"),
                                        storage("/usr/share/x", "web"),
                                        storage("/var/lib/cache", "cache"),
                                        storage("/var/lib/x", "offsite")))
                        .and(Inventory.ofBackups(List.of(), List.of(job)));

        var found = Judgement.of(inventory, Machine.NOW, true);

        assertThat(found)
                .extracting(Finding::kind, Finding::subjects)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Kind.BACKUP_MISSING,
                                List.of("/srv/shopping", "/usr/share/x")));
    }

    @Test
    void missesNoBackupWhereBackupsCouldNotBeLookedAt() {
        var inventory = Inventory.ofContainers(List.of(), List.of(storage("/srv/a", "web")));

        assertThat(Judgement.of(inventory, Machine.NOW, false)).isEmpty();
        var hung =
                List.of(new Survey.Told("backups", Survey.Outcome.TIMED_OUT, List.of("no answer")));
        assertThat(
                        Discovery.of(new Survey.Result(inventory, hung), Machine.NOW)
                                .storage()
                                .getFirst()
                                .backedUp())
                .isEmpty();
    }

    private static Storage storage(String path, String user) {
        return new Storage(StorageKind.BIND, path, path, List.of(user));
    }

    @Test
    void namesTheDataOnADiskThatIsNearlyFull() {
        var inventory =
                Inventory.ofContainers(
                                List.of(),
                                List.of(
                                        new Storage(
                                                StorageKind.VOLUME,
                                                "shop_db",
                                                "/data/volumes/shop_db",
                                                List.of("backup"))))
                        .and(
                                Inventory.ofDisks(
                                        List.of(
                                                new Inventory.Disk(
                                                        "/", "ext4", 1000L << 20, 101L << 20),
                                                new Inventory.Disk(
                                                        "/data", "xfs", 1000L << 20, 60L << 20),
                                                new Inventory.Disk(
                                                        "/boot", "ext4", 1000L << 20, 5L << 20))))
                        .and(
                                Inventory.ofBackups(
                                        List.of(),
                                        List.of(
                                                new Inventory.BackupJob(
                                                        "x", "tar", List.of("/data"), List.of()))));

        assertThat(Judgement.of(inventory, Machine.NOW, true))
                .extracting(Finding::severity, Finding::what, Finding::why)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Severity.BROKEN,
                                "the file system /boot is 99 % full, 5 MiB are left",
                                "programs fail in odd ways on a full disk"),
                        org.assertj.core.groups.Tuple.tuple(
                                Finding.Severity.AT_RISK,
                                "the file system /data is 94 % full, 60 MiB are left",
                                "the data of shop_db is on it"));
    }
}
