package olympus.zeus.internal;

import olympus.hermes.Key;
import olympus.model.InstanceId;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;

/** The keys under {@code zeus/}, as ARCHITECTURE.md lists them. */
public final class ZeusKeys {

    public static final Key ROOT = Key.of("zeus");
    public static final Key DECISIONS = Key.of("zeus/decisions");

    private ZeusKeys() {}

    static Key stack(StackName stack) {
        return Key.of("zeus/stacks/" + stack);
    }

    static Key pointer(StackName stack) {
        return stack(stack).child("current");
    }

    static Key revision(StackName stack, long number) {
        return stack(stack).child("revisions").child("%010d".formatted(number));
    }

    static Key services(StackName stack) {
        return Key.of("zeus/services/" + stack);
    }

    static Key service(ServiceId service) {
        return Key.of("zeus/services/" + service);
    }

    static Key instance(InstanceId instance) {
        return Key.of("zeus/instances/" + instance.service()).child("" + instance.ordinal());
    }

    static Key node(NodeId node) {
        return Key.of("zeus/nodes/" + node);
    }

    static Key away(NodeId node) {
        return Key.of("zeus/away/" + node);
    }

    static Key nodeSpec(NodeId node) {
        return Key.of("zeus/node-specs/" + node);
    }

    static Key externalNode(NodeId node) {
        return Key.of("zeus/external-nodes/" + node);
    }

    static Key lost(NodeId node) {
        return Key.of("zeus/lost/" + node);
    }

    static Key pause(String scope) {
        return Key.of("zeus/pauses/" + scope);
    }
}
