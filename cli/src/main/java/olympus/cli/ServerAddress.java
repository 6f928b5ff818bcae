package olympus.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the server is and how to speak to it.
 *
 * @param base e.g. {@code https://127.0.0.1:7400}
 * @param caCertificate PEM file of the authority to trust; empty for the system's own
 * @param dataDirectory the data folder that named it, where one did
 * @param origin what named it, for messages: {@code --data-dir /x}, {@code OLYMPUS_ADDRESS} …
 */
record ServerAddress(
        URI base,
        Token token,
        Optional<Path> caCertificate,
        String origin,
        Optional<Path> dataDirectory) {

    /**
     * What proves to the server who asks.
     *
     * @param origin where it was found, for messages; never the token itself
     */
    record Token(String text, String origin) {}
}
