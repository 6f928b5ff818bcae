package olympus.model.stack;

import java.util.Collections;
import java.util.List;
import olympus.model.NearestWord;
import olympus.model.stack.DefinitionRules.Finding;

/** Rules of services that are to be apart: they exist, and nothing holds them together. */
final class ApartRules {

    private ApartRules() {}

    static void check(StackDefinition definition, List<Finding> findings) {
        for (var service : definition.services().values()) {
            for (var other : service.deploy().where().apartFrom()) {
                check(definition, service.name(), other, findings);
            }
        }
    }

    private static void check(
            StackDefinition definition, String name, String other, List<Finding> findings) {
        var path = "services." + name + ".deploy.placement.apartFrom";
        if (other.equals(name)) {
            findings.add(
                    new Finding(
                            true,
                            path,
                            "%s cannot be apart from itself".formatted(name),
                            "max_replicas_per_node: 1, for instances on nodes of their own",
                            ""));
        } else if (!definition.services().containsKey(other)) {
            findings.add(
                    new Finding(
                            true,
                            path,
                            "there is no service \"%s\"".formatted(other),
                            "a service of this stack",
                            NearestWord.to(other, definition.services().keySet())));
        } else if (Pinning.together(definition)
                .getOrDefault(name, Collections.emptyNavigableSet())
                .contains(other)) {
            findings.add(
                    new Finding(
                            true,
                            path,
                            "%s shares a network or namespace of one node with %s, so that they are on one node"
                                    .formatted(name, other),
                            "networks that span nodes, or no apart_from",
                            ""));
        }
    }
}
