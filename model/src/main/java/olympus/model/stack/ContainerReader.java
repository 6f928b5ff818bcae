package olympus.model.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import olympus.model.stack.ComposeSettings.Build;
import olympus.model.stack.ComposeSettings.MountSetting;
import olympus.model.stack.KeyTable.Fields;
import olympus.model.stack.container.Execution;
import olympus.model.stack.container.Image;
import olympus.model.stack.container.Image.PullPolicy;
import olympus.model.stack.container.Logging;
import olympus.model.stack.container.Mount;
import olympus.model.stack.container.Networking;
import olympus.model.stack.container.Privileges;
import olympus.model.stack.container.Project;
import olympus.model.stack.container.Tuning;

/** Makes a container of a Compose service's keys. */
final class ContainerReader {

    private static final Pattern REMOTE_CONTEXT =
            Pattern.compile("(?:[a-z]+://|git@|github\\.com/|docker-image:|service:).*");
    private static final Pattern CONTAINER_NAME =
            Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,200}");

    /** Where one of them is, an image is not missing, or it was reported why it is. */
    private static final List<Key<?>> NONE_OF =
            List.of(ComposeServiceKeys.IMAGE, ComposeServiceKeys.BUILD, ComposeKeys.EXTENDS);

    private final ComposeProject project;
    private final String projectName;
    private final String service;
    private final ComposeResources resources;
    private final ComposeGrants grants;
    private final ComposeEnvironment environment;
    private final BiConsumer<String, Place> note;
    private final ProblemLog problems;

    /**
     * @param note told where each part of the workload stands
     */
    ContainerReader(
            ComposeProject project,
            String projectName,
            String service,
            ComposeResources resources,
            ComposeGrants grants,
            EnvironmentSecrets files,
            BiConsumer<String, Place> note,
            ProblemLog problems) {
        this.project = project;
        this.projectName = projectName;
        this.service = service;
        this.resources = resources;
        this.grants = grants;
        this.environment =
                new ComposeEnvironment(
                        project,
                        files,
                        (name, at) -> note.accept("environment." + name, at),
                        problems);
        this.note = note;
        this.problems = problems;
    }

    /** Empty when it cannot be said what to run, which is reported. */
    Optional<Workload.Container> read(Fields f, Networking networking) {
        note.accept("mounts", f.placeOf(ComposeServiceKeys.VOLUMES));
        note.accept("networking", f.placeOf(ComposeServiceKeys.NETWORKS));
        note.accept("image", f.placeOf(ComposeServiceKeys.IMAGE));
        var variables = environment.variables(f);
        var mounts = mounts(f);
        return image(f).map(image ->
                new Workload.Container(
                        names(f),
                        image,
                        execution(f),
                        variables,
                        environment.labels(f),
                        networking,
                        mounts,
                        f.get(ComposeServiceKeys.HEALTHCHECK),
                        privileges(f),
                        tuning(f),
                        f.get(ComposeServiceKeys.LOGGING).orElse(Logging.DEFAULT)));
    }

    private Project names(Fields f) {
        var written = f.get(ComposeServiceKeys.CONTAINER_NAME);
        written.filter(name -> !CONTAINER_NAME.matcher(name.value()).matches())
                .ifPresent(name ->
                        problems.error(
                                name.place(),
                                "\"%s\" cannot be a container's name".formatted(name.value()),
                                "letters, digits and _.-, beginning with a letter or digit"));
        return new Project(
                projectName,
                service,
                written.map(Located::value),
                project.folder().toString(),
                project.configFiles());
    }

    private Optional<Image> image(Fields f) {
        var build = f.get(ComposeServiceKeys.BUILD);
        var image = f.get(ComposeServiceKeys.IMAGE);
        if (image.isEmpty() && build.isEmpty()) {
            if (NONE_OF.stream().noneMatch(f::has)) {
                problems.error(
                        f.place(),
                        "the service \"%s\" has neither image nor build".formatted(service),
                        "image: NAME, or build: FOLDER");
            }
            return Optional.empty();
        }
        if (image.filter(i -> i.value().isBlank() || i.value().contains(" ")).isPresent()) {
            problems.error(
                    image.get().place(),
                    "\"%s\" is no image".formatted(image.get().value()),
                    "an image such as postgres:16");
            return Optional.empty();
        }
        var pull = f.get(ComposeServiceKeys.PULL_POLICY).map(Located::value);
        if (pull.filter(PullPolicy.BUILD::equals).isPresent() && build.isEmpty()) {
            problems.error(
                    f.placeOf(ComposeServiceKeys.PULL_POLICY),
                    "pull_policy is build, but there is no build",
                    "build: FOLDER");
        }
        return Optional.of(
                new Image(
                        image.map(Located::value).orElse(projectName + "-" + service),
                        pull.orElse(PullPolicy.MISSING),
                        f.get(ComposeServiceKeys.PLATFORM),
                        build.flatMap(b -> build(b, f))));
    }

    private Optional<Image.Build> build(Build b, Fields f) {
        var written = b.context().orElse(new Located<>(f.placeOf(ComposeServiceKeys.BUILD), "."));
        if (REMOTE_CONTEXT.matcher(written.value()).matches()) {
            problems.refuse(
                    written.place(),
                    "images are not built from %s".formatted(written.value()),
                    "a folder of this machine");
            return Optional.empty();
        }
        if (b.dockerfile().isPresent() && b.inlineDockerfile().isPresent()) {
            problems.error(
                    f.placeOf(ComposeServiceKeys.BUILD),
                    "dockerfile and dockerfile_inline exclude each other",
                    "one of the two");
        }
        return project.path(written)
                .map(context ->
                        new Image.Build(
                                context.toString(),
                                b.dockerfile().orElse("Dockerfile"),
                                b.inlineDockerfile(),
                                environment.arguments(b.arguments()),
                                b.target(),
                                b.labels(),
                                b.cacheFrom(),
                                b.extraHosts(),
                                b.network(),
                                b.shmBytes(),
                                b.noCache(),
                                b.pull()));
    }

    private static Execution execution(Fields f) {
        return new Execution(
                f.get(ComposeServiceKeys.COMMAND).flatMap(words -> words),
                f.get(ComposeServiceKeys.ENTRYPOINT).flatMap(words -> words),
                f.get(ComposeServiceKeys.USER),
                f.get(ComposeServiceKeys.WORKING_DIR),
                f.get(ComposeServiceKeys.TTY).orElse(false),
                f.get(ComposeServiceKeys.STDIN_OPEN).orElse(false),
                f.get(ComposeServiceKeys.INIT),
                f.get(ComposeServiceKeys.HOSTNAME),
                f.get(ComposeServiceKeys.DOMAINNAME));
    }

    private List<Mount> mounts(Fields f) {
        var mounts = new ArrayList<Mount>();
        for (var setting : f.get(ComposeServiceKeys.VOLUMES).orElse(List.of())) {
            mount(setting).ifPresent(mounts::add);
        }
        for (var written : f.get(ComposeServiceKeys.TMPFS).orElse(List.of())) {
            ComposeMountText.tmpfs(written.value(), written.place(), problems)
                    .flatMap(this::mount)
                    .ifPresent(mounts::add);
        }
        f.get(ComposeServiceKeys.CONFIGS)
                .orElse(List.of())
                .forEach(grant -> grants.config(grant).ifPresent(mounts::add));
        f.get(ComposeServiceKeys.SECRETS)
                .orElse(List.of())
                .forEach(grant -> grants.secret(grant).ifPresent(mounts::add));
        return mounts;
    }

    /** As Compose cleans paths in the container: without a slash at the end. */
    private static String target(MountSetting setting) {
        var target = setting.target().replaceAll("/+", "/").replaceFirst("/$", "");
        return target.isEmpty() ? "/" : target;
    }

    private Optional<Mount> mount(MountSetting setting) {
        var target = target(setting);
        return switch (setting) {
            case MountSetting.Named n ->
                    resources
                            .volume(new Located<>(n.place(), n.volume()))
                            .map(volume ->
                                    new Mount.Named(
                                            volume, target, n.readOnly(), n.noCopy(), n.subpath()));
            case MountSetting.Anonymous a -> Optional.of(new Mount.Anonymous(target));
            case MountSetting.Tmpfs t ->
                    Optional.of(new Mount.Tmpfs(target, t.sizeBytes(), t.mode(), t.options()));
            case MountSetting.Bind b ->
                    project.path(b.source())
                            .map(Path::toString)
                            .map(source ->
                                    new Mount.Bind(
                                            source,
                                            target,
                                            b.readOnly(),
                                            b.createSource(),
                                            b.propagation(),
                                            b.relabel()));
        };
    }

    private static Privileges privileges(Fields f) {
        var gpus = new ArrayList<>(f.get(ComposeEngineKeys.GPUS).orElse(List.of()));
        reservations(f).flatMap(r -> r.get(ComposeDeployKeys.DEVICES)).ifPresent(gpus::addAll);
        var ulimits = new HashMap<String, Privileges.Ulimit>();
        f.get(ComposeEngineKeys.ULIMITS)
                .orElse(Map.of())
                .forEach((name, limit) -> ulimits.put(name, limit.value()));
        return new Privileges(
                f.get(ComposeEngineKeys.PRIVILEGED).orElse(false),
                f.get(ComposeEngineKeys.CAP_ADD).orElse(List.of()),
                f.get(ComposeEngineKeys.CAP_DROP).orElse(List.of()),
                f.get(ComposeEngineKeys.READ_ONLY).orElse(false),
                f.get(ComposeEngineKeys.SECURITY_OPT).orElse(List.of()),
                f.get(ComposeEngineKeys.GROUP_ADD).orElse(List.of()),
                f.get(ComposeEngineKeys.DEVICES).orElse(List.of()),
                f.get(ComposeEngineKeys.DEVICE_CGROUP_RULES).orElse(List.of()),
                gpus,
                f.get(ComposeEngineKeys.USERNS_MODE),
                f.get(ComposeEngineKeys.PID).map(Located::value),
                f.get(ComposeEngineKeys.IPC).map(Located::value),
                f.get(ComposeEngineKeys.UTS),
                f.get(ComposeEngineKeys.CGROUP),
                f.get(ComposeEngineKeys.CGROUP_PARENT),
                f.get(ComposeEngineKeys.RUNTIME),
                f.get(ComposeEngineKeys.SYSCTLS).orElse(Map.of()),
                ulimits);
    }

    private static Optional<Fields> reservations(Fields f) {
        return f.get(ComposeServiceKeys.DEPLOY)
                .flatMap(d -> d.get(ComposeDeployKeys.RESOURCES_KEY))
                .flatMap(r -> r.get(ComposeDeployKeys.RESERVATIONS_KEY));
    }

    private static Tuning tuning(Fields f) {
        return new Tuning(
                reservations(f)
                        .flatMap(r -> r.get(ComposeDeployKeys.RESERVED_MEMORY))
                        .or(() -> f.get(ComposeEngineKeys.MEM_RESERVATION))
                        .filter(n -> n > 0),
                f.get(ComposeEngineKeys.MEMSWAP_LIMIT).filter(n -> n != 0),
                f.get(ComposeEngineKeys.MEM_SWAPPINESS),
                f.get(ComposeEngineKeys.CPU_SHARES).filter(n -> n > 0),
                f.get(ComposeEngineKeys.CPUSET).filter(set -> !set.isEmpty()),
                f.get(ComposeEngineKeys.CPU_QUOTA).filter(n -> n > 0),
                f.get(ComposeEngineKeys.CPU_PERIOD).filter(n -> n > 0),
                f.get(ComposeEngineKeys.BLKIO_CONFIG).flatMap(weight -> weight),
                f.get(ComposeEngineKeys.SHM_SIZE).filter(n -> n > 0),
                f.get(ComposeEngineKeys.OOM_SCORE_ADJ),
                f.get(ComposeEngineKeys.OOM_KILL_DISABLE).orElse(false),
                f.get(ComposeEngineKeys.STORAGE_OPT).orElse(Map.of()));
    }
}
