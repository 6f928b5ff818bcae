package olympus.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code olympus up}: everything in one process, in the foreground. */
@Command(
        description = {
            "Runs server and agent in the foreground.",
            "Ends cleanly on SIGTERM and SIGINT; services keep running and are adopted by the next start."
        })
final class UpCommand implements Callable<Integer> {

    private final ServerProgram program;

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description =
                    "Where everything is kept (OLYMPUS_DATA_DIR; else $XDG_DATA_HOME/olympus, for root /var/lib/olympus).")
    private @Nullable Path dataFolder;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description =
                    "Where the API is served (http.listen; 127.0.0.1:7400). Port 0: a free one.")
    private @Nullable String listen;

    @Option(
            names = "--stack",
            paramLabel = "DIR",
            description = "A stack folder to apply once ready; may be given several times.")
    private List<Path> stacks = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration; else olympus-server.yaml in the data folder, where there is one.")
    private @Nullable Path configuration;

    @Option(
            names = "--stop-services",
            description =
                    "The clean stop ends the services too, dependants before what they depend on.")
    private boolean stopServices;

    UpCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return program.up(
                new ServerProgram.Up(
                        Optional.ofNullable(dataFolder),
                        Optional.ofNullable(listen),
                        stacks,
                        Optional.ofNullable(configuration),
                        stopServices));
    }
}
