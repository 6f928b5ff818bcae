package olympus.systemtests;

import java.util.List;
import java.util.Map;

/**
 * One of the twelve Compose projects of the model's tests, with what its life on a test machine
 * consists of.
 *
 * @param folder its folder among the projects; also its Compose project's name
 * @param stack the stack's name
 * @param lacks services that cannot run on this machine as they are declared, with words of the
 *     reason that Olympus has to tell
 * @param override what a user writes beside the project to do without what the machine lacks; empty
 *     when nothing is
 * @param never services that do not run with the override either, likewise
 * @param change the tag that is changed
 * @param kept what has to outlive everything
 */
record ComposeProject(
        String folder,
        String stack,
        Map<String, String> lacks,
        String override,
        Map<String, String> never,
        Change change,
        Kept kept) {

    /**
     * Another tag of an image.
     *
     * @param file in which it stands
     * @param image of {@code service}, once {@code from} has become {@code to} in the file
     */
    record Change(String file, String from, String to, String service, String image) {}

    /** The main one of its files. */
    String file() {
        return switch (folder) {
            case "dashboard" -> "docker-compose.yaml";
            case "photos", "wiki" -> "docker-compose.yml";
            case "home" -> "compose.yml";
            default -> "compose.yaml";
        };
    }

    /** A service that its file lets run again when its process is killed. */
    String killed() {
        return switch (folder) {
            case "dashboard" -> "socket-proxy";
            case "rss" -> "miniflux";
            default -> kept.service();
        };
    }

    /**
     * A place for a user's data.
     *
     * @param service its container has it at {@code path}
     * @param source a volume's name, or a folder: below the project's with {@code ./}, below the
     *     home folder with {@code ~/}
     */
    record Kept(String service, String path, String source) {}

    private static ComposeProject whole(String name, Change change, Kept kept) {
        return new ComposeProject(name, name, Map.of(), "", Map.of(), change, kept);
    }

    private static ComposeProject of(
            String name, Map<String, String> lacks, String override, Change change, Kept kept) {
        return new ComposeProject(name, name, lacks, override, Map.of(), change, kept);
    }

    static final ComposeProject SHOP =
            whole(
                    "shop",
                    new Change(
                            "compose.yaml",
                            "SHOP_VERSION:-2.4.1",
                            "SHOP_VERSION:-2.5.0",
                            "web",
                            "ghcr.io/example/shop-web:2.5.0"),
                    new Kept("db", "/var/lib/postgresql/data", "shop_db-data"));

    static final ComposeProject MEDIA =
            of(
                    "media",
                    Map.of("player", "/dev/dri/renderD128"),
                    "services: { player: { devices: !reset [] } }",
                    new Change(
                            "compose.yaml",
                            "radarr:5.16.3",
                            "radarr:5.17.0",
                            "films",
                            "lscr.io/linuxserver/radarr:5.17.0"),
                    new Kept("films", "/config", "./films"));

    static final ComposeProject WIKI =
            whole(
                    "wiki",
                    new Change(
                            "docker-compose.yml",
                            "requarks/wiki:2",
                            "requarks/wiki:2.5",
                            "wiki",
                            "ghcr.io/requarks/wiki:2.5"),
                    new Kept("db", "/var/lib/postgresql/data", "wiki_db-data"));

    static final ComposeProject MAIL =
            whole(
                    "mail",
                    new Change(
                            "compose.yaml",
                            "1.6.9-apache",
                            "1.6.10-apache",
                            "webmail",
                            "roundcube/roundcubemail:1.6.10-apache"),
                    new Kept("webmail", "/var/www/html", "mail_webmail"));

    static final ComposeProject MONITORING =
            of(
                    "monitoring",
                    Map.of("cadvisor", "operation not permitted"),
                    "services: { cadvisor: { privileged: false } }",
                    new Change(
                            "compose.yaml",
                            "prometheus:v2.55.1",
                            "prometheus:v2.55.2",
                            "prometheus",
                            "prom/prometheus:v2.55.2"),
                    new Kept("prometheus", "/prometheus", "monitoring_prometheus_data"));

    static final ComposeProject FORGE =
            of(
                    "forge",
                    Map.of(
                            "docker-in-docker",
                            "operation not permitted",
                            "runner",
                            "waits for forge/docker-in-docker"),
                    "services: { docker-in-docker: { privileged: false } }",
                    new Change(
                            "compose.yaml",
                            "forgejo/forgejo:9",
                            "forgejo/forgejo:10",
                            "forge",
                            "codeberg.org/forgejo/forgejo:10"),
                    new Kept("forge", "/data", "./forgejo"));

    static final ComposeProject PHOTOS =
            of(
                    "photos",
                    Map.of(
                            "redis",
                            "cannot pull image docker.io/redis:6.2-alpine@sha256:eaba718f",
                            "machine-learning",
                            "has no GPU",
                            "server",
                            "waits for photos/redis"),
                    """
                    services:
                      redis: { image: "docker.io/redis:6.2-alpine" }
                      machine-learning: { deploy: !reset null }
                      database: { healthcheck: { interval: 1s } }
                    """,
                    new Change(
                            ".env",
                            "v1.121",
                            "v1.122",
                            "server",
                            "ghcr.io/immich-app/immich-server:v1.122"),
                    new Kept("server", "/usr/src/app/upload", "./library"));

    static final ComposeProject HOME =
            of(
                    "home",
                    Map.of(
                            "homeassistant",
                            "operation not permitted",
                            "zigbee2mqtt",
                            "/dev/serial/by-id/usb-ITead_Sonoff_Zigbee-if00-port0"),
                    """
                    services:
                      homeassistant: { privileged: false }
                      zigbee2mqtt: { devices: !reset [] }
                    """,
                    new Change(
                            "compose.yml",
                            "mosquitto:2.0.20",
                            "mosquitto:2.0.21",
                            "mqtt",
                            "eclipse-mosquitto:2.0.21"),
                    new Kept("nodered", "/data", "home_nodered"));

    static final ComposeProject RSS =
            new ComposeProject(
                    "rss",
                    "news",
                    Map.of(
                            "reader",
                            "No command specified",
                            "fetcher",
                            "/usr/local/bin/fetch-feeds"),
                    """
                    services: { reader: { command: [/actor], volumes: !reset [] } }
                    """,
                    Map.of("fetcher", "/usr/local/bin/fetch-feeds"),
                    new Change(
                            "compose.yaml",
                            "postgres:17-alpine",
                            "postgres:17.1-alpine",
                            "db",
                            "postgres:17.1-alpine"),
                    new Kept("db", "/var/lib/postgresql/data", "rss_miniflux-db"));

    static final ComposeProject PASSWORDS =
            of(
                    "passwords",
                    Map.of("vaultwarden", "cannot start container"),
                    "services: { vaultwarden: { oom_score_adj: 0 } }",
                    new Change(
                            "compose.yaml",
                            "backup:v2.43.0",
                            "backup:v2.43.1",
                            "backup",
                            "offen/docker-volume-backup:v2.43.1"),
                    new Kept("backup", "/archive", "nas-backups"));

    static final ComposeProject DASHBOARD =
            of(
                    "dashboard",
                    Map.of("site", "--storage-opt is supported only for overlay over xfs"),
                    "services: { site: { storage_opt: !reset {} } }",
                    new Change(
                            "docker-compose.yaml",
                            "socket-proxy:0.3.0",
                            "socket-proxy:0.4.0",
                            "socket-proxy",
                            "ghcr.io/tecnativa/docker-socket-proxy:0.4.0"),
                    new Kept("homepage", "/app/config", "~/homepage"));

    static final ComposeProject GAME =
            of(
                    "game",
                    Map.of("creative", "has no GPU"),
                    "services: { creative: { gpus: !reset null } }",
                    new Change(
                            "compose.yaml",
                            "mc-backup:2024.8.1",
                            "mc-backup:2024.9.0",
                            "backups",
                            "itzg/mc-backup:2024.9.0"),
                    new Kept("survival", "/data", "game_survival"));

    static final List<ComposeProject> ALL =
            List.of(
                    SHOP,
                    MEDIA,
                    WIKI,
                    MAIL,
                    MONITORING,
                    FORGE,
                    PHOTOS,
                    HOME,
                    RSS,
                    PASSWORDS,
                    DASHBOARD,
                    GAME);
}
