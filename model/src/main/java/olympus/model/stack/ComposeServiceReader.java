package olympus.model.stack;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import olympus.model.ServiceId;
import olympus.model.stack.ComposeSettings.Restarts;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.ServiceReader.Read;
import olympus.model.stack.Settings.BackoffSetting;
import olympus.model.stack.Settings.DeploySetting;
import olympus.model.stack.Settings.RecoverySetting;
import olympus.model.stack.Settings.ResourcesSetting;
import olympus.model.stack.Settings.RestartSetting;

/**
 * Makes a service's definition from its keys in the Compose files and what {@code olympus.yaml}
 * adds to it. Notes where each part stands, for the rules that follow.
 */
final class ComposeServiceReader {

    /** What of a service only the Compose file can say. */
    private static final List<Key<?>> OF_COMPOSE =
            List.of(
                    ServiceKeys.PROCESS_KEY,
                    ServiceKeys.UNIT,
                    ServiceKeys.PORTS,
                    ServiceKeys.SERVICE_SECRETS,
                    ProcessKeys.COMMAND,
                    ProcessKeys.USER,
                    ProcessKeys.WORKING_DIR,
                    ProcessKeys.ENVIRONMENT,
                    ProcessKeys.ENV_FILE_KEY);

    private static final Fields NOTHING = Fields.NONE;

    private final String name;
    private final ComposeProject project;
    private final String projectName;
    private final ComposeResources resources;
    private final ComposeGrants grants;
    private final EnvironmentSecrets files;
    private final ServiceDefaults defaults;
    private final Map<String, Place> places;
    private final ProblemLog problems;

    ComposeServiceReader(
            String name,
            ComposeProject project,
            String projectName,
            ComposeResources resources,
            ComposeGrants grants,
            EnvironmentSecrets files,
            ServiceDefaults defaults,
            Map<String, Place> places,
            ProblemLog problems) {
        this.name = name;
        this.project = project;
        this.projectName = projectName;
        this.resources = resources;
        this.grants = grants;
        this.files = files;
        this.defaults = defaults;
        this.places = places;
        this.problems = problems;
    }

    private void note(String path, Place place) {
        places.put("services." + name + "." + path, place);
    }

    /**
     * @param added what olympus.yaml says of the same service
     */
    Read read(Fields f, Optional<Fields> added) {
        var own = added.orElse(NOTHING);
        own(own);
        if (!ServiceId.SERVICE_PATTERN.matcher(name).matches()) {
            problems.refuse(
                    f.place(),
                    "\"%s\" cannot be a service's name in Olympus".formatted(name),
                    ServiceKeys.SERVICE_NAME_WORDS);
        }
        var networks = new ComposeNetworking(project, resources, projectName, f, problems);
        note("workload", f.place());
        var container =
                new ContainerReader(
                                project,
                                projectName,
                                name,
                                resources,
                                grants,
                                files,
                                (part, place) -> note("workload." + part, place),
                                problems)
                        .read(f, networks.networking());
        var published = networks.published();
        note("ports", f.placeOf(ComposeServiceKeys.PORTS));
        for (var i = 0; i < published.size(); i++) {
            note("ports[" + i + "]", published.get(i).place());
        }
        var definition =
                new ServiceDefinition(
                        name,
                        container.map(Workload.class::cast).orElse(ServiceReader.NOTHING),
                        published.stream().map(ComposeNetworking.Published::port).toList(),
                        dependsOn(f, own, networks),
                        ServiceReader.probe(own, defaults, this::note),
                        recovery(f, own, container),
                        deploy(f, own).with(ServiceReader.singleton(own, this::note)),
                        stop(f, own),
                        ServiceReader.about(own, defaults));
        return new Read(definition, container.isPresent());
    }

    private void own(Fields own) {
        for (var key : OF_COMPOSE) {
            if (own.has(key)) {
                problems.error(
                        own.placeOf(key),
                        "\"%s\" is a container of the Compose file: \"%s\" cannot be said here"
                                .formatted(name, key.name()),
                        "it in the Compose file");
            }
        }
    }

