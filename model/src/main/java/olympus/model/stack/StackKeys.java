package olympus.model.stack;

import static java.util.Map.entry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.BackoffSetting;
import olympus.model.stack.Settings.Checked;
import olympus.model.stack.Settings.EnvironmentSetting;
import olympus.model.stack.Settings.EnvironmentText;
import olympus.model.stack.Settings.FileSetting;
import olympus.model.stack.Settings.PortSetting;
import olympus.model.stack.Settings.ProbeSetting;
import olympus.model.stack.Settings.ProbeTimings;
import olympus.model.stack.Settings.RecoverySetting;
import olympus.model.stack.Settings.RestartSetting;
import olympus.model.stack.Settings.SecretSource;

/**
 * Every key of {@code olympus.yaml} and {@code realm.yaml}: what it may be, its default and its
 * meaning.
 */
final class StackKeys {

    static final int MAX_REPLICAS = 1_000;
    static final int MAX_ATTEMPTS = 1_000_000;

    private static final String NOT_YET = "this version of Olympus does not know it yet";
    private static final String PROCESSES_ONLY =
            "this version of Olympus runs host processes only, not containers";

    private static final String SERVICE_NAME_WORDS =
            "1 to 63 letters, digits, - and _, beginning with a letter or digit";

    private StackKeys() {}

    // --- values that stand in several tables

    static final Key<Duration> INTERVAL =
            new Key<>(
                    "interval",
                    Shapes.duration(),
                    "10s",
                    "From the end of one probe to the start of the next.",
                    "interval: 5s");
    static final Key<Duration> TIMEOUT =
            new Key<>(
                    "timeout",
                    Shapes.duration(),
                    "5s",
                    "After which a probe counts as failed.",
                    "timeout: 2s");
    static final Key<Integer> RETRIES =
            new Key<>(
                    "retries",
                    Shapes.whole(1, 1_000),
                    "3",
                    "Consecutive failures that make an instance unhealthy; it is then restarted.",
                    "retries: 3");
    static final Key<Duration> START_PERIOD =
            new Key<>(
                    "start_period",
                    Shapes.duration(),
                    "0s",
                    "After a start, failures within this time do not count; a success ends it.",
                    "start_period: 30s");

    // --- probe

    static final Key<Located<Probe.Target>> HTTP =
            new Key<>(
                    "http",
                    Shapes.located(Conversions.http()),
                    "none",
                    "GET this address; passes on status 200 to 399. `:8080/health` means `http://127.0.0.1:8080/health`.",
                    "http: \":8080/health\"");
    static final Key<Located<Probe.Target>> TCP =
            new Key<>(
                    "tcp",
                    Shapes.located(Conversions.tcp()),
                    "none",
                    "Passes when a connection opens. `:5432` means `127.0.0.1:5432`.",
                    "tcp: \":5432\"");
    static final Key<Located<Probe.Target>> PROBE_COMMAND =
            new Key<>(
                    "command",
                    Shapes.located(
                            Shapes.refine(
                                    Conversions.command(),
                                    (words, place, problems) ->
                                            Optional.<Probe.Target>of(
                                                    new Probe.Target.Command(words)))),
                    "none",
                    "Passes when it ends with 0. Runs with the instance's user, directory and environment. A text is run by `/bin/sh -c`.",
                    "command: [pg_isready, -q]");
    static final KeyTable PROBE =
            KeyTable.of(
                            "a probe",
                            "probe",
                            "How Olympus finds out whether a running instance does its work. Exactly one of `http`, `tcp` and `command`.",
                            HTTP,
                            TCP,
                            PROBE_COMMAND,
                            INTERVAL,
                            TIMEOUT,
                            RETRIES,
                            START_PERIOD)
                    .refusing(
                            Map.of(
                                    "test",
                                    "in Olympus it is http, tcp or command",
                                    "disable",
                                    "leave the probe out"));
    static final KeyTable PROBE_DEFAULTS =
            KeyTable.of(
                    "the probe defaults",
                    "defaults.probe",
                    "Timings for probes that do not give their own.",
                    INTERVAL,
                    TIMEOUT,
                    RETRIES,
                    START_PERIOD);

    // --- recovery

