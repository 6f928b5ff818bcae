package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code olympus discover}, through the launcher, on a machine with the containers of all twelve
 * Compose projects, cron lines, units of a stand-in for systemctl and a port that is open to all.
 */
final class DiscoverTest {

    private static final Path PROJECTS =
            Installation.root().resolve("model/src/test/resources/stacks/compose");
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration WANTED = Duration.ofSeconds(5);

    /** Options for what is to be ill; every other container is in good order. */
    private static final Map<String, List<String>> ILL =
            Map.of(
                    "shop-db-1",
                    List.of(
                            "--restart=unless-stopped",
                            "--health-cmd=echo no space left; false",
                            "--health-interval=1s",
                            "--health-retries=2"),
                    "mail-webmail-1",
                    List.of("--restart=no"));

    /** What is run in the place of the actor. */
    private static final Map<String, String> ENDS =
            Map.of("media-films-1", "exit 3", "photos-server-1", "exit 4");

    private static final String NOT_BACKED_UP = "wiki_db-data";

    private static final String UNITS =
            """
            Id=ssh.service
            LoadState=loaded
            ActiveState=active
            SubState=running
            UnitFileState=enabled
            Type=notify
            Result=success
            ExecMainStatus=0
            NRestarts=0
            ConditionResult=yes

            Id=vpn.service
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            UnitFileState=enabled
            Type=simple
            Result=exit-code
            ExecMainStatus=3
            NRestarts=0
            StateChangeTimestamp=Fri 2026-11-20 21:00:00 UTC
            ConditionResult=yes

            Id=certificates.service
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            UnitFileState=static
            Type=oneshot
            Result=timeout
            ExecMainStatus=0
            NRestarts=0
            ConditionResult=yes

            Id=certificates.timer
            LoadState=loaded
            ActiveState=active
            UnitFileState=enabled
            Unit=certificates.service
            LastTriggerUSec=Fri 2026-11-20 21:00:00 UTC
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Set<String> volumes = new TreeSet<>();

    private void containersOfAllProjects(ComposeMachine machine) throws Exception {
        for (var project : ComposeProject.ALL) {
            var file = PROJECTS.resolve(project.folder() + ".expected.json");
            var services =
                    JsonMapper.builder().build().readTree(Files.readString(file)).path("services");
            for (var service : services) {
                if (service.path("workload").path("kind").asString().equals("container")) {
                    container(machine, project, service);
                }
            }
        }
    }

    private void container(ComposeMachine machine, ComposeProject project, JsonNode service) {
        var workload = service.path("workload");
        var name = project.folder() + "-" + service.path("name").asString() + "-1";
        var image = workload.path("image").path("reference").asString().replaceFirst("@.*", "");
        var tagged = image.matches(".*:[^/]*") ? image : image + ":1";
        machine.actors().provide(tagged);
        var command =
                new ArrayList<>(
                        List.of(
                                "run",
                                "-d",
                                "--network=none",
                                "--name=" + name,
                                "--label=com.docker.compose.project=" + project.folder(),
                                "--label=com.docker.compose.service="
                                        + service.path("name").asString()));
        for (var mount : workload.path("mounts")) {
            if (mount.path("kind").asString().equals("named")) {
                var volume = mount.path("volume").path("name").asString();
                volumes.add(volume);
                command.add("--volume=" + volume + ":" + mount.path("target").asString());
            }
        }
        var usual = List.of("--restart=" + (ENDS.containsKey(name) ? "no" : "unless-stopped"));
        command.addAll(
                name.equals("media-films-1")
                        ? List.of("--restart=always")
                        : ILL.getOrDefault(name, usual));
        command.add(tagged);
        if (ENDS.containsKey(name)) {
            command.addAll(List.of("/bin/sh", "-c", ENDS.getOrDefault(name, "")));
        }
        machine.docker().command(command.toArray(String[]::new));
    }

    /** Cron, units and repositories of this machine alone; most are in good order. */
    private void surroundings(ComposeMachine machine) throws Exception {
        var saved = new TreeSet<>(volumes);
        saved.remove(NOT_BACKED_UP);
        var stand = Files.createDirectories(folder.resolve("bin"));
        Files.writeString(stand.resolve("units.txt"), UNITS);
        Files.writeString(
                folder.resolve("backup"),
                "#!/bin/sh\nfor volume in %s; do\n    docker run --rm -v $volume:/data restic/restic -r /srv/restic/old backup /data\ndone\nrestic -r /srv/restic/new backup /etc\n"
                        .formatted(String.join(" ", saved)));
        machine.machine()
                .shell(
                        """
                        rm -rf /etc/cron.d/* /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/* /etc/crontab
                        rm -rf /var/spool/cron/crontabs/* /etc/borgmatic* /etc/restic*
                        mkdir -p /etc/cron.d /usr/local/bin
                        cp %1$s/backup /usr/local/bin/backup
                        chmod 755 /usr/local/bin/backup
                        echo '0 3 * * * root /usr/local/bin/backup' >/etc/cron.d/backup
                        echo '*/5 * * * * nobody-of-this-name /usr/local/bin/backup' >/etc/cron.d/feeds
                        printf '#!/bin/sh\\ncat %1$s/bin/units.txt\\n' >%1$s/bin/systemctl
                        chmod 755 %1$s/bin/systemctl
                        for name in old new; do
                            mkdir -p /srv/restic/$name/snapshots /srv/restic/$name/keys /srv/restic/$name/data /srv/restic/$name/index
                            echo x >/srv/restic/$name/config
                            echo x >/srv/restic/$name/snapshots/0a
                        done
                        touch -d '10 days ago' /srv/restic/old/snapshots/0a /srv/restic/old/snapshots
                        """
                                .formatted(folder));
    }

    private static List<Tuple> findings(JsonNode seen) {
        var all = new ArrayList<Tuple>();
        for (var finding : seen.path("findings")) {
            var subjects = new ArrayList<String>();
            finding.path("subjects").forEach(subject -> subjects.add(subject.asString()));
            all.add(tuple(finding.path("kind").asString(), subjects));
        }
        return all;
    }

    @Test
    void findsEachPlantedTroubleNothingElseAndInTime() throws Exception {
        try (var machine = new ComposeMachine(folder.resolve("machine"))) {
            containersOfAllProjects(machine);
            surroundings(machine);
            machine.openDataStore();
            var expected =
                    List.of(
                            tuple("container_unhealthy", List.of("shop-db-1")),
                            tuple("container_crash_loop", List.of("media-films-1")),
                            tuple("container_down", List.of("photos-server-1")),
                            tuple("unit_failed", List.of("vpn.service")),
                            tuple("timer_failed", List.of("certificates.service")),
                            tuple("cron_broken", List.of("/etc/cron.d/feeds:1")),
                            tuple("backup_old", List.of("/srv/restic/old")),
                            tuple("backup_missing", List.of(NOT_BACKED_UP)),
                            tuple("no_restart_at_boot", List.of("mail-webmail-1")),
                            tuple("open_data_store", List.of("tcp:6379")),
                            tuple("image_latest", List.of("dashboard-homepage-1")));
            var quickest = Duration.ofDays(1);
            var end = System.nanoTime() + SOON.toNanos();
            while (true) {
                var began = System.nanoTime();
                var seen = look(machine);
                var took = Duration.ofNanos(System.nanoTime() - began);
                quickest = took.compareTo(quickest) < 0 ? took : quickest;
                var found = findings(seen);
                if (found.containsAll(expected) || System.nanoTime() > end) {
                    assertThat(found)
                            .as(seen.toString())
                            .containsExactlyInAnyOrderElementsOf(expected);
                    break;
                }
            }
            System.out.println("discover with all of it: " + quickest);
            assertThat(quickest).isLessThan(WANTED);
        }
    }

    private JsonNode look(ComposeMachine machine) {
        var run =
                machine.olympus()
                        .command(
                                List.of(
                                        "env",
                                        "PATH="
                                                + folder.resolve("bin")
                                                + ":"
                                                + System.getenv("PATH"),
                                        Installation.launcher(),
                                        "discover",
                                        "--json"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return JsonMapper.builder().build().readTree(run.out());
    }
}
