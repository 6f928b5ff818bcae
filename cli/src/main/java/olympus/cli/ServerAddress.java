package olympus.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where the server is and how to speak to it.
 *
 * @param bases servers of one island, e.g. {@code https://127.0.0.1:7400}: one that cannot be
 *     reached is passed over for the next
 * @param caCertificate PEM file of the authority to trust; empty for the system's own
 * @param dataDirectory the data folder that named it, where one did
 * @param origin what named it, for messages: {@code --data-dir /x}, {@code OLYMPUS_ADDRESS} …
 */
record ServerAddress(
        List<URI> bases,
        Token token,
        Optional<Path> caCertificate,
        String origin,
        Optional<Path> dataDirectory) {

    ServerAddress {
        bases = List.copyOf(bases);
    }

    /** The one that is asked first. */
    URI base() {
        return bases.getFirst();
    }

    /** The same, {@code base} asked first. */
    ServerAddress preferring(URI base) {
        var order = new ArrayList<URI>(List.of(base));
        bases.stream().filter(other -> !other.equals(base)).forEach(order::add);
        return new ServerAddress(order, token, caCertificate, origin, dataDirectory);
    }

    /** All, as a person writes them. */
    String text() {
        return bases.stream().map(URI::toString).collect(Collectors.joining(","));
    }

    /**
     * What proves to the server who asks.
     *
     * @param origin where it was found, for messages; never the token itself
     */
    record Token(String text, String origin) {}
}