    static final Key<Duration> BACKOFF_INITIAL =
            new Key<>(
                    "initial",
                    Shapes.duration(),
                    "50ms",
                    "Longest delay before the first restart; it doubles with each further one.",
                    "initial: 200ms");
    static final Key<Duration> BACKOFF_MAX =
            new Key<>(
                    "max",
                    Shapes.duration(),
                    "30s",
                    "The delay grows no further than this. Each delay is drawn between half and all of it.",
                    "max: 30s");
    static final KeyTable BACKOFF =
            KeyTable.of(
                    "a backoff",
                    "recovery.backoff",
                    "How long to wait before the next restart.",
                    BACKOFF_INITIAL,
                    BACKOFF_MAX);
    static final Key<Integer> ATTEMPTS =
            new Key<>(
                    "attempts",
                    Shapes.whole(0, MAX_ATTEMPTS),
                    "5",
                    "Restarts within `within` before the instance is given up.",
                    "attempts: 3");
    static final Key<Duration> WITHIN =
            new Key<>(
                    "within",
                    Shapes.duration(),
                    "2m",
                    "The window of `attempts`. The count begins anew after an instance was well for this long.",
                    "within: 2m");
    static final Key<BackoffSetting> BACKOFF_KEY =
            new Key<>(
                    "backoff",
                    Shapes.object(
                            BACKOFF,
                            (f, place, problems) ->
                                    Optional.of(
                                            new BackoffSetting(
                                                    f.get(BACKOFF_INITIAL), f.get(BACKOFF_MAX)))),
                    "50ms to 30s",
                    "How long to wait before the next restart.",
                    "backoff: { initial: 200ms, max: 30s }");
    static final Key<RecoveryPolicy.Then> THEN =
            new Key<>(
                    "then",
                    Shapes.word(RecoveryPolicy.Then.class),
                    "report",
                    "What follows giving up: `report` it, or `move` the instance to another node (with one node, the move is reported as impossible).",
                    "then: move");
    static final KeyTable RECOVERY =
            KeyTable.of(
                    "a recovery",
                    "recovery",
                    "What happens when an instance ends by itself or becomes unhealthy.",
                    ATTEMPTS,
                    WITHIN,
                    BACKOFF_KEY,
                    THEN);
    static final Key<RecoverySetting> RECOVERY_KEY =
            new Key<>(
                    "recovery",
                    Shapes.object(RECOVERY, StackKeys::recovery),
                    "5 attempts within 2m, then report",
                    "What happens when an instance ends by itself or becomes unhealthy.",
                    "recovery: { attempts: 3, within: 2m, then: move }");

    // --- deploy

