package olympus.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Holds {@code maintenance on} and {@code maintenance off}. */
@Command(description = "Empties a node for work on it, and takes it into use again.")
final class MaintenanceCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private MaintenanceCommand() {}

    static CommandLine line(Session session) {
        var line = new CommandLine(new MaintenanceCommand());
        line.addSubcommand("on", new WithdrawCommand(session, WithdrawCommand.Action.ON));
        line.addSubcommand("off", new RestoreCommand(session));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "on or off? As in: olympus node maintenance on mars --reason \"new disk\"");
    }
}
