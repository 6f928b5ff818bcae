package olympus.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Holds what is done on many machines at a time. */
@Command(
        description = "Does something on many machines at a time.",
        synopsisSubcommandLabel = "COMMAND")
final class FleetCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private FleetCommand() {}

    /** Registers {@code fleet} with its subcommands. */
    static void addTo(CommandLine line, Session session) {
        var command = new CommandLine(new FleetCommand());
        command.addSubcommand("exec", new FleetExecCommand(session));
        line.addSubcommand("fleet", command);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? See: olympus fleet --help");
    }
}
