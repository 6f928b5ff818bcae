package olympus.server.discovery;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import olympus.foundation.ErrorCode;
import olympus.foundation.OlympusException;
import olympus.zeus.Directory;

/**
 * The directory as a hosts file (hosts(5), {@code --addn-hosts} and {@code --hostsdir} of dnsmasq):
 * {@code web.shop.SUFFIX} for all instances of shop/web that are ready, {@code 1.web.shop.SUFFIX}
 * for the first of them. A node that is known by a name only cannot stand there; a comment says so.
 */
public final class HostsFile {

    public static final String DEFAULT_SUFFIX = "olympus";

    public static final Pattern SUFFIX =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private static final int LONGEST_SUFFIX = 100;

    private HostsFile() {}

    /** One line for each address and service, in the order of the services. */
    public static String of(Directory directory, NodeAddresses addresses, String suffix) {
        if (suffix.length() > LONGEST_SUFFIX || !SUFFIX.matcher(suffix).matches()) {
            throw new OlympusException(
                    ErrorCode.INVALID,
                    "suffix=%s: expected a domain of at most %d lower-case letters, digits, \"-\" and \".\", such as olympus or svc.example.org"
                            .formatted(suffix, LONGEST_SUFFIX));
        }
        var lines = new ArrayList<String>();
        var unnamed = new TreeSet<String>();
        for (var service : directory.services()) {
            for (var instance : service.instances()) {
                if (instance.ready()) {
                    addresses
                            .of(instance.node())
                            .filter(NodeAddresses::isAddress)
                            .ifPresentOrElse(
                                    address -> lines.add(line(address, instance, suffix)),
                                    () -> unnamed.add(instance.nodeName()));
                }
            }
        }
        unnamed.forEach(node ->
                lines.add(
                        "# no IP address is known of node %s; its agent can be told one: --advertise ADDRESS"
                                .formatted(node)));
        return text(directory, lines);
    }

    private static String line(String address, Directory.Instance instance, String suffix) {
        var id = instance.id();
        var name = "%s.%s.%s".formatted(id.service().service(), id.service().stack(), suffix);
        return "%s %s %d.%s".formatted(address, name, id.ordinal(), name);
    }

    private static String text(Directory directory, List<String> lines) {
        var text = new StringBuilder("# Olympus, revision " + directory.revision() + "\n");
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
