package olympus.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import olympus.foundation.OlympusException;
import olympus.server.config.ServerConfiguration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code olympus demo}: {@code up} with the first example applied, and a word on what to try next.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts like up, applies the example stack, and says what to try next.")
final class DemoCommand implements Callable<Integer> {

    private static final String EXAMPLE = "examples/first-stack";

    private final OlympusProcess process;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Where everything is kept (OLYMPUS_DATA_DIR; else $XDG_DATA_HOME/olympus, for root /var/lib/olympus).")
    private @Nullable Path dataFolder;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where the API is served (127.0.0.1:7400).")
    private @Nullable String listen;

    @Option(names = "--stop-services", description = "The clean stop ends the services too.")
    private boolean stopServices;

    DemoCommand(OlympusProcess process) {
        this.process = process;
    }

    @Override
    public Integer call() {
        var folder =
                Optional.ofNullable(dataFolder)
                        .or(() ->
                                Optional.ofNullable(process.environment().get("OLYMPUS_DATA_DIR"))
                                        .map(Path::of))
                        .orElseGet(() -> DataFolder.standard(process.environment()));
        var err = process.terminal().err();
        try {
            var home = Path.of(Optional.ofNullable(System.getProperty("olympus.home")).orElse("."));
            var example = home.resolve(EXAMPLE);
            if (!Files.isDirectory(example)) {
                err.println(
                        "olympus demo: there is no %s; run it from a checkout with ./olympus demo"
                                .formatted(example));
                return 1;
            }
            var flags = listen == null ? Map.<String, String>of() : Map.of("http.listen", listen);
            var settings = ServerConfiguration.read(Optional.empty(), process.environment(), flags);
            return process.run(
                    new UpOptions(
                            "demo",
                            folder,
                            settings,
                            List.of(example),
                            stopServices,
                            process.terminal()),
                    _ -> advise(folder));
        } catch (OlympusException e) {
            err.println("olympus demo: " + e.getMessage());
            return 1;
        }
    }

    private void advise(Path folder) {
        var elsewhere = !folder.equals(DataFolder.standard(process.environment()));
        var found =
                elsewhere ? "    export OLYMPUS_DATA_DIR=" + folder.toAbsolutePath() + "\n" : "";
        process.terminal()
                .out()
                .print(
                        """

                        The example stack is applied. In another terminal, in this folder:

                        %s    ./olympus status              # running, restarted, healed, given up
                            ./olympus why first/hanger    # what happened, and why
                            ./olympus logs worker -f      # what a service prints
                            ./olympus decisions -f        # everything Olympus decides
                            ./olympus remove first --yes  # ends the example

                        Ctrl-C stops Olympus; %s.

                        """
                                .formatted(
                                        found,
                                        stopServices
                                                ? "the services end too"
                                                : "the services keep running and are adopted at the next start"));
        process.terminal().out().flush();
    }
}
