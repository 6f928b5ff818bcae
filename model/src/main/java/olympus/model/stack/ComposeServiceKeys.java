package olympus.model.stack;

import static java.util.Map.entry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.stack.ComposeSettings.Attachment;
import olympus.model.stack.ComposeSettings.Build;
import olympus.model.stack.ComposeSettings.Grant;
import olympus.model.stack.ComposeSettings.MountSetting;
import olympus.model.stack.ComposeSettings.Port;
import olympus.model.stack.ComposeSettings.Text;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.FileSetting;
import olympus.model.stack.Settings.RestartSetting;
import olympus.model.stack.container.HealthCheck;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Logging;

/** The keys of a Compose service. */
final class ComposeServiceKeys {

    private static final String HOOKS = "commands around start and stop are not run";
    private static final String WINDOWS = "only Windows looks at it";

    static final Key<Located<String>> IMAGE =
            Key.of(
                    "image",
                    ComposeShapes.place("an image"),
                    "The image, with tag or digest.",
                    "image: postgres:16");
    static final Key<Build> BUILD =
            Key.of(
                    "build",
                    ComposeBuildKeys.build(),
                    "How the image is made from a folder of this machine.",
                    "build: ./web");
    static final Key<Located<Image.PullPolicy>> PULL_POLICY =
            Key.of(
                    "pull_policy",
                    ComposePullPolicy.shape(),
                    "`always`, `missing`, `if_not_present`, `never`, `build`, `daily`, `weekly`; `every_<duration>` counts as `daily` or `weekly`.",
                    "pull_policy: always");
    static final Key<String> PLATFORM =
            Key.of("platform", text(), "The image's platform.", "platform: linux/arm64");
    static final Key<Located<String>> CONTAINER_NAME =
            Key.of(
                    "container_name",
                    ComposeShapes.place("a name"),
                    "The container's name; then there can be one instance only.",
                    "container_name: shop-db");
    static final Key<Optional<List<String>>> COMMAND =
            Key.of(
                    "command",
                    ComposeShapes.command(),
                    "Instead of the image's; a text is split into words, no shell runs it.",
                    "command: [--port, \"80\"]");
    static final Key<Optional<List<String>>> ENTRYPOINT =
            Key.of(
                    "entrypoint",
                    ComposeShapes.command(),
                    "Instead of the image's; an empty list switches it off.",
                    "entrypoint: /entry.sh --fast");
    static final Key<String> USER =
            Key.of("user", text(), "User and group.", "user: \"1000:1000\"");
    static final Key<String> WORKING_DIR =
            Key.of("working_dir", text(), "Working directory.", "working_dir: /app");
    static final Key<Boolean> TTY =
            Key.of("tty", ComposeShapes.truth(), "With a terminal.", "tty: true");
    static final Key<Boolean> STDIN_OPEN =
            Key.of(
                    "stdin_open",
                    ComposeShapes.truth(),
                    "Standard input stays open.",
                    "stdin_open: true");
    static final Key<Boolean> INIT =
            Key.of(
                    "init",
                    ComposeShapes.truth(),
                    "A small init passes signals on and reaps processes.",
                    "init: true");
    static final Key<String> HOSTNAME = Key.of("hostname", text(), "Its name.", "hostname: web");
    static final Key<String> DOMAINNAME =
            Key.of("domainname", text(), "Its domain.", "domainname: example.org");
    static final Key<Map<String, Located<Optional<Text>>>> ENVIRONMENT =
            Key.of(
                    "environment",
                    ComposeShapes.assignments("NAME=value"),
                    "Variables; a name alone takes its value from where the command is run, or `.env`. What comes from a variable is treated as a secret.",
                    "environment: { LEVEL: info }");
    static final Key<List<FileSetting>> ENV_FILE =
            Key.of(
                    "env_file",
                    envFiles(),
                    "Files of variables. Their values are always treated as secrets.",
                    "env_file: [ { path: web.env, required: false } ]");
    static final Key<Map<String, String>> LABELS =
            Key.of(
                    "labels",
                    ComposeShapes.texts("name=text"),
                    "Labels of the container.",
                    "labels: { traefik.enable: \"true\" }");
    static final Key<List<Located<String>>> LABEL_FILE =
            Key.of(
                    "label_file",
                    ComposeShapes.oneOrMore(ComposeShapes.place("a path")),
                    "Files of labels; `labels` wins.",
                    "label_file: ./app.labels");

