package olympus.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.StackFolder;

/** The Compose folders that a person points at: one, or those directly below a folder. */
final class ComposeFolders {

    private ComposeFolders() {}

    /**
     * A folder that can be watched.
     *
     * @param refused what of it cannot be managed yet, with places, one per line; empty when
     *     everything can. Then the stack is without those services
     */
    record Found(ApplyRequest stack, String refused) {}

    /**
     * The stacks that could be read. What is wrong with another one is told on standard error and
     * keeps only that one out.
     */
    static List<Found> read(Path directory, Session session) {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    directory + " is not a folder; expected a Compose folder, or a folder of them");
        }
        var folders = StackFolder.isStack(directory) ? List.of(directory) : below(directory);
        var found = new ArrayList<Found>();
        for (var folder : folders) {
            found(folder, session).ifPresent(found::add);
        }
        if (found.isEmpty()) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    folders.isEmpty()
                            ? "%s holds no Compose folder: neither it nor a folder directly below it has a compose.yaml"
                                    .formatted(directory)
                            : "none of the %d Compose folders in %s could be read"
                                    .formatted(folders.size(), directory));
        }
        return found;
    }

    private static Optional<Found> found(Path folder, Session session) {
        var outcome = StackFolder.load(folder, session.finder().environment());
        outcome.warnings()
                .forEach(warning -> session.console().err().println("warning: " + warning));
        return switch (outcome) {
            case StackFolder.Outcome.Loaded loaded ->
                    Optional.of(new Found(loaded.secrets().with(loaded.definition()), ""));
            case StackFolder.Outcome.Invalid invalid -> {
                if (invalid.rest().isEmpty()) {
                    session.remark("left out: %s%n%s".formatted(folder, invalid.text()));
                }
                yield invalid.rest()
                        .map(rest ->
                                new Found(rest.secrets().with(rest.definition()), invalid.text()));
            }
        };
    }

    private static List<Path> below(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory)
                    .filter(StackFolder::isStack)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }
}
