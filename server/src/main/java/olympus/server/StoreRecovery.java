package olympus.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import olympus.cli.ServerProgram.Offline;
import olympus.hermes.store.Recovery;

/** {@code olympus servers recover} on one data folder: what is found, asked and done is printed. */
record StoreRecovery(Path dataFolder, Offline order, UpOptions.Terminal terminal) {

    /** Returns the exit code. */
    int run() {
        var work = new OfflineWork("servers recover", order, terminal);
        return work.run(() -> recover(work));
    }

    private int recover(OfflineWork work) throws IOException {
        try (var recovery = Recovery.begin(dataFolder)) {
            var found = recovery.found();
            if (found.needless()) {
                work.print(
                        StoreJson.found(found),
                        List.of(
                                "nothing to do: this server is the only one of the store in %s; start it with: olympus up --data-dir %s"
                                        .formatted(found.folder(), dataFolder)));
                return 0;
            }
            work.tell(sentences(found));
            work.consent("Make this server the only one?");
            var report = recovery.run(terminal.clock().wall());
            var lines = new ArrayList<String>();
            lines.add(OfflineWork.made(report));
            report.kept().ifPresent(kept -> lines.add("the old store is kept in " + kept));
            lines.add(
                    "start it with: olympus up --data-dir %s; further servers then join with empty stores: olympus servers add"
                            .formatted(dataFolder));
            work.print(StoreJson.recovered(found, report), lines);
            return 0;
        }
    }

    private static List<String> sentences(Recovery.Found found) {
        return List.of(
                found.members().isEmpty()
                        ? "This server does not know who else belongs to the store in %s."
                                .formatted(found.folder())
                        : "The store in %s belongs to the servers %s."
                                .formatted(
                                        found.folder(),
                                        found.members().stream()
                                                .map(member ->
                                                        "%s (%s)"
                                                                .formatted(
                                                                        member.id(),
                                                                        member.address()))
                                                .collect(Collectors.joining(", "))),
                "Here it has %d keys and entries up to %d. Up to %d this server knows that a majority had them; %d behind that will be kept as well."
                        .formatted(
                                found.entries(),
                                found.lastIndex(),
                                found.acknowledged(),
                                found.unacknowledged()),
                "What the other servers acknowledged and this one never received is lost, and nobody can tell from here what that is.",
                "The others must not come back as they are: their stores belong to the old group and go on without this server if a majority of them lives. They join anew, with empty stores.",
                "The store as it is now is kept beside the new one. Services go on as they run.");
    }
}
