package olympus.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import olympus.cli.ServerProgram.Offline;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.hermes.store.Restoration;
import olympus.link.keys.Installation;
import olympus.model.NodeId;

/**
 * {@code olympus snapshot restore} into one data folder: what is found, asked and done is printed.
 */
record SnapshotRestore(Path dataFolder, Path file, Offline order, UpOptions.Terminal terminal) {

    /** Returns the exit code. */
    int run() {
        var work = new OfflineWork("snapshot restore", order, terminal);
        return work.run(() -> restore(work));
    }

    private int restore(OfflineWork work) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new OlympusException(
                    ErrorCode.NOT_FOUND, "there is no snapshot %s".formatted(file));
        }
        var island = island();
        Files.createDirectories(
                dataFolder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (var restoration = Restoration.begin(dataFolder, file, island)) {
            var found = restoration.found();
            work.tell(sentences(found, island.isEmpty()));
            if (found.present().isPresent()) {
                work.consent("Put it in the place of the store that is there?");
            } else if (island.isEmpty()) {
                work.consent("Go on without the keys?");
            }
            if (island.isEmpty()) {
                become(UUID.fromString(found.content().island()));
            }
            var report = restoration.run(terminal.clock().wall());
            var lines = new ArrayList<String>();
            lines.add(OfflineWork.made(report));
            report.kept().ifPresent(kept -> lines.add("the old store is kept in " + kept));
            lines.add("start it with: olympus up --data-dir " + dataFolder);
            work.print(StoreJson.restored(found, report), lines);
            return 0;
        }
    }

    /** Whose data folder it is; empty for one that belongs to none yet. */
    private Optional<UUID> island() {
        return Files.exists(dataFolder.resolve(Installation.FILE))
                ? Optional.of(
                        Installation.openOrCreate(
                                        dataFolder, Installation.hostName(), new SecureRandom())
                                .island())
                : Optional.empty();
    }

    /** A node of the island that the snapshot is of; that it has no keys was said and agreed to. */
    private void become(UUID island) {
        var random = new SecureRandom();
        new Installation(
                        Installation.uuid(random),
                        island,
                        new NodeId(Installation.uuid(random)),
                        Installation.nameFrom(Installation.hostName()))
                .keepIn(dataFolder);
    }

    private List<String> sentences(Restoration.Found found, boolean foreign) {
        var content = found.content();
        var lines = new ArrayList<String>();
        lines.add(
                "%s is whole: %d keys, %d streams and entries up to %d of the island %s."
                        .formatted(
                                file,
                                content.entries(),
                                content.streams(),
                                content.index(),
                                content.island()));
        found.present()
                .ifPresent(present ->
                        lines.add(
                                switch (present) {
                                    case Restoration.Present.Readable old ->
                                            "The store that is there has %d keys and entries up to %d. It is kept beside the new one."
                                                    .formatted(old.entries(), old.lastIndex());
                                    case Restoration.Present.Unreadable(var why) ->
                                            "The store that is there cannot be read (%s). It is kept beside the new one."
                                                    .formatted(why);
                                }));
        if (foreign) {
            lines.add(
                    "%s has no keys: they are in no snapshot. Without the keys/ and node.json of a server of this island its secrets cannot be read and its other nodes trust nobody here; put those two there first, if there is a copy."
                            .formatted(dataFolder));
        }
        lines.add(
                "What was written after it was saved is lost; servers that are left join anew, with empty stores. Services go on as they run.");
        return lines;
    }
}
