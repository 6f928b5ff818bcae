package olympus.server;

import java.net.URI;
import java.net.URISyntaxException;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/** The address of a server's API, as people give it. */
final class ApiAddress {

    private static final int DEFAULT_PORT = 7400;

    private ApiAddress() {}

    /**
     * {@code host}, {@code host:port} and {@code https://host:port} are all understood.
     *
     * @param option under which it was given
     */
    static URI parse(String option, String text) {
        try {
            var uri = new URI(text.contains("://") ? text : "https://" + text);
            if (uri.getHost() != null && "https".equals(uri.getScheme())) {
                var port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
                return new URI("https", null, uri.getHost(), port, "/", null, null);
            }
        } catch (URISyntaxException e) {
            throw bad(option, text);
        }
        throw bad(option, text);
    }

    private static OlympusException bad(String option, String text) {
        return new OlympusException(
                ErrorCode.INVALID,
                "%s %s: expected the address of a server's API, e.g. https://10.0.0.1:7400"
                        .formatted(option, text));
    }
}
