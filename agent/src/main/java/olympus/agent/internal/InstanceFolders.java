package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import olympus.foundation.Durable;
import olympus.model.InstanceId;
import olympus.model.NodeId;

/** Where the agent keeps what it knows of its instances. Only names and paths; no state. */
final class InstanceFolders {

    /** The environment variable that marks every process of a run. */
    static final String MARKER_NAME = "OLYMPUS_RUN_ID";

    private static final String RETIRED = ".retired";
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path root;
    private final Path refuge;
    private final NodeId node;

    /**
     * @param root the agent's folder, {@code D/agent}
     */
    InstanceFolders(Path root, NodeId node) {
        this.root = root;
        this.refuge = MEMORY.resolve("olympus-" + Posix.effectiveUser() + "-" + node);
        this.node = node;
    }

    /** Makes the folders and puts the shim's script in place. */
    void prepare() {
        try (var script = InstanceFolders.class.getResourceAsStream("shim.sh")) {
            Files.createDirectories(root.resolve("instances"));
            if (script == null) {
                throw new IllegalStateException("shim.sh is missing in the agent's own jar");
            }
            var wanted = script.readAllBytes();
            if (!Files.exists(shim())
                    || !java.util.Arrays.equals(Files.readAllBytes(shim()), wanted)) {
                RecordFile.replace(shim(), wanted);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare the agent's folder " + root, e);
        }
    }

    Path root() {
        return root;
    }

    Path shim() {
        return root.resolve("shim.sh");
    }

    Path instance(InstanceId id) {
        return root.resolve("instances")
                .resolve(id.service().stack().value())
                .resolve(id.service().service() + "." + id.ordinal());
    }

    Path record(InstanceId id) {
        return instance(id).resolve("instance");
    }

    /**
     * Where a run begins whose stack's folder is not on this machine; throws {@link
     * UncheckedIOException} when it cannot be made.
     */
    Path empty(InstanceId id) {
        var folder = instance(id).resolve("empty");
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder %s: %s".formatted(folder, e), e);
        }
    }

    /** The last one that a run of a singleton was given here. */
    Path fencingToken(InstanceId id) {
        return instance(id).resolve("fencing-token");
    }

    /**
     * The folder of a run: in the instance's folder, or in memory if the disk was full when it
     * began.
     */
    RunFolder run(InstanceId id, long run) {
        var usual = new RunFolder(instance(id).resolve("runs").resolve(Long.toString(run)));
        if (Files.exists(usual.path())) {
            return usual;
        }
        return Stream.of(refugeRun(id, run), formerRefugeRun(id, run))
                .filter(folder -> Files.exists(folder.path()) && isOf(folder, id, run))
                .findFirst()
                .orElse(usual);
    }

    /**
     * Where a run may live that the disk has no room for. What it holds is worth nothing after a
     * reboot anyway.
     */
    RunFolder refugeRun(InstanceId id, long run) {
        return new RunFolder(refugeOf(id).resolve(Long.toString(run)));
    }

    /** A point is in no name, so that no two instances can share a folder. */
    private Path refugeOf(InstanceId id) {
        return refuge.resolve(
                id.service().stack().value() + "." + id.service().service() + "." + id.ordinal());
    }

    /** As agents before named it, which two instances may share. */
    private Path formerRefugeOf(InstanceId id) {
        return refuge.resolve(
                id.service().stack().value() + "-" + id.service().service() + "." + id.ordinal());
    }

    private RunFolder formerRefugeRun(InstanceId id, long run) {
        return new RunFolder(formerRefugeOf(id).resolve(Long.toString(run)));
    }

    /** Whether the intent of a run names no other instance. */
    private boolean isOf(RunFolder folder, InstanceId id, long run) {
        return folder.path().startsWith(refugeOf(id))
                || folder.intent()
                        .filter(intent -> intent.marker().equals(marker(id, run)))
                        .isPresent();
    }

