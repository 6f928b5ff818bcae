package olympus.link.keys;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;

/** The names and addresses under which a server is reached, as its certificate must list them. */
public final class Hosts {

    /**
     * A certificate with more names than this is refused by some clients, and none of ours needs
     * it.
     */
    public static final int MAX_HOSTS = 64;

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern NAME =
            Pattern.compile("[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9])?");

    private Hosts() {}

    /**
     * The loopback names, the name of this machine, and where it listens; for a wildcard address,
     * the address of every network interface.
     */
    public static Set<String> ofThisMachine(String listenHost) {
        var hosts = new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
        var hostName = Installation.hostName();
        if (NAME.matcher(hostName).matches()) {
            hosts.add(hostName);
        }
        var listen = withoutBrackets(listenHost);
        if (isWildcard(listen)) {
            addInterfaces(hosts);
        } else {
            hosts.add(listen);
        }
        return hosts;
    }

    static Collection<GeneralName> toSubjectAlternativeNames(Set<String> hosts) {
        if (hosts.size() > MAX_HOSTS) {
            throw new IllegalArgumentException(
                    "%d host names for one certificate; at most %d"
                            .formatted(hosts.size(), MAX_HOSTS));
        }
        return hosts.stream().map(Hosts::generalName).toList();
    }

    /**
     * One spelling for each address, as certificates are read back with another than they were
     * written with.
     */
    static String normalised(String host) {
        return ADDRESS.matcher(host).matches() ? address(host).getHostAddress() : host;
    }

    private static GeneralName generalName(String host) {
        if (ADDRESS.matcher(host).matches()) {
            return new GeneralName(GeneralName.iPAddress, host);
        }
        if (NAME.matcher(host).matches()) {
            return new GeneralName(GeneralName.dNSName, host);
        }
        throw new IllegalArgumentException("not a host name or address: \"" + host + "\"");
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    private static boolean isWildcard(String host) {
        return host.isEmpty()
                || (ADDRESS.matcher(host).matches() && address(host).isAnyLocalAddress());
    }

    /** Of a literal; asks no name service. */
    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: \"" + literal + "\"", e);
        }
    }

    private static void addInterfaces(Set<String> hosts) {
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .map(text -> text.replaceFirst("%.*", ""))
                    .takeWhile(text -> hosts.size() < MAX_HOSTS)
                    .forEach(hosts::add);
        } catch (SocketException e) {
            throw new UncheckedIOException("cannot list the network interfaces", e);
        }
    }
}
