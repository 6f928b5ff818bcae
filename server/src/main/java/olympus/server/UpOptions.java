package olympus.server;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import olympus.foundation.Clock;
import olympus.server.config.ServerConfiguration;

/**
 * What {@code olympus up} was told.
 *
 * @param command the words that say who applies {@code stacks}: {@code up --stack}, {@code demo}
 * @param stacks folders to apply once ready, in this order
 * @param stopServices whether the clean stop ends the services too
 */
record UpOptions(
        String command,
        Path dataFolder,
        ServerConfiguration configuration,
        List<Path> stacks,
        boolean stopServices,
        Terminal terminal) {

    UpOptions {
        stacks = List.copyOf(stacks);
    }

    /**
     * Where the person who started it is told.
     *
     * @param startedNanos when the process began, on {@code clock}'s monotonic scale
     */
    record Terminal(PrintStream out, PrintStream err, Clock clock, long startedNanos) {}
}
