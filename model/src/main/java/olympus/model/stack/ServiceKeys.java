package olympus.model.stack;

import static java.util.Map.entry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import olympus.model.ServiceId;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.Settings.Checked;
import olympus.model.stack.Settings.DeploySetting;
import olympus.model.stack.Settings.PortSetting;
import olympus.model.stack.Settings.ProbeSetting;
import olympus.model.stack.Settings.RestartSetting;

/** The keys of a service. What each may be, its default and its meaning. */
final class ServiceKeys {

    static final String SERVICE_NAME_WORDS =
            "1 to 63 letters, digits, - and _, beginning with a letter or digit";

    static final Pattern UNIT_NAME =
            Pattern.compile(
                    "[A-Za-z0-9:_.\\\\@-]{1,200}\\.(?:service|socket|mount|timer|target|path|slice|scope|swap|automount)");

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

    static final Key<Boolean> DEPENDENCY_RESTART =
            new Key<>(
                    "restart",
                    Shapes.truth(),
                    "false",
                    "`true`: restart with the other service when that is restarted or replaced by order; not when it is restarted by itself.",
                    "restart: true");

    static final KeyTable DEPENDENCY =
            KeyTable.of(
                    "a dependency",
                    "depends_on.<service>",
                    "The long form of a dependency.",
                    CONDITION,
                    DEPENDENCY_REQUIRED,
                    DEPENDENCY_RESTART);

    static final Key<Fields> PROCESS_KEY =
            new Key<>(
                    "process",
                    Shapes.fields(ProcessKeys.PROCESS),
                    "none; then `command` must be there",
                    "The host process that each instance is.",
                    "process: { command: [/usr/sbin/haproxy, -W, -f, gate.cfg], user: haproxy }");

    static final Key<String> UNIT =
            new Key<>(
                    "unit",
                    Shapes.text("a unit of systemd, such as postfix.service", UNIT_NAME),
                    "none",
                    "An existing unit of the machine's systemd that is watched or managed, instead of a process.",
                    "unit: postfix.service");

    static final Key<List<PortSetting>> PORTS =
            new Key<>(
                    "ports",
                    Shapes.list(
                            Shapes.either(
                                    Optional.of(Conversions.shortPort()),
                                    Optional.empty(),
                                    Optional.of(Shapes.object(PortKeys.PORT, PortKeys::port))),
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
                    Shapes.object(ProbeKeys.PROBE, ProbeKeys::probe),
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

    static final Key<DeploySetting> DEPLOY_KEY =
            new Key<>(
                    "deploy",
                    Shapes.object(DeployKeys.DEPLOY, DeployKeys::deploy),
                    "one instance, unlimited",
                    "How many instances, with which limits, and how they are replaced.",
                    "deploy: { replicas: 2 }");

    static final Key<Duration> LEASE =
            new Key<>(
                    "lease",
                    Shapes.duration(),
                    "10s",
                    "How long an instance goes on without hearing from the server that leads; then it is ended where it is. 3s to 10m.",
                    "lease: 5s");

    static final KeyTable SINGLETON_BLOCK =
            KeyTable.of("singleton", "singleton", "The long form of `singleton: true`.", LEASE);

    static final Key<Optional<Singleton>> SINGLETON =
            new Key<>(
                    "singleton",
                    Shapes.either(
                            Optional.of(
                                    Shapes.refine(
                                            Shapes.truth(),
                                            (is, place, problems) ->
                                                    Optional.of(
                                                            is
                                                                    ? Optional.of(Singleton.DEFAULT)
                                                                    : Optional.empty()))),
                            Optional.empty(),
                            Optional.of(
                                    Shapes.object(
                                            SINGLETON_BLOCK,
                                            (f, place, problems) ->
                                                    Optional.of(
                                                            Optional.of(
                                                                    f.get(LEASE)
                                                                            .map(Singleton::new)
                                                                            .orElse(
                                                                                    Singleton
                                                                                            .DEFAULT)))))),
                    "false",
                    "`true`: it never runs twice, also while its node is cut off: it runs under a lease, and a guardian on the node ends it when that has run out.",
                    "singleton: true");

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
                            UNIT,
                            ProcessKeys.COMMAND,
                            ProcessKeys.USER,
                            ProcessKeys.WORKING_DIR,
                            ProcessKeys.ENVIRONMENT,
                            ProcessKeys.ENV_FILE_KEY,
                            PORTS,
                            DEPENDS_ON,
                            PROBE_KEY,
                            RecoveryKeys.RECOVERY_KEY,
                            RESTART,
                            DEPLOY_KEY,
                            SINGLETON,
                            STOP_SIGNAL,
                            STOP_GRACE_PERIOD,
                            SERVICE_SECRETS,
                            LABELS,
                            OWNER,
                            RUNBOOK,
                            DESCRIPTION)
                    .refusing(
                            Map.ofEntries(
                                    entry("image", KeyTable.CONTAINERS),
                                    entry("build", KeyTable.CONTAINERS),
                                    entry("volumes", KeyTable.CONTAINERS),
                                    entry("networks", KeyTable.CONTAINERS),
                                    entry("network_mode", KeyTable.CONTAINERS),
                                    entry("container_name", KeyTable.CONTAINERS),
                                    entry("entrypoint", KeyTable.CONTAINERS),
                                    entry("cap_drop", KeyTable.CONTAINERS),
                                    entry("cap_add", KeyTable.CONTAINERS),
                                    entry("read_only", KeyTable.CONTAINERS),
                                    entry("privileged", KeyTable.CONTAINERS),
                                    entry(
                                            "healthcheck",
                                            "in Olympus it is probe; a container's own stands in compose.yaml"),
                                    entry("extends", "it belongs into compose.yaml"),
                                    entry("profiles", "it belongs into compose.yaml"),
                                    entry("scale", "write deploy: { replicas: N }"),
                                    entry(
                                            "mem_limit",
                                            "write deploy: { resources: { limits: { memory: 512M } } }"),
                                    entry(
                                            "cpus",
                                            "write deploy: { resources: { limits: { cpus: 0.5 } } }")));

    private ServiceKeys() {}

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
                                                f.get(DEPENDENCY_REQUIRED).orElse(true),
                                                f.get(DEPENDENCY_RESTART))));
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
    static Shape<Checked<Fields>> checked(Shape<Fields> shape) {
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