    static final Key<Double> CPUS =
            new Key<>(
                    "cpus",
                    Shapes.positive("a number of processors such as 0.5"),
                    "unlimited",
                    "Processors that an instance may use.",
                    "cpus: 0.5");
    static final Key<Long> MEMORY =
            new Key<>(
                    "memory",
                    Shapes.size(),
                    "unlimited",
                    "Memory that an instance may use, in units of 1024.",
                    "memory: 512M");
    static final Key<Integer> PIDS =
            new Key<>(
                    "pids",
                    Shapes.whole(1, 4_000_000),
                    "unlimited",
                    "Processes and threads that an instance may have.",
                    "pids: 100");
    static final KeyTable LIMITS =
            KeyTable.of(
                    "resource limits",
                    "deploy.resources.limits",
                    "Limits for each instance.",
                    CPUS,
                    MEMORY,
                    PIDS);
    static final Key<DeployPolicy.Resources> LIMITS_KEY =
            new Key<>(
                    "limits",
                    Shapes.object(
                            LIMITS,
                            (f, place, problems) ->
                                    Optional.of(
                                            new DeployPolicy.Resources(
                                                    f.get(CPUS), f.get(MEMORY), f.get(PIDS)))),
                    "unlimited",
                    "Limits for each instance.",
                    "limits: { memory: 512M }");
    static final KeyTable RESOURCES =
            KeyTable.of("resources", "deploy.resources", "What instances may use.", LIMITS_KEY)
                    .ignoring(
                            Map.of(
                                    "reservations",
                                    "instances are not placed by what they reserve yet"));
    static final Key<Integer> PARALLELISM =
            new Key<>(
                    "parallelism",
                    Shapes.whole(0, MAX_REPLICAS),
                    "1",
                    "Instances replaced at a time; 0 for all at once.",
                    "parallelism: 1");
    static final Key<Duration> DELAY =
            new Key<>(
                    "delay",
                    Shapes.duration(),
                    "0s",
                    "Between one batch and the next.",
                    "delay: 10s");
    static final Key<Duration> MONITOR =
            new Key<>(
                    "monitor",
                    Shapes.duration(),
                    "5s",
                    "How long a replaced instance must stay well before it counts as good.",
                    "monitor: 30s");
    static final Key<DeployPolicy.FailureAction> FAILURE_ACTION =
            new Key<>(
                    "failure_action",
                    Shapes.word(DeployPolicy.FailureAction.class),
                    "pause",
                    "What a failed update does: `pause` (keep the state and ask), `continue`, or `rollback` to the revision before.",
                    "failure_action: rollback");
    static final Key<DeployPolicy.Order> ORDER =
            new Key<>(
                    "order",
                    Shapes.word(DeployPolicy.Order.class),
                    "stop-first",
                    "Whether the old instance stops before the new one starts, or after the new one is well.",
                    "order: start-first");
    static final KeyTable UPDATE =
            KeyTable.of(
                            "an update_config",
                            "deploy.update_config",
                            "How instances are replaced when the declaration changes.",
                            PARALLELISM,
                            DELAY,
                            MONITOR,
                            FAILURE_ACTION,
                            ORDER)
                    .ignoring(Map.of("max_failure_ratio", "one failed instance fails the update"));
    static final Key<DeployPolicy.Mode> DEPLOY_MODE =
            new Key<>(
                    "mode",
                    Shapes.word(DeployPolicy.Mode.class),
                    "replicated",
                    "`replicated`: as many instances as `replicas` says; `global`: one on every node.",
                    "mode: global");
    static final Key<Integer> REPLICAS =
            new Key<>(
                    "replicas",
                    Shapes.whole(0, MAX_REPLICAS),
                    "1",
                    "How many instances.",
                    "replicas: 2");
    static final Key<DeployPolicy.Resources> RESOURCES_KEY =
            new Key<>(
                    "resources",
                    Shapes.object(
                            RESOURCES,
                            (f, place, problems) ->
                                    Optional.of(
                                            f.get(LIMITS_KEY)
                                                    .orElse(DeployPolicy.Resources.UNLIMITED))),
                    "unlimited",
                    "What each instance may use.",
                    "resources: { limits: { cpus: 0.5, memory: 512M, pids: 100 } }");
    static final Key<DeployPolicy.UpdatePolicy> UPDATE_KEY =
            new Key<>(
                    "update_config",
                    Shapes.object(UPDATE, StackKeys::update),
                    "one at a time, watched for 5s, pause on failure",
                    "How instances are replaced when the declaration changes.",
                    "update_config: { parallelism: 1, monitor: 10s, failure_action: rollback }");
    static final KeyTable DEPLOY =
            KeyTable.of(
                            "deploy",
                            "deploy",
                            "How many instances, with which limits, and how they are replaced.",
                            DEPLOY_MODE,
                            REPLICAS,
                            RESOURCES_KEY,
                            UPDATE_KEY)
                    .refusing(Map.of("placement", NOT_YET))
                    .ignoring(
                            Map.of(
                                    "labels",
                                    "they are Compose's labels of a Swarm service; use labels",
                                    "endpoint_mode",
                                    "a host process has no virtual address",
                                    "rollback_config",
                                    "a rollback goes like an update",
                                    "restart_policy",
                                    "use restart and recovery"));

    // --- ports, dependencies, environment, secrets

    static final Key<String> PORT_PUBLISHED =
            new Key<>(
                    "published",
                    Shapes.text(
                            "a port or a range of ports such as 8081-8083", Conversions.PUBLISHED),
                    "",
                    "The port on the host, or a range of which each replica gets one.",
                    "published: 8081-8083");
    static final Key<String> PORT_TARGET =
            new Key<>(
                    "target",
                    Shapes.text("the same as published", Conversions.PUBLISHED),
                    "as published",
                    "Compose's port of the container. A host process has none: it must equal `published`.",
                    "target: 8080");
    static final Key<String> PORT_NAME =
            new Key<>(
                    "name",
                    Shapes.text("a name of a-z, 0-9, - and _", Conversions.PORT_NAME),
                    "its position: 1, 2, …",
                    "Names the port: its number is given to the instance as `OLYMPUS_PORT_<NAME>`.",
                    "name: http");
    static final Key<String> PORT_HOST =
            new Key<>(
                    "host_ip",
                    Shapes.text(
                            "an address such as 127.0.0.1", Pattern.compile("[0-9a-fA-F:.]{2,45}")),
                    "0.0.0.0",
                    "The address that the process binds. Only told, to find ports used twice; the process binds it itself.",
                    "host_ip: 127.0.0.1");
    static final Key<PortSpec.Protocol> PORT_PROTOCOL =
            new Key<>(
                    "protocol",
                    Shapes.word(PortSpec.Protocol.class),
                    "tcp",
                    "`tcp` or `udp`.",
                    "protocol: udp");
    static final KeyTable PORT =
            KeyTable.of(
                            "a port",
                            "ports[]",
                            "The long form of a published port. Replica n gets the nth port of a range.",
                            PORT_PUBLISHED,
                            PORT_TARGET,
                            PORT_NAME,
                            PORT_HOST,
                            PORT_PROTOCOL)
                    .ignoring(
                            Map.of(
                                    "mode",
                                    "every port is a port of the host",
                                    "app_protocol",
                                    "nothing here uses it"));

