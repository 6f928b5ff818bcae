package olympus.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import olympus.foundation.OlympusException;
import olympus.model.stack.RealmFolder;
import olympus.model.stack.StackFolder;
import olympus.server.http.Backend;
import olympus.zeus.StackCommands.Actor;

/**
 * The folders of {@code --stack} and of the demo, applied as their user would: everything in them,
 * nothing removed. A folder that holds a realm stands for all its stacks. What cannot be applied is
 * told and does not keep the others from being applied.
 *
 * @param command what the process was started as, e.g. {@code demo}
 */
record StacksAtStart(
        String command,
        Map<String, String> environment,
        Backend backend,
        Consumer<String> failing) {

    void apply(Path folder) {
        for (var outcome : outcomes(folder)) {
            switch (outcome) {
                case StackFolder.Outcome.Invalid invalid ->
                        failing.accept("cannot apply %s:%n%s".formatted(folder, invalid.text()));
                case StackFolder.Outcome.Loaded loaded -> apply(folder, loaded);
            }
        }
    }

    private List<StackFolder.Outcome> outcomes(Path folder) {
        if (Files.notExists(folder.resolve(RealmFolder.FILE))
                || Files.exists(folder.resolve(StackFolder.FILE))) {
            return List.of(StackFolder.load(folder, environment));
        }
        var realm = RealmFolder.load(folder, environment);
        if (!realm.problems().isEmpty()) {
            failing.accept("cannot apply all of %s: %s".formatted(folder, realm.problems()));
        }
        return List.copyOf(realm.stacks().values());
    }

    private void apply(Path folder, StackFolder.Outcome.Loaded loaded) {
        try {
            backend.applyAudited(loaded.secrets().with(loaded.definition()), starter(folder));
        } catch (OlympusException e) {
            failing.accept("cannot apply %s: %s".formatted(folder, e.getMessage()));
        }
    }

    /** Stands in audit, history and decisions. Whoever may start the process owns its data. */
    private Actor starter(Path folder) {
        return new Actor("olympus " + command, folder.toAbsolutePath().normalize().toString());
    }
}
