package olympus.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a manual page. */
@Command(
        description =
                "Prints the manual page of the command, or of one subcommand, as roff: olympus man status | man -l -")
final class ManCommand implements Callable<Integer> {

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(
            arity = "0..2",
            paramLabel = "COMMAND",
            description = "a subcommand's name, e.g. status, or store repair")
    private List<String> names = List.of();

    ManCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var wanted = spec.root().commandLine();
        for (var name : names) {
            var next = wanted.getSubcommands().get(name);
            if (next == null) {
                throw new CommandFailure(
                        ExitCodes.USAGE,
                        "there is no command \"%s\"; expected one of %s"
                                .formatted(
                                        String.join(" ", names),
                                        String.join(", ", wanted.getSubcommands().keySet())));
            }
            wanted = next;
        }
        var page = ManPage.of(wanted);
        session.console().out().print(page);
        session.console().out().flush();
        return ExitCodes.OK;
    }
}