    static final Key<Dependency.Condition> CONDITION =
            new Key<>(
                    "condition",
                    Shapes.word(Dependency.Condition.class),
                    "service_started",
                    "What must be true of the other service before this one starts for the first time.",
                    "condition: service_healthy");
    static final Key<Boolean> DEPENDENCY_REQUIRED =
            new Key<>(
                    "required",
                    Shapes.truth(),
                    "true",
                    "`false`: go on without the other service when it does not exist or has been given up.",
                    "required: false");
    static final KeyTable DEPENDENCY =
            KeyTable.of(
                            "a dependency",
                            "depends_on.<service>",
                            "The long form of a dependency.",
                            CONDITION,
                            DEPENDENCY_REQUIRED)
                    .ignoring(
                            Map.of(
                                    "restart",
                                    "dependants are not restarted with what they depend on"));

    static final Key<Located<String>> SECRET_NAME =
            new Key<>(
                    "secret",
                    Shapes.located(Shapes.text("the name of a secret", Conversions.SECRET_NAME)),
                    "",
                    "The secret, declared under `secrets:`, whose clear text becomes the value.",
                    "secret: db-password");
    static final KeyTable ENVIRONMENT_SECRET =
            KeyTable.of(
                    "an environment value",
                    "environment.<NAME>",
                    "A value that is secret: only its reference is stored; the clear text goes to the instance and nowhere else.",
                    SECRET_NAME);

    static final Key<String> ENV_FILE_PATH =
            new Key<>(
                    "path",
                    Shapes.text("a path"),
                    "",
                    "The file, seen from the file that names it.",
                    "path: ./web.env");
    static final Key<Boolean> ENV_FILE_REQUIRED =
            new Key<>(
                    "required",
                    Shapes.truth(),
                    "true",
                    "`false`: a missing file is no error.",
                    "required: false");
    static final KeyTable ENV_FILE =
            KeyTable.of(
                            "an env_file",
                            "env_file[]",
                            "The long form of an environment file.",
                            ENV_FILE_PATH,
                            ENV_FILE_REQUIRED)
                    .refusing(Map.of("format", NOT_YET));

    static final Key<Located<String>> SECRET_FILE =
            new Key<>(
                    "file",
                    Shapes.located(Shapes.text("a path")),
                    "none",
                    "A file that holds the clear text; one line end at its end is not part of it.",
                    "file: ./db-password.txt");
    static final Key<Located<String>> SECRET_ENVIRONMENT =
            new Key<>(
                    "environment",
                    Shapes.located(
                            Shapes.text("the name of a variable", Conversions.VARIABLE_NAME)),
                    "none",
                    "A variable, of the command's environment or `.env`, that holds the clear text.",
                    "environment: DB_PASSWORD");
    static final KeyTable SECRET =
            KeyTable.of(
                            "a secret",
                            "secrets.<name>",
                            "Where the clear text of a secret is read when the stack is applied. Exactly one of `file` and `environment`.",
                            SECRET_FILE,
                            SECRET_ENVIRONMENT)
                    .refusing(
                            Map.of(
                                    "external",
                                    NOT_YET,
                                    "content",
                                    "a clear text does not belong into this file"));

    // --- process

    static final Key<List<String>> COMMAND =
            new Key<>(
                    "command",
                    Conversions.command(),
                    "none; a process needs one",
                    "The program and its arguments. A single text is run by `/bin/sh -c`.",
                    "command: [/usr/sbin/haproxy, -W, -f, gate.cfg]");
    static final Key<String> USER =
            new Key<>(
                    "user",
                    Conversions.user(),
                    "the agent's own",
                    "User, optionally with `:group`, by name or number.",
                    "user: www-data");
    static final Key<String> WORKING_DIR =
            new Key<>(
                    "working_dir",
                    Shapes.text("a path"),
                    "the stack's folder",
                    "Working directory; a relative path is seen from the file that names it.",
                    "working_dir: ./public");
    static final Key<List<EnvironmentSetting>> ENVIRONMENT =
            new Key<>(
                    "environment",
                    Conversions.environment(
                            Shapes.object(
                                    ENVIRONMENT_SECRET,
                                    (f, place, problems) ->
                                            f.get(SECRET_NAME)
                                                    .map(s ->
                                                            (EnvironmentText)
                                                                    new EnvironmentText.FromSecret(
                                                                            s.value(),
                                                                            s.place())))),
                    "none",
                    "Environment variables: a mapping, or a list of `NAME=value`. A name without a value takes it from where the command is run. `{ secret: NAME }` takes it from a secret.",
                    "environment: { LEVEL: info, DB_PASSWORD: { secret: db-password } }");
    static final Key<List<FileSetting>> ENV_FILE_KEY =
            new Key<>(
                    "env_file",
                    envFiles(),
                    "none",
                    "Files with `NAME=value` lines, later ones win; `environment` wins over all. Their values are always treated as secrets.",
                    "env_file: [common.env, web.env]");
    static final KeyTable PROCESS =
            KeyTable.of(
                    "a process",
                    "process",
                    "A host process. Its keys may stand at the service itself too, as Compose writes them; not in both places.",
                    COMMAND,
                    USER,
                    WORKING_DIR,
                    ENVIRONMENT,
                    ENV_FILE_KEY);