    static final Key<List<Port>> PORTS =
            Key.of(
                    "ports",
                    ComposePortKeys.ports(),
                    "Published ports. A port without one of the machine gets any free one; of a range of the machine for one port each replica gets one.",
                    "ports: [\"8080:80\"]");
    static final Key<List<String>> EXPOSE =
            Key.of(
                    "expose",
                    ComposeShapes.list(ComposeShapes.text("a port")),
                    "Ports that are told, not published.",
                    "expose: [\"3000\"]");
    static final Key<Map<String, Located<Attachment>>> NETWORKS =
            Key.of(
                    "networks",
                    ComposeNetworkKeys.attachments(),
                    "The networks it is on; without any, `default`.",
                    "networks: [front, back]");
    static final Key<Located<String>> NETWORK_MODE =
            Key.of(
                    "network_mode",
                    ComposeShapes.place("a mode"),
                    "`host`, `none`, `bridge`, `service:NAME` (which it then depends on), `container:NAME`.",
                    "network_mode: host");
    static final Key<Map<String, Located<List<String>>>> EXTRA_HOSTS =
            Key.of(
                    "extra_hosts",
                    ComposeHosts.shape(),
                    "Names in its hosts file.",
                    "extra_hosts: [\"host.docker.internal:host-gateway\"]");
    static final Key<List<String>> DNS =
            Key.of(
                    "dns",
                    ComposeShapes.oneOrMore(ComposeShapes.text("an address")),
                    "Name servers.",
                    "dns: 1.1.1.1");
    static final Key<List<String>> DNS_SEARCH =
            Key.of(
                    "dns_search",
                    ComposeShapes.oneOrMore(ComposeShapes.text("a domain")),
                    "Search domains.",
                    "dns_search: [example.org]");
    static final Key<List<String>> DNS_OPT =
            Key.of(
                    "dns_opt",
                    ComposeShapes.list(ComposeShapes.text("an option")),
                    "Options of the resolver.",
                    "dns_opt: [use-vc]");
    static final Key<String> MAC_ADDRESS =
            Key.of(
                    "mac_address",
                    text(),
                    "Of the first network.",
                    "mac_address: 02:42:ac:11:65:43");
    static final Key<List<Located<String>>> LINKS =
            Key.of(
                    "links",
                    ComposeShapes.list(ComposeShapes.place("SERVICE[:ALIAS]")),
                    "Services under further names, which it then depends on.",
                    "links: [\"db:database\"]");
    static final Key<List<String>> EXTERNAL_LINKS =
            Key.of(
                    "external_links",
                    ComposeShapes.list(ComposeShapes.text("CONTAINER[:ALIAS]")),
                    "Containers of others under further names.",
                    "external_links: [\"old-db:db\"]");

    static final Key<List<MountSetting>> VOLUMES =
            Key.of(
                    "volumes",
                    ComposeVolumeKeys.mounts(),
                    "Volumes, folders and files. Relative paths are seen from the file's folder, `~` is the user's home.",
                    "volumes: [\"data:/var/lib/data\", \"./site.conf:/etc/site.conf:ro\"]");
    static final Key<List<Located<String>>> TMPFS =
            Key.of(
                    "tmpfs",
                    ComposeShapes.oneOrMore(ComposeShapes.place("a path")),
                    "Filesystems in memory.",
                    "tmpfs: /run:size=64m,mode=1777");
    static final Key<List<Grant>> CONFIGS =
            Key.of(
                    "configs",
                    ComposeGrantKeys.grants(),
                    "Configs it gets as files; without a target `/NAME`.",
                    "configs: [ { source: site, target: /etc/site.conf } ]");
    static final Key<List<Grant>> SECRETS =
            Key.of(
                    "secrets",
                    ComposeGrantKeys.grants(),
                    "Secrets it gets as files; without a target `/run/secrets/NAME`.",
                    "secrets: [password]");

