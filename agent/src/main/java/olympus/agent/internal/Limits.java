package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import olympus.model.InstanceId;
import olympus.model.stack.DeployPolicy.Resources;

/**
 * Limits the resources of instances: by control groups (version 2 or 1) where this process may
 * write them, by resource limits of the process otherwise.
 *
 * <p>A limited instance has a group of its own under {@code olympus} beside the agent's group.
 * Stateless apart from what was found at the start; blocks on files. Sources: the kernel's
 * cgroup-v1 and cgroup-v2 documents.
 */
final class Limits {

    private static final long CPU_PERIOD_MICROS = 100_000;
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    private final String prefix;
    private final Optional<Path> unified;
    private final Map<String, Path> controllers;

    /**
     * @param prefix of the names of groups, unique for the agent's data folder
     */
    Limits(String prefix) {
        this(prefix, lines("/proc/self/mountinfo"), lines("/proc/self/cgroup"));
    }

    Limits(String prefix, List<String> mounts, List<String> ownGroups) {
        this.prefix = prefix;
        this.unified = findUnified(mounts, ownGroups);
        this.controllers = unified.isPresent() ? Map.of() : findControllers(mounts, ownGroups);
    }

    /**
     * What must be done so that a command is limited.
     *
     * @param groups files into which the command's process writes its number before it begins
     * @param words in front of the command
     * @param problems what cannot be limited here
     */
    record Applied(List<Path> groups, List<String> words, List<String> problems) {

        static final Applied NOTHING = new Applied(List.of(), List.of(), List.of());
    }

    /** Prepares the groups of an instance. */
    Applied apply(InstanceId id, Resources resources) {
        if (resources.equals(Resources.UNLIMITED)) {
            return Applied.NOTHING;
        }
        try {
            return unified.isPresent()
                    ? applyUnified(id, resources)
                    : applyControllers(id, resources);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot limit %s: %s".formatted(id, e.getMessage()), e);
        }
    }

    private Applied applyUnified(InstanceId id, Resources resources) throws IOException {
        var group = unified.orElseThrow().resolve(name(id));
        Files.createDirectories(group);
        write(
                group.resolve("memory.max"),
                resources.memoryBytes().map(String::valueOf).orElse("max"));
        write(group.resolve("pids.max"), resources.pids().map(String::valueOf).orElse("max"));
        write(
                group.resolve("cpu.max"),
                resources.cpus().map(Limits::quota).map(String::valueOf).orElse("max")
                        + " "
                        + CPU_PERIOD_MICROS);
        return new Applied(List.of(group.resolve("cgroup.procs")), List.of(), List.of());
    }

    private Applied applyControllers(InstanceId id, Resources resources) throws IOException {
        var groups = new ArrayList<Path>();
        var words = new ArrayList<String>();
        var problems = new ArrayList<String>();
        if (resources.memoryBytes().isPresent()) {
            var bytes = resources.memoryBytes().get();
            if (!limit(id, "memory", "memory.limit_in_bytes", bytes, groups)) {
                words.add("--as=" + bytes);
                problems.add(
                        "no writable memory control group: the memory of %s is limited by address space only"
                                .formatted(id));
            }
        }
        if (resources.pids().isPresent()) {
            if (!limit(id, "pids", "pids.max", resources.pids().get(), groups)) {
                words.add("--nproc=" + resources.pids().get());
                problems.add(
                        "no writable pids control group: the processes of %s are limited per user only"
                                .formatted(id));
            }
        }
        if (resources.cpus().isPresent()
                && !limit(id, "cpu", "cpu.cfs_quota_us", quota(resources.cpus().get()), groups)) {
            problems.add(
                    "no writable cpu control group: the cpus of %s are not limited".formatted(id));
        }
        if (!words.isEmpty()) {
            words.addFirst(PRLIMIT.toString());
            words.add("--");
        }
        return new Applied(groups, words, problems);
    }

    private boolean limit(
            InstanceId id, String controller, String file, long value, List<Path> groups)
            throws IOException {
        var base = controllers.get(controller);
        if (base == null) {
            return false;
        }
        var group = base.resolve(name(id));
        Files.createDirectories(group);
        write(group.resolve(file), Long.toString(value));
        groups.add(group.resolve("cgroup.procs"));
        return true;
    }

