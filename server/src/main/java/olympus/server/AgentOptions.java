package olympus.server;

import java.nio.file.Path;
import java.util.Optional;
import olympus.server.config.ServerConfiguration;

/**
 * What {@code olympus agent} was told.
 *
 * @param configuration of it, what concerns any process: logging, how long services may take to end
 * @param again has a machine that was let in before ask anew; may fail without harm
 * @param stopServices whether the clean stop ends the services too
 */
record AgentOptions(
        Path dataFolder,
        ServerConfiguration configuration,
        Optional<Runnable> again,
        boolean stopServices,
        UpOptions.Terminal terminal) {}
