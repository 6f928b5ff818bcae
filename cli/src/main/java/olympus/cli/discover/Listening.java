package olympus.cli.discover;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The kernel's table of sockets in {@code /proc/net}, of which those that wait for peers count. */
final class Listening {

    private static final String TCP_LISTEN = "0A";
    private static final String UDP_UNCONNECTED = "07";

    private Listening() {}

    record Socket(String protocol, String address, int port, long inode) {}

    /**
     * @param protocol {@code tcp} or {@code udp}
     */
    static List<Socket> parse(String protocol, String table) {
        var sockets = new ArrayList<Socket>();
        var wanted = protocol.equals("tcp") ? TCP_LISTEN : UDP_UNCONNECTED;
        for (var line : table.lines().skip(1).toList()) {
            var words = line.strip().split("\\s+");
            if (words.length < 10 || !words[3].equals(wanted)) {
                continue;
            }
            var colon = words[1].lastIndexOf(':');
            var port = Integer.parseInt(words[1].substring(colon + 1), 16);
            if (port != 0) {
                sockets.add(
                        new Socket(
                                protocol,
                                address(words[1].substring(0, colon)),
                                port,
                                Long.parseLong(words[9])));
            }
        }
        return sockets;
    }

    /** Hexadecimal words of 32 bits, each in the order of a little-endian machine. */
    private static String address(String hex) {
        var bytes = HexFormat.of().parseHex(hex);
        var ordered = new byte[bytes.length];
        for (var i = 0; i < bytes.length; i++) {
            ordered[i] = bytes[i / 4 * 4 + 3 - i % 4];
        }
        try {
            var text = InetAddress.getByAddress(ordered).getHostAddress();
            return switch (text) {
                case "0:0:0:0:0:0:0:0" -> "::";
                case "0:0:0:0:0:0:0:1" -> "::1";
                default -> text;
            };
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address: " + hex, e);
        }
    }
}
