package olympus.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Option(
            names = "--servers",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How many servers run on this machine: 1, 3 or 5 (1). With 3, end the one that leads and see that the island goes on.")
    private int servers;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--stop-services", description = "The clean stop ends the services too.")
    private boolean stopServices;

    DemoCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        if (servers != 1 && servers != 3 && servers != 5) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--servers %d: 1, 3 or 5 are right; an even number is worse than one less"
                            .formatted(servers));
        }
        return program.demo(
                new ServerProgram.Demo(
                        Optional.ofNullable(dataFolder),
                        Optional.ofNullable(listen),
                        stopServices,
                        servers));
    }
}
