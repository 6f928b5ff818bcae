package olympus.model.stack;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import olympus.model.stack.DefinitionRules.Finding;

/** Rules of moving: what is bound to its node stays there; who moves alone loses its neighbours. */
final class PinningRules {

    private PinningRules() {}

    static void check(StackDefinition definition, List<Finding> findings) {
        var movers =
                definition.services().values().stream()
                        .filter(s -> s.recovery().then() == RecoveryPolicy.Then.MOVE)
                        .toList();
        if (movers.isEmpty()) {
            return;
        }
        var neighbours = pinnedNeighbours(definition);
        for (var service : movers) {
            var path = "services." + service.name() + ".recovery.then";
            var reason = Pinning.reason(service);
            if (reason.isPresent()) {
                findings.add(
                        new Finding(
                                true,
                                path,
                                "%s cannot be moved: %s".formatted(service.name(), reason.get()),
                                "then: report",
                                ""));
            } else if (neighbours.containsKey(service.name())) {
                findings.add(
                        new Finding(
                                false,
                                path,
                                "%s would be moved alone: it shares a network or namespace with %s"
                                        .formatted(service.name(), neighbours.get(service.name())),
                                "",
                                ""));
            }
        }
    }

    /** By service, one that is beside it and cannot be moved, with the reason. */
    private static Map<String, String> pinnedNeighbours(StackDefinition definition) {
        var neighbours = new HashMap<String, String>();
        for (var group : Pinning.together(definition).values()) {
            pinned(definition, group)
                    .ifPresent(why -> group.forEach(member -> neighbours.put(member, why)));
        }
        return neighbours;
    }

    private static Optional<String> pinned(StackDefinition definition, NavigableSet<String> group) {
        return group.stream()
                .flatMap(name ->
                        Optional.ofNullable(definition.services().get(name))
                                .flatMap(Pinning::reason)
                                .map(reason -> "%s, and %s".formatted(name, reason))
                                .stream())
                .findFirst();
    }
}
