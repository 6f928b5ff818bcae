package olympus.server.group;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;

/** Under which host other machines reach this server. */
public final class AdvertisedHost {

    private AdvertisedHost() {}

    /**
     * What is said; else the address that is listened on; else the one from which {@code other} is
     * reached; else the only one that this machine has.
     *
     * @param said by the configuration
     * @param listen where it listens
     * @param other a server that is joined, where there is one
     */
    public static String of(
            Optional<String> said, InetSocketAddress listen, Optional<InetSocketAddress> other) {
        return said.or(() ->
                        Optional.of(listen.getAddress())
                                .filter(Predicate.not(InetAddress::isAnyLocalAddress))
                                .map(InetAddress::getHostAddress))
                .or(() -> other.flatMap(AdvertisedHost::sourceTowards))
                .orElseGet(AdvertisedHost::only);
    }

    /** Sends nothing: the kernel says which of its addresses it would use. */
    private static Optional<String> sourceTowards(InetSocketAddress other) {
        if (other.isUnresolved()) {
            return Optional.empty();
        }
        try (var channel = DatagramChannel.open()) {
            channel.connect(other);
            return channel.getLocalAddress() instanceof InetSocketAddress local
                    ? Optional.of(local.getAddress().getHostAddress())
                    : Optional.empty();
        } catch (IOException noRoute) {
            return Optional.empty();
        }
    }

    private static String only() {
        var candidates = candidates();
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        throw new OlympusException(
                ErrorCode.INVALID,
                candidates.isEmpty()
                        ? "this machine has no address but its loopback, under which no other reaches it; say with --advertise HOST under which name it is reached"
                        : "this machine has several addresses: %s; say with --advertise HOST under which one other machines reach it"
                                .formatted(String.join(", ", candidates)));
    }

    private static List<String> candidates() {
        try {
            var all =
                    NetworkInterface.networkInterfaces()
                            .flatMap(AdvertisedHost::addresses)
                            .filter(address -> !address.isLinkLocalAddress())
                            .filter(address -> !address.isLoopbackAddress())
                            .toList();
            var four = all.stream().filter(java.net.Inet4Address.class::isInstance).toList();
            return (four.isEmpty() ? all : four)
                    .stream().map(InetAddress::getHostAddress).distinct().toList();
        } catch (SocketException e) {
            throw new UncheckedIOException("cannot list the network interfaces", e);
        }
    }

    private static Stream<InetAddress> addresses(NetworkInterface each) {
        try {
            return each.isUp() ? each.inetAddresses() : Stream.empty();
        } catch (SocketException gone) {
            return Stream.empty();
        }
    }
}