    // --- service

    static final Key<Fields> PROCESS_KEY =
            new Key<>(
                    "process",
                    Shapes.object(PROCESS, StackKeys::fields),
                    "none; then `command` must be there",
                    "The host process that each instance is.",
                    "process: { command: [/usr/sbin/haproxy, -W, -f, gate.cfg], user: haproxy }");
    static final Key<List<PortSetting>> PORTS =
            new Key<>(
                    "ports",
                    Shapes.list(
                            Shapes.either(
                                    Optional.of(Conversions.shortPort()),
                                    Optional.empty(),
                                    Optional.of(Shapes.object(PORT, StackKeys::port))),
                            0),
                    "none",
                    "Ports of the host that the service listens on. A range is divided among the replicas, one each; the instance finds its own in `OLYMPUS_PORT`.",
                    "ports: [\"8081-8082\"]");
    static final Key<Map<String, Located<Dependency>>> DEPENDS_ON =
            new Key<>(
                    "depends_on",
                    dependencies(),
                    "none",
                    "Services of this stack that must be there before the first start, and stop after this one.",
                    "depends_on: { db: { condition: service_healthy } }");
    static final Key<ProbeSetting> PROBE_KEY =
            new Key<>(
                    "probe",
                    Shapes.object(PROBE, StackKeys::probe),
                    "none: a running instance counts as well",
                    "How Olympus finds out whether a running instance does its work.",
                    "probe: { http: \":8080/health\", interval: 5s }");
    static final Key<RestartSetting> RESTART =
            new Key<>(
                    "restart",
                    Conversions.restart(),
                    "always",
                    "Whether an instance that ended is started again: `always` (as `unless-stopped`), `on-failure`, `on-failure:N` (N becomes `recovery.attempts`), `no`.",
                    "restart: on-failure");
    static final Key<DeployPolicy> DEPLOY_KEY =
            new Key<>(
                    "deploy",
                    Shapes.object(DEPLOY, StackKeys::deploy),
                    "one instance, unlimited",
                    "How many instances, with which limits, and how they are replaced.",
                    "deploy: { replicas: 2 }");
    static final Key<String> STOP_SIGNAL =
            new Key<>(
                    "stop_signal",
                    Conversions.signal(),
                    "SIGTERM",
                    "The signal that asks an instance to end.",
                    "stop_signal: SIGINT");
    static final Key<Duration> STOP_GRACE_PERIOD =
            new Key<>(
                    "stop_grace_period",
                    Shapes.duration(),
                    "10s",
                    "After which what is left of an instance is killed.",
                    "stop_grace_period: 30s");
    static final Key<List<Located<String>>> SERVICE_SECRETS =
            new Key<>(
                    "secrets",
                    Shapes.list(
                            Shapes.located(
                                    Shapes.text("the name of a secret", Conversions.SECRET_NAME)),
                            0),
                    "none",
                    "Secrets that the instance gets as environment variables: `db-password` as `DB_PASSWORD`. Short for `environment: { DB_PASSWORD: { secret: db-password } }`.",
                    "secrets: [db-password]");
    static final Key<Map<String, String>> LABELS =
            new Key<>(
                    "labels",
                    Conversions.labels(),
                    "none",
                    "Labels: a mapping, or a list of `name=text`. No effect on how the service runs.",
                    "labels: { tier: front }");
    static final Key<String> OWNER =
            new Key<>("owner", Shapes.text("a name"), "none", "Who is responsible.", "owner: ana");
    static final Key<String> RUNBOOK =
            new Key<>(
                    "runbook",
                    Shapes.text("a path or an address"),
                    "none",
                    "What to read when it is in trouble.",
                    "runbook: notes/db.md");
    static final Key<String> DESCRIPTION =
            new Key<>(
                    "description",
                    Shapes.text("a text"),
                    "none",
                    "What the service is.",
                    "description: the shop's pages");
    static final KeyTable SERVICE =
            KeyTable.of(
                            "a service",
                            "services.<service>",
                            "A long-running program. The name is 1 to 63 letters, digits, - and _; its id is `stack/service`.",
                            PROCESS_KEY,
                            COMMAND,
                            USER,
                            WORKING_DIR,
                            ENVIRONMENT,
                            ENV_FILE_KEY,
                            PORTS,
                            DEPENDS_ON,
                            PROBE_KEY,
                            RECOVERY_KEY,
                            RESTART,
                            DEPLOY_KEY,
                            STOP_SIGNAL,
                            STOP_GRACE_PERIOD,
                            SERVICE_SECRETS,
                            LABELS,
                            OWNER,
                            RUNBOOK,
                            DESCRIPTION)
                    .refusing(
                            Map.ofEntries(
                                    entry("image", PROCESSES_ONLY),
                                    entry("build", PROCESSES_ONLY),
                                    entry("volumes", PROCESSES_ONLY),
                                    entry("networks", PROCESSES_ONLY),
                                    entry("network_mode", PROCESSES_ONLY),
                                    entry("container_name", PROCESSES_ONLY),
                                    entry("entrypoint", PROCESSES_ONLY),
                                    entry("cap_drop", PROCESSES_ONLY),
                                    entry("cap_add", PROCESSES_ONLY),
                                    entry("read_only", PROCESSES_ONLY),
                                    entry("privileged", PROCESSES_ONLY),
                                    entry("unit", NOT_YET),
                                    entry("healthcheck", "in Olympus it is probe"),
                                    entry("extends", NOT_YET),
                                    entry("profiles", NOT_YET),
                                    entry("scale", "write deploy: { replicas: N }"),
                                    entry(
                                            "mem_limit",
                                            "write deploy: { resources: { limits: { memory: 512M } } }"),
                                    entry(
                                            "cpus",
                                            "write deploy: { resources: { limits: { cpus: 0.5 } } }")));

