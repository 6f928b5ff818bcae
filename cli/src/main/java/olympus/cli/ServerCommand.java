package olympus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code olympus server}: one of several servers of an island, in the foreground. */
@Command(
        description = {
            "Runs a server that others can join, or joins one; and the agent of this machine.",
            "As olympus up, but it serves on all addresses of the machine: the API on port 7400, agents on 7401, other servers on 7402 (--listen moves all three). With --join it becomes the second, third, fifth server; without, it is the first, or goes on as what it is.",
            "Ends cleanly on SIGTERM and SIGINT; services keep running and are adopted by the next start."
        },
        footer =
                "%nExamples:%n  olympus server%n  olympus server --join https://10.0.0.1:7400 --token olympus-join.…")
final class ServerCommand implements Callable<Integer> {

    private final ServerProgram program;

    @Mixin private final UpOptions options = new UpOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    ServerCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return program.server(options.order(spec));
    }
}