    private Map<String, Dependency> dependsOn(Fields f, Fields own, ComposeNetworking networks) {
        var dependencies = new LinkedHashMap<String, Dependency>();
        f.get(ComposeServiceKeys.DEPENDS_ON)
                .orElse(Map.of())
                .forEach((on, dependency) -> {
                    note("dependsOn." + on, dependency.place());
                    if (!dependency.value().required() && !project.active().containsKey(on)) {
                        return;
                    }
                    if (!project.inactive().contains(on)
                            || project.isKnown(
                                    new Located<>(dependency.place(), on), name + " depends on")) {
                        dependencies.put(on, dependency.value());
                    }
                });
        for (var used : networks.uses()) {
            if (project.isKnown(used, name + " uses")) {
                places.putIfAbsent("services." + name + ".dependsOn." + used.value(), used.place());
                dependencies.putIfAbsent(used.value(), ComposeDependencies.STARTED);
            }
        }
        own.get(ServiceKeys.DEPENDS_ON)
                .orElse(Map.of())
                .forEach((on, dependency) -> {
                    note("dependsOn." + on, dependency.place());
                    dependencies.put(on, dependency.value());
                });
        return dependencies;
    }

    private RecoveryPolicy recovery(Fields f, Fields own, Optional<Workload.Container> container) {
        note(
                "recovery",
                own.has(RecoveryKeys.RECOVERY_KEY)
                        ? own.placeOf(RecoveryKeys.RECOVERY_KEY)
                        : f.placeOf(ComposeServiceKeys.RESTART));
        var policy =
                f.get(ComposeServiceKeys.DEPLOY)
                        .flatMap(d -> d.get(ComposeDeployKeys.RESTART_POLICY));
        var written = own.get(RecoveryKeys.RECOVERY_KEY).orElse(RecoverySetting.NONE);
        var pinned = container.flatMap(Pinning::reason).isPresent();
        var setting =
                new RecoverySetting(
                        written.attempts().or(() -> policy.flatMap(Restarts::attempts)),
                        written.within()
                                .or(() ->
                                        policy.flatMap(Restarts::window)
                                                .filter(Duration::isPositive)),
                        backoff(written.backoff(), policy.flatMap(Restarts::delay)),
                        written.then()
                                .or(() ->
                                        pinned
                                                ? Optional.of(RecoveryPolicy.Then.REPORT)
                                                : Optional.empty()),
                        written.unhealthy()
                                .or(defaults.recovery()::unhealthy)
                                .or(() -> container.map(c -> RecoveryPolicy.Unhealthy.REPORT)));
        var recovery = setting.policy(restart(f, own, policy), defaults.recovery());
        return composes(f, policy)
                .map(restart -> recovery.writtenAs(restart.word()))
                .orElse(recovery);
    }

    private static BackoffSetting backoff(BackoffSetting written, Optional<Duration> delay) {
        var standard = RecoveryPolicy.DEFAULT.backoff().max();
        var initial = delay.filter(Duration::isPositive);
        return new BackoffSetting(
                written.initial().or(() -> initial),
                written.max().or(() -> initial.filter(longer -> longer.compareTo(standard) > 0)));
    }

    /** Without a word Compose restarts nothing; who asks for a recovery wants restarts. */
    private static RestartSetting restart(Fields f, Fields own, Optional<Restarts> policy) {
        var none = new RestartSetting(RecoveryPolicy.Restart.NO, Optional.empty(), "no");
        return own.get(ServiceKeys.RESTART)
                .or(() -> composes(f, policy))
                .orElse(own.has(RecoveryKeys.RECOVERY_KEY) ? RestartSetting.ALWAYS : none);
    }

    /** What Compose itself would go by; its word for the engine is as Compose translates it. */
    private static Optional<RestartSetting> composes(Fields f, Optional<Restarts> policy) {
        return policy.map(
                        p -> {
                            var restart = p.condition().orElse(RecoveryPolicy.Restart.ALWAYS);
                            var word =
                                    switch (restart) {
                                        case ALWAYS -> "always";
                                        case NO -> "no";
                                        case ON_FAILURE ->
                                                p.attempts()
                                                        .map(most -> "on-failure:" + most)
                                                        .orElse("on-failure");
                                    };
                            return new RestartSetting(restart, Optional.empty(), word);
                        })
                .or(() -> f.get(ComposeServiceKeys.RESTART));
    }

