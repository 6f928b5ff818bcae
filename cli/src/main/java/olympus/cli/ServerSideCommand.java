package olympus.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A command that runs inside the server's program: listed here for help and completion. The
 * launcher starts it with the server's class path; reaching this class means that the launcher was
 * by-passed.
 */
@Command(description = "Runs in the server's program.")
final class ServerSideCommand implements Callable<Integer> {

    private final String name;
    private final String help;

    @Parameters(
            arity = "0..*",
            paramLabel = "ARGUMENT",
            description = "see: olympus COMMAND --help")
    private List<String> arguments = List.of();

    ServerSideCommand(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** Lets the shared class describe itself as the command it stands for. */
    @Spec
    void describe(CommandSpec spec) {
        spec.usageMessage().description(help);
    }

    @Override
    public Integer call() {
        throw new CommandFailure(
                ExitCodes.USAGE,
                "\"%s %s\" is part of the server's program: start it with the olympus launcher"
                        .formatted(name, String.join(" ", arguments)));
    }
}
