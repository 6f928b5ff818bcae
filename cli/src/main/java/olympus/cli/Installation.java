package olympus.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is installed here: everything, or the agent and the command line alone.
 *
 * @param home its folder; empty where the process was not started through a launcher
 */
record Installation(Optional<Path> home) {

    static Installation own() {
        return new Installation(
                Optional.ofNullable(System.getProperty("olympus.home")).map(Path::of));
    }

    boolean hasServer() {
        return home.filter(folder ->
                        Files.exists(folder.resolve("agent.classpath"))
                                && !Files.exists(folder.resolve("server.classpath")))
                .isEmpty();
    }

    /** The command that starts a server here; empty where none is installed. */
    Optional<String> startCommand(Path dataFolder) {
        return hasServer() ? Optional.of("olympus up --data-dir " + dataFolder) : Optional.empty();
    }

    /** What to do where no server runs on a data folder, as whole sentences. */
    String toBegin(Path dataFolder) {
        return startCommand(dataFolder)
                .map(command ->
                        "Start one with: %s; what is wrong says: olympus doctor --data-dir %s"
                                .formatted(command, dataFolder))
                .orElse(
                        "Installed here are the agent and the command line alone; name a server elsewhere: --address https://HOST:7400 (or OLYMPUS_ADDRESS) with --token (or OLYMPUS_TOKEN) and --cacert (or OLYMPUS_CACERT)");
    }
}
