package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code olympus snapshot}: copies of the store's whole content. */
@Command(description = "Saves the store's whole content to a file, and restores it from one.")
final class SnapshotCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Adds it to {@code line} with what needs a server; see {@link ServerCommands#addBelow}. */
    static void addTo(CommandLine line, Session session) {
        var snapshot = new CommandLine(new SnapshotCommand());
        snapshot.addSubcommand("save", new SnapshotSaveCommand(session));
        line.addSubcommand("snapshot", snapshot, "snapshots");
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "snapshot needs one of: " + String.join(", ", spec.subcommands().keySet()));
    }
}
