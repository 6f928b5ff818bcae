package olympus.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that put another store into a data folder that no process has open. */
final class OfflineOptions {

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

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    ServerProgram.Offline order() {
        return new ServerProgram.Offline(Optional.ofNullable(dataFolder), output, this::ask);
    }

    private ServerProgram.Consent.Answer ask(String question) {
        if (yes) {
            return ServerProgram.Consent.Answer.GIVEN;
        }
        var console = Console.ofProcess();
        if (!console.interactive()) {
            return ServerProgram.Consent.Answer.NOBODY_THERE;
        }
        return console.confirm(question)
                ? ServerProgram.Consent.Answer.GIVEN
                : ServerProgram.Consent.Answer.DENIED;
    }
}
