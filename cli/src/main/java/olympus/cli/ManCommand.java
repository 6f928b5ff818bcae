package olympus.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
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

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "a subcommand's name")
    private @Nullable String name;

    ManCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var root = spec.root().commandLine();
        var wanted =
                name == null
                        ? Optional.of(root)
                        : Optional.<CommandLine>ofNullable(root.getSubcommands().get(name));
        var page =
                wanted.map(ManPage::of)
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCodes.USAGE, "there is no command \"" + name + "\""));
        session.console().out().print(page);
        session.console().out().flush();
        return ExitCodes.OK;
    }
}