    /**
     * Makes the place in memory, for this user's eyes only; throws where somebody else has taken
     * its name.
     */
    void prepareRefuge() {
        try {
            if (!Files.isDirectory(refuge, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(
                        refuge,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            var owner = (Integer) Files.getAttribute(refuge, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (owner != Posix.effectiveUser()) {
                throw new IOException("it belongs to user number " + owner);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot use %s while the disk is full: %s".formatted(refuge, e.getMessage()),
                    e);
        }
    }

    /**
     * Takes away all that is kept of an instance, so that its name is free at once; what is to be
     * deleted of it stands in {@link #retired}. Throws {@link UncheckedIOException} when the disk
     * refuses.
     */
    void retire(InstanceId id) {
        numbers(formerRefugeOf(id))
                .filter(run -> isOf(formerRefugeRun(id, run), id, run))
                .forEach(run -> retire(formerRefugeRun(id, run).path(), refuge.resolve(RETIRED)));
        retire(refugeOf(id), refuge.resolve(RETIRED));
        retire(instance(id), root.resolve(RETIRED));
    }

    private static void retire(Path folder, Path to) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.createDirectories(to);
            var number = 0;
            while (Files.exists(to.resolve(Integer.toString(number)))) {
                number++;
            }
            Durable.renameUnforced(folder, to.resolve(Integer.toString(number)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take away %s: %s".formatted(folder, e), e);
        }
    }

    /** What was taken away and is still to be deleted. */
    List<Path> retired() {
        return Stream.of(root.resolve(RETIRED), refuge.resolve(RETIRED))
                .flatMap(folder -> names(folder).stream().map(folder::resolve))
                .toList();
    }

    /** Deletes what was taken away. Blocks for as long as the disk needs. */
    void delete(List<Path> retired) {
        retired.forEach(RunFolder::delete);
        // Only when they are empty: a plain rmdir. Whether they were does not matter.
        var ignored = refuge.resolve(RETIRED).toFile().delete() && refuge.toFile().delete();
    }

    /**
     * The mark of a run's processes: unique on the machine, also beside the agent of another data
     * folder.
     */
    String marker(InstanceId id, long run) {
        return node + "/" + id + "/" + run;
    }

    /**
     * The folder of a run that somebody else has started; made when it is not there yet. Throws
     * {@link UncheckedIOException} when the disk refuses.
     *
     * @param made told of the folder of the run before, if there is one, when it is made
     */
    RunFolder runOfOthers(InstanceId id, long run, String token, Consumer<RunFolder> made) {
        var folder = run(id, run);
        if (!Files.exists(folder.stdout())) {
            var before = runs(id).stream().findFirst();
            folder.create(token, marker(id, run), ProcFs.bootId());
            before.ifPresent(last -> made.accept(run(id, last)));
        }
        return folder;
    }

    /**
     * The runs that have a folder, newest first; throws {@link UncheckedIOException} when
     * unreadable.
     */
    List<Long> runs(InstanceId id) {
        var former =
                numbers(formerRefugeOf(id)).filter(run -> isOf(formerRefugeRun(id, run), id, run));
        return Stream.concat(
                        Stream.concat(numbers(instance(id).resolve("runs")), numbers(refugeOf(id))),
                        former)
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private static Stream<Long> numbers(Path folder) {
        return names(folder).stream().filter(InstanceFolders::isNumber).map(Long::valueOf);
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty() && name.chars().allMatch(Character::isDigit) && name.length() < 19;
    }

    /** The instances that have a folder; throws {@link UncheckedIOException} when unreadable. */
    List<InstanceId> instances() {
        var found = new ArrayList<InstanceId>();
        for (var stack : names(root.resolve("instances"))) {
            for (var name : names(root.resolve("instances").resolve(stack))) {
                parse(stack + "/" + name).ifPresent(found::add);
            }
        }
        return found;
    }

    static Optional<InstanceId> parse(String text) {
        try {
            return Optional.of(InstanceId.parse(text));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    /** Throws {@link UncheckedIOException} when it cannot be told what is there. */
    private static List<String> names(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException notThere) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the folder %s: %s".formatted(folder, e), e);
        }
    }
}
