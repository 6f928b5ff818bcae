package olympus.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code olympus demo}: {@code up} with the first example applied. */
@Command(
        description =
                "Builds on first use, starts like up, applies the example stack, and says what to try next.")
final class DemoCommand implements Callable<Integer> {

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
            description = "Where the API is served (127.0.0.1:7400). Port 0: a free one.")
    private @Nullable String listen;

    @Option(names = "--stop-services", description = "The clean stop ends the services too.")
    private boolean stopServices;

    DemoCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return program.demo(
                new ServerProgram.Demo(
                        Optional.ofNullable(dataFolder),
                        Optional.ofNullable(listen),
                        stopServices));
    }
}
