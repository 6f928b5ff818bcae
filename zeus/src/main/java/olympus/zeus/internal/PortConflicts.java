package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import olympus.model.stack.PortSpec;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition;

/** Finds ports that two stacks both declare: a declared range counts whole. */
final class PortConflicts {

    private static final int MAX_NAMED = 10;

    private PortConflicts() {}

    /**
     * A sentence for each port that {@code definition} shares with another stack, naming both
     * services.
     */
    static List<String> of(StackDefinition definition, Desired desired) {
        var conflicts = new ArrayList<String>();
        for (var other : desired.stacks().entrySet()) {
            if (other.getKey().equals(definition.name())) {
                continue;
            }
            other.getValue().current().ifPresent(d -> between(definition, d, conflicts));
        }
        return conflicts.size() > MAX_NAMED ? conflicts.subList(0, MAX_NAMED) : conflicts;
    }

    private static void between(StackDefinition mine, StackDefinition theirs, List<String> into) {
        for (var a : mine.services().values()) {
            for (var b : theirs.services().values()) {
                for (var port : a.ports()) {
                    for (var other : b.ports()) {
                        if (overlap(port, other)) {
                            into.add(sentence(mine, a, port, theirs, b, other));
                        }
                    }
                }
            }
        }
    }

    private static String sentence(
            StackDefinition mine,
            ServiceDefinition a,
            PortSpec port,
            StackDefinition theirs,
            ServiceDefinition b,
            PortSpec other) {
        return "%s/%s wants port %s, which %s/%s has declared as %s; give one of them another port"
                .formatted(mine.name(), a.name(), text(port), theirs.name(), b.name(), text(other));
    }

    private static String text(PortSpec port) {
        var range = port.count() == 1 ? "" + port.first() : port.first() + "-" + port.last();
        return range + "/" + (port.protocol() == PortSpec.Protocol.TCP ? "tcp" : "udp");
    }

    static boolean overlap(PortSpec a, PortSpec b) {
        return a.protocol() == b.protocol()
                && a.first() <= b.last()
                && b.first() <= a.last()
                && addressesOverlap(a.hostAddress(), b.hostAddress());
    }

    static boolean addressesOverlap(String a, String b) {
        return a.equals(b) || isAny(a) || isAny(b);
    }

    private static boolean isAny(String address) {
        return address.equals("0.0.0.0") || address.equals("::") || address.isEmpty();
    }
}