    private DeployPolicy deploy(Fields f, Fields own) {
        note(
                "deploy",
                own.has(ServiceKeys.DEPLOY_KEY)
                        ? own.placeOf(ServiceKeys.DEPLOY_KEY)
                        : f.placeOf(ComposeServiceKeys.DEPLOY));
        var deploy = f.get(ComposeServiceKeys.DEPLOY).orElse(NOTHING);
        var replicas =
                same(
                        deploy.get(ComposeDeployKeys.REPLICAS),
                        f.get(ComposeServiceKeys.SCALE).map(Located::value),
                        "scale",
                        f.placeOf(ComposeServiceKeys.SCALE));
        var policy =
                own.get(ServiceKeys.DEPLOY_KEY)
                        .orElse(DeploySetting.NONE)
                        .policy(
                                new DeploySetting(
                                        deploy.get(ComposeDeployKeys.MODE),
                                        replicas,
                                        new ResourcesSetting(
                                                Optional.of(resources(f, deploy)),
                                                reservations(deploy)),
                                        deploy.get(ComposeDeployKeys.UPDATE_KEY),
                                        Optional.empty(),
                                        Optional.empty()));
        named(f, policy);
        return policy;
    }

    /** Memory and devices are the container's: the engine looks at them too. */
    private static Optional<DeployPolicy.Reservations> reservations(Fields deploy) {
        return deploy.get(ComposeDeployKeys.RESOURCES_KEY)
                .flatMap(r -> r.get(ComposeDeployKeys.RESERVATIONS_KEY))
                .flatMap(r -> r.get(ComposeDeployKeys.RESERVED_CPUS))
                .filter(cpus -> cpus > 0)
                .map(cpus ->
                        new DeployPolicy.Reservations(
                                Optional.of(cpus), Optional.empty(), List.of()));
    }

    private DeployPolicy.Resources resources(Fields f, Fields deploy) {
        var limits =
                deploy.get(ComposeDeployKeys.RESOURCES_KEY)
                        .flatMap(r -> r.get(ComposeDeployKeys.LIMITS_KEY))
                        .orElse(NOTHING);
        return new DeployPolicy.Resources(
                same(
                                limits.get(ComposeDeployKeys.CPUS),
                                f.get(ComposeEngineKeys.CPUS),
                                "cpus",
                                f.placeOf(ComposeEngineKeys.CPUS))
                        .filter(n -> n > 0),
                same(
                                limits.get(ComposeDeployKeys.MEMORY),
                                f.get(ComposeEngineKeys.MEM_LIMIT),
                                "mem_limit",
                                f.placeOf(ComposeEngineKeys.MEM_LIMIT))
                        .filter(n -> n > 0),
                same(
                                limits.get(ComposeDeployKeys.PIDS),
                                f.get(ComposeEngineKeys.PIDS_LIMIT),
                                "pids_limit",
                                f.placeOf(ComposeEngineKeys.PIDS_LIMIT))
                        .filter(n -> n > 0));
    }

    /** Two ways to say one thing must not say two. */
    private <T> Optional<T> same(Optional<T> deploy, Optional<T> old, String word, Place place) {
        if (deploy.isPresent() && old.isPresent() && !deploy.equals(old)) {
            problems.error(
                    place,
                    "\"%s\" says something else than deploy".formatted(word),
                    "it in one of the two places");
        }
        return deploy.or(() -> old);
    }

    private void named(Fields f, DeployPolicy policy) {
        if (policy.mode() == DeployPolicy.Mode.REPLICATED && policy.replicas() > 1) {
            f.get(ComposeServiceKeys.CONTAINER_NAME)
                    .ifPresent(written ->
                            problems.error(
                                    written.place(),
                                    "%d containers cannot all be called \"%s\""
                                            .formatted(policy.replicas(), written.value()),
                                    "no container_name, or one instance"));
        }
    }

    private StopPolicy stop(Fields f, Fields own) {
        note("stop", f.placeOf(ComposeServiceKeys.STOP_GRACE_PERIOD));
        return new StopPolicy(
                own.get(ServiceKeys.STOP_SIGNAL)
                        .or(() -> f.get(ComposeServiceKeys.STOP_SIGNAL))
                        .orElse(StopPolicy.DEFAULT.signal()),
                own.get(ServiceKeys.STOP_GRACE_PERIOD)
                        .or(() -> f.get(ComposeServiceKeys.STOP_GRACE_PERIOD))
                        .or(defaults::stopGracePeriod)
                        .orElse(StopPolicy.DEFAULT.gracePeriod()));
    }
}
