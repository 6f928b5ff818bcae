package olympus.server;

import java.nio.file.Path;
import java.util.Optional;
import olympus.link.ServerList;
import olympus.link.keys.NodeKeys;
import olympus.server.config.ServerConfiguration;

/**
 * What {@code olympus agent} was told.
 *
 * @param configuration of it, what concerns any process: logging, how long services may take to end
 * @param again for a machine that was let in before and may not belong to the island any more
 * @param advertise under which address services of this node are reached, where a person said it
 * @param stopServices whether the clean stop ends the services too
 */
record AgentOptions(
        Path dataFolder,
        ServerConfiguration configuration,
        Optional<Again> again,
        Optional<String> advertise,
        boolean stopServices,
        UpOptions.Terminal terminal) {

    /** Asks to be let in anew, with the token that was given at the start. */
    interface Again {
        /**
         * Takes as long as a request may; keeps what it is given.
         *
         * @param keys of the machine, which have another certificate afterwards
         * @return where its servers are
         * @throws olympus.foundation.OlympusException when it is not let in; then nothing changes
         */
        ServerList ask(NodeKeys keys);
    }
}
