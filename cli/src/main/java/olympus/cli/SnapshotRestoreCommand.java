package olympus.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code olympus snapshot restore}: begins again with the store that a file holds. */
@Command(
        description = {
            "Makes the store that FILE holds the one of this data folder, with this server as its only one.",
            "Run it while no process has the data folder. A store that is there is kept beside the new one. What was written after FILE was saved is lost.",
            "A snapshot of another island is refused."
        })
final class SnapshotRestoreCommand implements Callable<Integer> {

    private final ServerProgram program;

    @Mixin private final OfflineOptions options = new OfflineOptions();

    @Parameters(paramLabel = "FILE", description = "what olympus snapshot save has written")
    private Path file = Path.of("");

    SnapshotRestoreCommand(ServerProgram program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        return program.restore(file, options.order());
    }
}
