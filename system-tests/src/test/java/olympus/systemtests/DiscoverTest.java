package olympus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
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

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration WANTED = Duration.ofSeconds(5);

    /**
     * What a user of this machine has written beside some projects, besides what they lack
     * everywhere here: ports that another project has, quicker health checks, and trouble.
     */
    private static final Map<String, String> BESIDE =
            Map.of(
                    "shop",
                    """
                    services:
                      web: { ports: !override ["8090:8080"], healthcheck: { interval: 1s } }
                      db: { healthcheck: { interval: 1s, retries: 2, start_period: 0s } }
                    """,
                    "media",
                    """
                    services:
                      player: { devices: !reset [] }
                      vpn: { healthcheck: { interval: 1s } }
                      films: { entrypoint: [/bin/sh, -c, exit 3] }
                    """,
                    "photos",
                    """
                    services:
                      redis: { image: "docker.io/redis:6.2-alpine", healthcheck: { interval: 1s } }
                      machine-learning: { deploy: !reset null }
                      database: { healthcheck: { interval: 1s, start_interval: !reset null } }
                      server: { entrypoint: [/bin/sh, -c, exit 4], restart: "no" }
                    """,
                    "mail",
                    "services: { webmail: { restart: \"no\" } }",
                    "home",
                    """
                    services:
                      homeassistant: { privileged: false }
                      zigbee2mqtt: { devices: !reset [], develop: !reset null, ports: !override ["8091:8080"] }
                    """,
                    "monitoring",
                    """
                    services:
                      cadvisor: { privileged: false }
                      grafana: { ports: !override ["3001:3000"] }
                    """,
                    "forge",
                    """
                    services:
                      docker-in-docker: { privileged: false }
                      db: { healthcheck: { interval: 1s, start_interval: !reset null } }
                    """,
                    "passwords",
                    "services: { vaultwarden: { oom_score_adj: 0, blkio_config: !reset null } }");

    /** What Compose 2.26 does not know, or not with this engine, and what stands for it. */
    private static final Map<String, String> UNKNOWN =
            Map.of(
                    "pull_policy: every_12h",
                    "pull_policy: missing",
                    ", format: raw",
                    "",
                    "        mac_address: 02:42:c0:a8:32:14\n",
                    "",
                    "    external: true\n    name: stored-smtp\n",
                    "    file: ./grafana.secret\n");

    /** The one that is planted, and those whose projects say nothing of it or on-failure. */
    private static final List<String> NOT_AT_BOOT =
            List.of(
                    "dashboard-homepage-1",
                    "dashboard-site-1",
                    "mail-antivirus-1",
                    "mail-webmail-1",
                    "rss-db-1",
                    "rss-reader-1",
                    "zigbee2mqtt");

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

    private static void containersOfAllProjects(ComposeMachine machine) throws Exception {
        var failures = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<Installation.Run>>();
            for (var project : ComposeProject.ALL) {
                all.add(() -> up(machine, project));
            }
            for (var up : threads.invokeAll(all)) {
                if (up.get().exitCode() != 0) {
                    failures.add(up.get().err());
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    private static Installation.Run up(ComposeMachine machine, ComposeProject project)
            throws IOException {
        var folder = machine.copy(project);
        var file = folder.resolve(project.file());
        var text = Files.readString(file);
        for (var word : UNKNOWN.entrySet()) {
            text = text.replace(word.getKey(), word.getValue());
        }
        Files.writeString(file, text);
        var beside = BESIDE.getOrDefault(project.folder(), project.override());
        if (!beside.isEmpty()) {
            Files.writeString(folder.resolve("compose.override.yaml"), beside);
        }
        return machine.olympus()
                .command(
                        List.of(
                                "sh",
                                "-c",
                                "cd \"$1\" && exec \"$2\" --ansi never up -d",
                                "sh",
                                folder.toString(),
                                ComposeVersion.TWO.program()));
    }

    /** Healthy until now; what it asks now fails. */
    private static void makeUnhealthy(ComposeMachine machine, String container) {
        machine.docker()
                .command(
                        "exec",
                        "-u",
                        "0",
                        container,
                        "sh",
                        "-c",
                        "echo 'echo no space left; exit 1' > /bin/pg_isready");
    }

    /** Cron, units and repositories of this machine alone; most are in good order. */
    private void surroundings(ComposeMachine machine) throws Exception {
        var saved = new TreeSet<>(machine.docker().command("volume", "ls", "-q").lines().toList());
        assertThat(saved.remove(NOT_BACKED_UP)).isTrue();
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
            makeUnhealthy(machine, "shop-db-1");
            surroundings(machine);
            machine.openDataStore();
            var expected =
                    List.of(
                            tuple("container_unhealthy", List.of("shop-db-1")),
                            tuple("container_crash_loop", List.of("films")),
                            tuple("container_down", List.of("photos_server")),
                            tuple("unit_failed", List.of("vpn.service")),
                            tuple("timer_failed", List.of("certificates.service")),
                            tuple("cron_broken", List.of("/etc/cron.d/feeds:1")),
                            tuple("backup_old", List.of("/srv/restic/old")),
                            tuple("backup_missing", List.of(NOT_BACKED_UP)),
                            tuple("no_restart_at_boot", NOT_AT_BOOT),
                            tuple("open_data_store", List.of("tcp:6379")),
                            tuple(
                                    "image_latest",
                                    List.of("dashboard-homepage-1", "dashboard-site-1")));
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
