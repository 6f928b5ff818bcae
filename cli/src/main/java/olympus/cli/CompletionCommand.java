package olympus.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion script: picocli's own command calls itself by a name that is not ours. */
@Command(
        description = "Prints what completes commands and options in bash and zsh.",
        footer = "%nExample:%n  source <(olympus completion)")
final class CompletionCommand implements Callable<Integer> {

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        var root = spec.root();
        session.console().out().print(AutoComplete.bash(root.name(), root.commandLine()));
        session.console().out().flush();
        return ExitCodes.OK;
    }
}
