package olympus.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import olympus.model.stack.ApplyRequest;
import olympus.model.stack.StackFolder;

/** The Compose folders that a person points at: one, or those directly below a folder. */
final class ComposeFolders {

    private ComposeFolders() {}

    /**
     * The stacks that could be read, ready to send. What is wrong with another one is told on
     * standard error and keeps only that one out.
     */
    static List<ApplyRequest> read(Path directory, Session session, CommonOptions options) {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    directory + " is not a folder; expected a Compose folder, or a folder of them");
        }
        if (StackFolder.isStack(directory)) {
            return StackFiles.read(directory, session, options).stacks();
        }
        var stacks = new ArrayList<ApplyRequest>();
        var folders = below(directory);
        for (var folder : folders) {
            try {
                stacks.addAll(StackFiles.read(folder, session, new CommonOptions()).stacks());
            } catch (CommandFailure failure) {
                session.remark("left out: " + failure.getMessage());
            }
        }
        if (stacks.isEmpty()) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    folders.isEmpty()
                            ? "%s holds no Compose folder: neither it nor a folder directly below it has a compose.yaml"
                                    .formatted(directory)
                            : "none of the %d Compose folders in %s could be read"
                                    .formatted(folders.size(), directory));
        }
        return stacks;
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
