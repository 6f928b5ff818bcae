package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import olympus.model.InstanceId;

/**
 * The records of containers on disk. They outlive the folder of their instance until its container
 * is removed. A disk that refuses does not stop anything: the engine knows a container by its
 * labels. Threading: the supervision loop.
 */
final class ContainerRecords {

    private final InstanceFolders folders;
    private final Path root;
    private final Problems problems;

    ContainerRecords(InstanceFolders folders, Problems problems) {
        this.folders = folders;
        this.root = folders.root().resolve("containers");
        this.problems = problems;
    }

    private Path file(InstanceId id) {
        return root.resolve(id.toString().replace('/', '~'));
    }

    /** The instances that have nothing but this: they are gone but for their container. */
    List<InstanceId> withoutInstance() {
        try (var files = Files.list(root)) {
            problems.clear("records");
            return files.map(file -> file.getFileName().toString().replace('~', '/'))
                    .map(InstanceFolders::parse)
                    .flatMap(Optional::stream)
                    .filter(id -> Files.notExists(folders.instance(id)))
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            problems.set("records", "cannot list %s: %s".formatted(root, e.getMessage()));
            return List.of();
        }
    }

    boolean has(InstanceId id) {
        return Files.exists(file(id));
    }

    ContainerRecord read(InstanceId id) {
        return ContainerRecord.read(file(id)).orElse(ContainerRecord.NONE);
    }

    void save(ContainerEntry entry, ContainerRecord next) {
        if (entry.record.equals(next)) {
            return;
        }
        var isNewRun = next.live() && next.run() != entry.record.run();
        entry.record = next;
        entry.changes++;
        if (isNewRun) {
            makeRunFolder(entry);
        }
        try {
            Files.createDirectories(root);
            next.write(file(entry.id));
            problems.clear("record", entry.id);
        } catch (IOException | UncheckedIOException e) {
            problems.set(
                    "record",
                    entry.id,
                    "cannot write down which container %s has: %s"
                            .formatted(entry.id, e.getMessage()));
        }
    }

    /** Before anybody hears of the run, so that its output is looked for where it will be. */
    private void makeRunFolder(ContainerEntry entry) {
        var run = entry.record.run();
        var container = entry.record.container();
        var folder = folders.run(entry.id, run);
        try {
            var _ =
                    folders.runOfOthers(
                            entry.id,
                            run,
                            entry.record.runToken(),
                            before -> LogPump.goOn(before, folder, container));
            problems.clear("output", entry.id);
        } catch (UncheckedIOException e) {
            problems.set("output", entry.id, String.valueOf(e.getMessage()));
        }
    }

    void delete(InstanceId id) {
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            problems.set("record", id, "cannot delete %s: %s".formatted(file(id), e.getMessage()));
        }
    }
}