    static final Key<Map<String, Located<Dependency>>> DEPENDS_ON =
            Key.of(
                    "depends_on",
                    ComposeDependencies.shape(),
                    "What must be there before its first start.",
                    "depends_on: { db: { condition: service_healthy } }");
    static final Key<RestartSetting> RESTART =
            Key.of(
                    "restart",
                    Conversions.restart(),
                    "`no` (when absent), `always`, `unless-stopped`, `on-failure[:N]`. Olympus restarts by `recovery`: a few times, then it reports.",
                    "restart: unless-stopped");
    static final Key<HealthCheck> HEALTHCHECK =
            Key.of(
                    "healthcheck",
                    ComposeHealth.shape(),
                    "Run by the engine in the container; what `service_healthy` waits for.",
                    "healthcheck: { test: [CMD, pg_isready], interval: 10s }");
    static final Key<Fields> DEPLOY =
            Key.of(
                    "deploy",
                    Shapes.fields(ComposeDeployKeys.DEPLOY),
                    "How many instances, with which limits.",
                    "deploy: { replicas: 2 }");
    static final Key<Located<Integer>> SCALE =
            Key.of(
                    "scale",
                    Shapes.located(ComposeShapes.whole(0, StackLimits.MAX_REPLICAS)),
                    "As `deploy.replicas`.",
                    "scale: 2");
    static final Key<String> STOP_SIGNAL =
            Key.of(
                    "stop_signal",
                    Conversions.signal(),
                    "What asks it to end; else SIGTERM.",
                    "stop_signal: SIGINT");
    static final Key<Duration> STOP_GRACE_PERIOD =
            Key.of(
                    "stop_grace_period",
                    ComposeShapes.duration(),
                    "After which it is killed; else 10s.",
                    "stop_grace_period: 1m");
    static final Key<Logging> LOGGING =
            Key.of(
                    "logging",
                    ComposeHealth.logging(),
                    "The engine's driver for logs and its options.",
                    "logging: { driver: json-file, options: { max-size: 10m } }");
    static final Key<List<String>> PROFILES =
            Key.of(
                    "profiles",
                    ComposeShapes.list(ComposeShapes.text("a name")),
                    "Left out unless `COMPOSE_PROFILES` names one of them.",
                    "profiles: [debug]");

    static final KeyTable SERVICE =
            new KeyTable(
                    "a service",
                    "services.*",
                    "A container, or several alike.",
                    keys(),
                    refused(),
                    ignored());

    private ComposeServiceKeys() {}

    private static Shape<String> text() {
        return ComposeShapes.text("a text");
    }

    private static List<Key<?>> keys() {
        var keys = new ArrayList<>(ofService());
        keys.addAll(ComposeEngineKeys.keys());
        return keys;
    }

    private static List<Key<?>> ofService() {
        return List.of(
                IMAGE,
                BUILD,
                PULL_POLICY,
                PLATFORM,
                CONTAINER_NAME,
                COMMAND,
                ENTRYPOINT,
                USER,
                WORKING_DIR,
                TTY,
                STDIN_OPEN,
                INIT,
                HOSTNAME,
                DOMAINNAME,
                ENVIRONMENT,
                ENV_FILE,
                LABELS,
                LABEL_FILE,
                PORTS,
                EXPOSE,
                NETWORKS,
                NETWORK_MODE,
                EXTRA_HOSTS,
                DNS,
                DNS_SEARCH,
                DNS_OPT,
                MAC_ADDRESS,
                LINKS,
                EXTERNAL_LINKS,
                VOLUMES,
                TMPFS,
                CONFIGS,
                SECRETS,
                DEPENDS_ON,
                RESTART,
                HEALTHCHECK,
                DEPLOY,
                SCALE,
                STOP_SIGNAL,
                STOP_GRACE_PERIOD,
                LOGGING,
                PROFILES,
                ComposeKeys.EXTENDS);
    }

    private static Map<String, String> refused() {
        return Map.ofEntries(
                entry("pre_start", HOOKS),
                entry("post_start", HOOKS),
                entry("pre_stop", HOOKS),
                entry("provider", "it is no container, and Olympus starts no providers"),
                entry("models", "Olympus runs no language models"),
                entry("credential_spec", "accounts of Windows are not given to containers"),
                entry("isolation", "the kind of isolation could not be kept"),
                entry(
                        "use_api_socket",
                        "the engine's socket is not handed on; if it must be, bind /var/run/docker.sock"),
                entry(
                        "volumes_from",
                        "volumes of the other's image would be missing; name the volumes under volumes"));
    }

    private static Map<String, String> ignored() {
        var words = new LinkedHashMap<String, String>();
        words.put("annotations", "engines hand them to the runtime only");
        words.put("attach", "it is about the output of docker compose up");
        words.put("develop", "it is about docker compose watch");
        words.put("cpu_count", WINDOWS);
        words.put("cpu_percent", WINDOWS);
        words.put("cpu_rt_period", "there is no real-time limit of processors");
        words.put("cpu_rt_runtime", "there is no real-time limit of processors");
        words.put("pull_refresh_after", "write pull_policy: daily or weekly");
        return words;
    }

    /** As in olympus.yaml, and numbers and truths in quotes. */
    private static Shape<List<FileSetting>> envFiles() {
        return ComposeShapes.orNothing(ProcessKeys.ENV_FILE_KEY.shape(), List.of());
    }
}