    /**
     * How often the kernel has killed a process of the instance for its memory limit, where that is
     * known.
     */
    OptionalLong memoryKills(InstanceId id) {
        var file =
                unified.map(base -> base.resolve(name(id)).resolve("memory.events"))
                        .or(() ->
                                Optional.ofNullable(controllers.get("memory"))
                                        .map(base ->
                                                base.resolve(name(id))
                                                        .resolve("memory.oom_control")));
        return file.stream()
                .flatMap(path -> lines(path.toString()).stream())
                .filter(line -> line.startsWith("oom_kill "))
                .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length()).strip()))
                .findFirst();
    }

    /** Removes the groups of an instance that is gone. Groups that still hold processes stay. */
    void forget(InstanceId id) {
        var bases = new ArrayList<>(controllers.values());
        unified.ifPresent(bases::add);
        // A plain rmdir: the files in it are the kernel's.
        for (var base : bases) {
            for (var name : List.of(name(id), formerName(id))) {
                var ignored = base.resolve(name).toFile().delete();
            }
        }
    }

    /** A point is in no name, so that no two instances can share a group. */
    private String name(InstanceId id) {
        return prefix + "-" + id.toString().replace('/', '.');
    }

    /** As agents before named it. */
    private String formerName(InstanceId id) {
        return prefix + "-" + id.toString().replace('/', '-');
    }

    private static long quota(double cpus) {
        return Math.max(1_000, Math.round(cpus * CPU_PERIOD_MICROS));
    }

    private static Optional<Path> findUnified(List<String> mounts, List<String> ownGroups) {
        var own =
                ownGroups.stream()
                        .filter(line -> line.startsWith("0::"))
                        .map(line -> line.substring(3))
                        .findFirst();
        return mountPoint(mounts, "cgroup2", "")
                .flatMap(mount -> own.map(path -> inside(mount, path)))
                // A delegated unit puts the agent into a group of its own, so that its parent may
                // have children.
                .map(group -> group.endsWith("agent") ? group.getParent() : group)
                .filter(group ->
                        String.join(" ", lines(group + "/cgroup.controllers")).contains("memory"))
                .flatMap(Limits::withControllers);
    }

    private static Optional<Path> withControllers(Path group) {
        try {
            write(group.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
            var base = group.resolve("olympus");
            Files.createDirectories(base);
            write(base.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
            return Optional.of(base);
        } catch (IOException notAllowed) {
            return Optional.empty();
        }
    }

    private static Map<String, Path> findControllers(List<String> mounts, List<String> ownGroups) {
        var found = new HashMap<String, Path>();
        for (var controller : List.of("memory", "pids", "cpu")) {
            var own =
                    ownGroups.stream()
                            .map(line -> line.split(":", 3))
                            .filter(fields ->
                                    fields.length == 3
                                            && List.of(fields[1].split(",")).contains(controller))
                            .map(fields -> fields[2])
                            .findFirst();
            mountPoint(mounts, "cgroup", controller)
                    .flatMap(mount -> own.map(path -> inside(mount, path)))
                    .map(group -> group.resolve("olympus"))
                    .filter(Limits::isWritable)
                    .ifPresent(base -> found.put(controller, base));
        }
        return found;
    }

    private static boolean isWritable(Path base) {
        try {
            Files.createDirectories(base);
            return Files.isWritable(base.resolve("cgroup.procs"));
        } catch (IOException notAllowed) {
            return false;
        }
    }

    private static Path inside(Path mount, String path) {
        return path.equals("/") ? mount : mount.resolve(path.substring(1));
    }

    /**
     * Where a hierarchy is mounted, from lines of mountinfo: fields, {@code -}, type, source,
     * options.
     */
    private static Optional<Path> mountPoint(List<String> mounts, String type, String controller) {
        for (var mount : mounts) {
            var fields = mount.split(" ");
            var dash = List.of(fields).indexOf("-");
            if (dash > 4
                    && fields.length > dash + 3
                    && fields[dash + 1].equals(type)
                    && (controller.isEmpty()
                            || List.of(fields[dash + 3].split(",")).contains(controller))) {
                return Optional.of(Path.of(fields[4]));
            }
        }
        return Optional.empty();
    }

    private static void write(Path file, String value) throws IOException {
        Files.writeString(file, value, StandardCharsets.US_ASCII);
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1);
        } catch (IOException notThere) {
            return List.of();
        }
    }
}
