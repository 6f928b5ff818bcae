package olympus.agent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import olympus.model.InstanceId;

/**
 * The records of units on disk, and the folders of their runs. A disk that refuses does not stop
 * anything. Threading: the supervision loop.
 */
final class UnitRecords {

    private final InstanceFolders folders;
    private final Path root;
    private final Problems problems;

    UnitRecords(InstanceFolders folders, Problems problems) {
        this.folders = folders;
        this.root = folders.root().resolve("units");
        this.problems = problems;
    }

    private Path file(InstanceId id) {
        return root.resolve(id.toString().replace('/', '~'));
    }

    boolean has(InstanceId id) {
        return Files.exists(file(id));
    }

    UnitRecord read(InstanceId id) {
        var lastRun = folders.runs(id).stream().findFirst().orElse(0L);
        return UnitRecord.read(file(id)).orElse(UnitRecord.NONE).after(lastRun);
    }

    void save(UnitEntry entry, UnitRecord next) {
        if (entry.record.equals(next)) {
            return;
        }
        entry.record = next;
        entry.changes++;
        try {
            Files.createDirectories(root);
            next.write(file(entry.id));
            problems.clear("record", entry.id);
        } catch (IOException | UncheckedIOException e) {
            problems.set(
                    "record",
                    entry.id,
                    "cannot write down which run of %s %s is: %s"
                            .formatted(next.unit(), entry.id, e.getMessage()));
        }
    }

    /**
     * Before anybody hears of the run, so that its output is looked for where it will be. The
     * journal is led there.
     */
    void makeRunFolder(UnitEntry entry) {
        var run = entry.record.run();
        try {
            var folder = folders.runOfOthers(entry.id, run, entry.record.runToken(), before -> {});
            if (entry.journal.isPresent()) {
                entry.journal.get().moveTo(folder);
            }
            problems.clear("output", entry.id);
        } catch (IOException | UncheckedIOException e) {
            problems.set("output", entry.id, String.valueOf(e.getMessage()));
        }
    }

    RunFolder run(UnitEntry entry) {
        return folders.run(entry.id, entry.record.run());
    }

    void delete(InstanceId id) {
        try {
            Files.deleteIfExists(file(id));
        } catch (IOException e) {
            problems.set("record", id, "cannot delete %s: %s".formatted(file(id), e.getMessage()));
        }
    }
}
