package olympus.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which store a command works on that asks no server, and how it prints. */
final class StoreOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            description =
                    "The data folder (OLYMPUS_DATA_DIR; else $XDG_DATA_HOME/olympus, for root /var/lib/olympus).")
    private @Nullable Path dataFolder;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml. Default: table.")
    private OutputFormat output = OutputFormat.TABLE;

    /** Empty: as for every other command. */
    Optional<Path> dataFolder() {
        return Optional.ofNullable(dataFolder);
    }

    OutputFormat output() {
        return output;
    }
}