    // --- the files

    static final Key<String> NAME =
            new Key<>(
                    "name",
                    Shapes.text(
                            "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit",
                            StackName.PATTERN),
                    "the folder's name",
                    "The stack's name.",
                    "name: shop");
    static final Key<StackDefinition.Mode> MODE =
            new Key<>(
                    "mode",
                    Shapes.word(StackDefinition.Mode.class),
                    "manage",
                    "What Olympus may do with the stack: `observe` it, `ask` before it acts, or `manage` it.",
                    "mode: manage");
    static final Key<List<Located<String>>> INCLUDE =
            new Key<>(
                    "include",
                    Shapes.list(include(), 0),
                    "none",
                    "Further files of the same kind, whose services and secrets belong to this stack. Paths in them are seen from them.",
                    "include: [db/olympus.yaml]");
    static final Key<Map<String, Located<SecretSource>>> SECRETS =
            new Key<>(
                    "secrets",
                    Shapes.named(
                            "secret names",
                            "1 to 63 letters, digits and ._-, beginning with a letter or digit",
                            Conversions.SECRET_NAME,
                            Shapes.object(SECRET, StackKeys::secret)),
                    "none",
                    "Secrets, by name.",
                    "secrets: { db-password: { file: ./db-password.txt } }");
    static final Key<Map<String, Located<Checked<Fields>>>> SERVICES =
            new Key<>(
                    "services",
                    Shapes.named(
                            "service names",
                            SERVICE_NAME_WORDS,
                            ServiceId.SERVICE_PATTERN,
                            checked(Shapes.object(SERVICE, StackKeys::fields))),
                    "none",
                    "Services, by name.",
                    "services: { web: { command: [/usr/bin/web] } }");
    static final KeyTable STACK =
            KeyTable.of(
                            "a stack",
                            "olympus.yaml",
                            "The file in a stack's folder.",
                            NAME,
                            MODE,
                            INCLUDE,
                            SECRETS,
                            SERVICES)
                    .refusing(later());
    static final KeyTable INCLUDED =
            KeyTable.of(
                            "an included file",
                            "included files",
                            "A file named under `include`.",
                            INCLUDE,
                            SECRETS,
                            SERVICES)
                    .refusing(included());

    // --- realm.yaml

