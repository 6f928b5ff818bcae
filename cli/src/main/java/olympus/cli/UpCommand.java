package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code olympus up}: everything in one process, in the foreground. */
@Command(
        description = {
            "Runs server and agent in the foreground.",
            "Ends cleanly on SIGTERM and SIGINT; services keep running and are adopted by the next start."
        })
final class UpCommand implements Callable<Integer> {

    private final ServerProgram program;

    @Mixin private final UpOptions options = new UpOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    UpCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return program.up(options.order(spec));
    }
}
