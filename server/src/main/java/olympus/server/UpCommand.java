package olympus.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import olympus.foundation.OlympusException;
import olympus.server.config.ServerConfiguration;
import olympus.server.config.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code olympus up}: everything in one process, in the foreground. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Runs server and agent in the foreground.",
            "Ends cleanly on SIGTERM and SIGINT; services keep running and are adopted by the next start."
        })
final class UpCommand implements Callable<Integer> {

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

    UpCommand(OlympusProcess process) {
        this.process = process;
    }

    @Override
    public Integer call() {
        var environment = process.environment();
        var folder =
                Optional.ofNullable(dataFolder)
                        .or(() ->
                                Optional.ofNullable(environment.get("OLYMPUS_DATA_DIR"))
                                        .map(Path::of))
                        .orElseGet(() -> DataFolder.standard(environment));
        var flags = new HashMap<String, String>();
        Optional.ofNullable(listen).ifPresent(text -> flags.put(Settings.HTTP_LISTEN.key(), text));
        try {
            var file =
                    Optional.ofNullable(configuration)
                            .or(() ->
                                    Optional.of(folder.resolve("olympus-server.yaml"))
                                            .filter(Files::exists));
            var settings = ServerConfiguration.read(file, environment, flags);
            return process.run(
                    new UpOptions(
                            "up --stack",
                            folder,
                            settings,
                            stacks,
                            stopServices,
                            process.terminal()),
                    _ -> {});
        } catch (OlympusException e) {
            process.terminal().err().println("olympus up: " + e.getMessage());
            return 1;
        }
    }
}