    static final Key<ProbeTimings> DEFAULT_PROBE =
            new Key<>(
                    "probe",
                    Shapes.object(PROBE_DEFAULTS, (f, place, problems) -> Optional.of(timings(f))),
                    "10s, 5s, 3, 0s",
                    "Timings for probes that do not give their own.",
                    "probe: { interval: 5s }");
    static final KeyTable DEFAULTS =
            KeyTable.of(
                    "the defaults",
                    "defaults",
                    "What holds for every service of every stack of the realm that does not say otherwise.",
                    RECOVERY_KEY,
                    DEFAULT_PROBE,
                    STOP_GRACE_PERIOD,
                    OWNER);
    static final Key<Map<String, String>> NODE_LABELS =
            new Key<>(
                    "labels",
                    Conversions.labels(),
                    "none",
                    "Labels of the node. Reserved: nothing uses them in this version.",
                    "labels: { site: home }");
    static final KeyTable NODE =
            KeyTable.of(
                    "a node",
                    "nodes.<node>",
                    "A machine, by the name under which its agent reports.",
                    NODE_LABELS);
    static final Key<String> REALM_NAME =
            new Key<>(
                    "name",
                    Shapes.text(
                            "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit",
                            StackName.PATTERN),
                    "the folder's name",
                    "The realm's name.",
                    "name: home");
    static final Key<Fields> DEFAULTS_KEY =
            new Key<>(
                    "defaults",
                    Shapes.object(DEFAULTS, StackKeys::fields),
                    "none",
                    "What holds for every service that does not say otherwise.",
                    "defaults: { recovery: { attempts: 10 } }");
    static final Key<Map<String, Located<Map<String, String>>>> NODES =
            new Key<>(
                    "nodes",
                    Shapes.named(
                            "node names",
                            "letters, digits, . and -, beginning with a letter or digit",
                            Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}"),
                            Shapes.object(
                                    NODE,
                                    (f, place, problems) ->
                                            Optional.of(f.get(NODE_LABELS).orElse(Map.of())))),
                    "none",
                    "Labels of nodes, by node.",
                    "nodes: { mars: { labels: { site: home } } }");
    static final KeyTable REALM =
            KeyTable.of(
                            "a realm",
                            "realm.yaml",
                            "The file in a realm's folder, beside the folders of its stacks.",
                            REALM_NAME,
                            DEFAULTS_KEY,
                            NODES)
                    .refusing(Map.of("contacts", NOT_YET));

    private static Map<String, String> later() {
        var words = new LinkedHashMap<String, String>();
        List.of("checks", "contacts", "schedules", "pipelines", "signals", "rules")
                .forEach(word -> words.put(word, NOT_YET));
        List.of("volumes", "networks", "configs", "version")
                .forEach(word -> words.put(word, PROCESSES_ONLY));
        return words;
    }

    private static Map<String, String> included() {
        var words = new LinkedHashMap<>(later());
        List.of("name", "mode")
                .forEach(word -> words.put(word, "it belongs into the stack's own olympus.yaml"));
        return words;
    }

    private static Optional<Fields> fields(Fields fields, Place place, ProblemLog problems) {
        return Optional.of(fields);
    }

    private static ProbeTimings timings(Fields fields) {
        return new ProbeTimings(
                fields.get(INTERVAL),
                fields.get(TIMEOUT),
                fields.get(RETRIES),
                fields.get(START_PERIOD));
    }

    private static Optional<ProbeSetting> probe(Fields fields, Place place, ProblemLog problems) {
        var written = List.of(HTTP, TCP, PROBE_COMMAND).stream().filter(fields::has).toList();
        if (written.size() != 1) {
            problems.error(
                    place,
                    written.isEmpty() ? "the probe asks nothing" : "the probe asks several things",
                    "exactly one of http, tcp, command");
            return Optional.empty();
        }
        return fields.get(written.getFirst())
                .map(target -> new ProbeSetting(List.of(target), timings(fields)));
    }

    private static Optional<RecoverySetting> recovery(
            Fields fields, Place place, ProblemLog problems) {
        var backoff = fields.get(BACKOFF_KEY).orElse(RecoverySetting.NONE.backoff());
        return Optional.of(
                new RecoverySetting(
                        fields.get(ATTEMPTS), fields.get(WITHIN), backoff, fields.get(THEN)));
    }

    private static Optional<DeployPolicy.UpdatePolicy> update(
            Fields fields, Place place, ProblemLog problems) {
        var standard = DeployPolicy.UpdatePolicy.DEFAULT;
        return Optional.of(
                new DeployPolicy.UpdatePolicy(
                        fields.get(PARALLELISM).orElse(standard.parallelism()),
                        fields.get(DELAY).orElse(standard.delay()),
                        fields.get(MONITOR).orElse(standard.monitor()),
                        fields.get(FAILURE_ACTION).orElse(standard.failureAction()),
                        fields.get(ORDER).orElse(standard.order())));
    }

    private static Optional<DeployPolicy> deploy(Fields fields, Place place, ProblemLog problems) {
        return Optional.of(
                new DeployPolicy(
                        fields.get(DEPLOY_MODE).orElse(DeployPolicy.Mode.REPLICATED),
                        fields.get(REPLICAS).orElse(1),
                        fields.get(RESOURCES_KEY).orElse(DeployPolicy.Resources.UNLIMITED),
                        fields.get(UPDATE_KEY).orElse(DeployPolicy.UpdatePolicy.DEFAULT)));
    }

    private static Optional<PortSetting> port(Fields fields, Place place, ProblemLog problems) {
        var published = fields.get(PORT_PUBLISHED);
        var target = fields.get(PORT_TARGET);
        if (published.isPresent() && target.isPresent() && !target.equals(published)) {
            problems.error(
                    fields.placeOf(PORT_TARGET),
                    "the port is mapped to another, which a host process cannot do",
                    "the same as published: " + published.get());
        }
        var protocol =
                fields.get(PORT_PROTOCOL).orElse(PortSpec.Protocol.TCP) == PortSpec.Protocol.UDP
                        ? "udp"
                        : "tcp";
        return published.flatMap(range ->
                Conversions.port(
                        place,
                        fields.get(PORT_NAME),
                        fields.get(PORT_HOST),
                        range,
                        protocol,
                        problems));
    }

    private static Optional<SecretSource> secret(Fields fields, Place place, ProblemLog problems) {
        if (fields.has(SECRET_FILE) == fields.has(SECRET_ENVIRONMENT)) {
            problems.error(
                    place,
                    "the secret has " + (fields.has(SECRET_FILE) ? "two sources" : "no source"),
                    "exactly one of file, environment");
        }
        return Optional.of(
                new SecretSource(fields.get(SECRET_FILE), fields.get(SECRET_ENVIRONMENT)));
    }

    private static Shape<List<FileSetting>> envFiles() {
        Shape<FileSetting> single =
                Shapes.refine(
                        Shapes.text("a path"),
                        (path, place, problems) -> Optional.of(new FileSetting(place, path, true)));
        var mapping =
                Shapes.object(
                        ENV_FILE,
                        (f, place, problems) ->
                                f.get(ENV_FILE_PATH)
                                        .map(path ->
                                                new FileSetting(
                                                        place,
                                                        path,
                                                        f.get(ENV_FILE_REQUIRED).orElse(true))));
        Shape<List<FileSetting>> alone =
                Shapes.refine(single, (file, place, problems) -> Optional.of(List.of(file)));
        return Shapes.either(
                Optional.of(alone),
                Optional.of(
                        Shapes.list(
                                Shapes.either(
                                        Optional.of(single),
                                        Optional.empty(),
                                        Optional.of(mapping)),
                                0)),
                Optional.empty());
    }

    private static Shape<Located<String>> include() {
        return Shapes.located(Shapes.text("a path"));
    }

    private static Shape<Map<String, Located<Dependency>>> dependencies() {
        var started = new Dependency(Dependency.Condition.STARTED, true);
        var name = Shapes.located(Shapes.text("service names", ServiceId.SERVICE_PATTERN));
        var names =
                Shapes.refine(
                        Shapes.list(name, 0),
                        (list, place, problems) -> {
                            Map<String, Located<Dependency>> dependencies = new LinkedHashMap<>();
                            list.forEach(service ->
                                    dependencies.put(
                                            service.value(),
                                            new Located<>(service.place(), started)));
                            return Optional.of(dependencies);
                        });
        var one =
                Shapes.object(
                        DEPENDENCY,
                        (f, place, problems) ->
                                Optional.of(
                                        new Dependency(
                                                f.get(CONDITION)
                                                        .orElse(Dependency.Condition.STARTED),
                                                f.get(DEPENDENCY_REQUIRED).orElse(true))));
        return Shapes.either(
                Optional.empty(),
                Optional.of(names),
                Optional.of(
                        Shapes.named(
                                "service names",
                                SERVICE_NAME_WORDS,
                                ServiceId.SERVICE_PATTERN,
                                one)));
    }

    /** Keeps what could be read, and whether all of it could. */
    private static Shape<Checked<Fields>> checked(Shape<Fields> shape) {
        return new Shape<>() {
            @Override
            public Optional<Checked<Fields>> read(YamlValue value, ProblemLog problems) {
                var before = problems.errorCount();
                var fields = shape.read(value, problems);
                return Optional.of(new Checked<>(fields, problems.errorCount() == before));
            }

            @Override
            public Map<String, Object> schema() {
                return shape.schema();
            }

            @Override
            public String words() {
                return shape.words();
            }
        };
    }
}
