package olympus.server.group;

import java.util.Optional;
import java.util.regex.Pattern;

/** {@code host:port}, an IPv6 host in brackets. */
public record HostAndPort(String host, int port) {

    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([a-zA-Z0-9_.-]{1,253})):([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    /** Empty when {@code text} is no such address, or names no port that can be dialled. */
    public static Optional<HostAndPort> parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        var port = Integer.parseInt(match.group(3));
        if (port < 1 || port > MAX_PORT) {
            return Optional.empty();
        }
        var host = match.group(1) != null ? match.group(1) : match.group(2);
        return Optional.of(new HostAndPort(host, port));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
