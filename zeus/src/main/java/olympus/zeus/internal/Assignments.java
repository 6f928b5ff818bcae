package olympus.zeus.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import olympus.model.NodeId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.stack.Workload;
import olympus.model.state.Assignment;
import olympus.model.state.InstanceRecord;
import olympus.model.state.InstanceSpec;
import olympus.model.state.InstanceSpec.Desired;
import olympus.model.state.StackPointer;
import olympus.zeus.internal.Desired.StackRecords;

/** Makes the whole assignment of a node from the stored records, and from nothing else. */
final class Assignments {

    private Assignments() {}

    static Assignment of(
            NodeId node, olympus.zeus.internal.Desired desired, Assignment.Stamp stamp) {
        var specs = new ArrayList<InstanceSpec>();
        for (var ofService : desired.instances().values()) {
            for (var stored : ofService.values()) {
                var record = stored.value();
                if (record.placement().node().equals(node)) {
                    spec(record, desired).ifPresent(specs::add);
                }
            }
        }
        return new Assignment(node, stamp, meant(desired), specs);
    }

    /** What the instances of a stack shall be once they are as declared now. */
    static List<InstanceSpec> declared(StackName stack, olympus.zeus.internal.Desired desired) {
        var current = desired.stack(stack).flatMap(StackRecords::current);
        var wanted = desired.isManaged(stack) ? Desired.RUN : Desired.WATCH;
        var specs = new ArrayList<InstanceSpec>();
        current.ifPresent(definition ->
                definition
                        .services()
                        .forEach((name, service) ->
                                desired.instancesOf(new ServiceId(stack, name))
                                        .values()
                                        .forEach(stored ->
                                                specs.add(
                                                        new InstanceSpec(
                                                                stored.value().id(),
                                                                stored.value().run().token(),
                                                                wanted,
                                                                Optional.empty(),
                                                                onNode(service),
                                                                definition.directory(),
                                                                Placement.ports(
                                                                        service,
                                                                        stored.value().id()))))));
        return specs;
    }

    /** Of the others the store may know less than was ordered: see {@link StackPointer}. */
    private static List<StackName> meant(olympus.zeus.internal.Desired desired) {
        return desired.stacks().keySet().stream()
                .filter(stack -> Unclaimed.isMeant(desired, stack))
                .toList();
    }

    private static ServiceDefinition onNode(ServiceDefinition definition) {
        return definition.with(definition.deploy().onNode());
    }

    private static boolean isUnit(ServiceDefinition definition) {
        return definition.workload() instanceof Workload.Unit;
    }

    private static Optional<InstanceSpec> spec(
            InstanceRecord record, olympus.zeus.internal.Desired desired) {
        var definition = desired.definitionOf(record);
        var stack = desired.stackOf(record);
        if (definition.isEmpty() || stack.isEmpty()) {
            return Optional.empty();
        }
        var order = record.order();
        var managed = desired.isActedOn(record.id().service());
        var observed = desired.mode(record.id().service().stack()) == Mode.OBSERVE;
        var wanted =
                switch (order.phase()) {
                    case LEAVE -> Desired.RELEASE;
                    case APPROVED -> observed ? Desired.WATCH : Desired.RUN;
                    case WAITING -> managed ? Desired.HOLD : Desired.WATCH;
                    case RUN -> managed ? Desired.RUN : Desired.WATCH;
                    case STOP -> managed ? Desired.STOP : Desired.WATCH;
                    // Nobody here has made the unit: what is no longer declared goes on.
                    case RETIRE ->
                            isUnit(definition.get())
                                    ? Desired.RELEASE
                                    : managed ? Desired.STOP : Desired.WATCH;
                };
        return Optional.of(
                new InstanceSpec(
                        record.id(),
                        record.run().token(),
                        wanted,
                        wanted == Desired.RUN ? Optional.empty() : Optional.of(order.reason()),
                        onNode(definition.get()),
                        stack.get().directory(),
                        record.placement().ports()));
    }
}
