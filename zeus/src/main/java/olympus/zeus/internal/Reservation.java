package olympus.zeus.internal;

import olympus.model.stack.DeployPolicy;
import olympus.model.stack.ServiceDefinition;
import olympus.model.stack.Workload;
import olympus.model.stack.container.Privileges;
import olympus.model.state.NodeFacts;

/**
 * What one instance reserves of its node.
 *
 * @param milliCpus thousandths of a processor
 * @param gpus {@link #ALL} for all that the node has
 */
record Reservation(long milliCpus, long memoryBytes, int gpus) {

    static final int ALL = DeployPolicy.Devices.ALL;
    static final Reservation NONE = new Reservation(0, 0, 0);

    static Reservation of(ServiceDefinition definition) {
        var declared = definition.deploy().reservations().orElse(DeployPolicy.Reservations.NONE);
        var memory = declared.memoryBytes();
        var gpus = 0;
        if (definition.workload() instanceof Workload.Container container) {
            memory = memory.or(container.tuning()::memoryReservation);
            for (var gpu : container.privileges().gpus()) {
                gpus = plus(gpus, count(gpu));
            }
        } else {
            for (var devices : declared.devices()) {
                gpus = plus(gpus, devices.count());
            }
        }
        var milliCpus = (long) Math.ceil(declared.cpus().orElse(0.0) * 1_000);
        return milliCpus == 0 && memory.isEmpty() && gpus == 0
                ? NONE
                : new Reservation(milliCpus, memory.orElse(0L), gpus);
    }

    private static int count(Privileges.Gpu request) {
        return !request.capabilities().contains(NodeFacts.Device.GPU)
                ? 0
                : request.ids().isEmpty() ? request.count() : request.ids().size();
    }

    private static int plus(int some, int more) {
        return some == ALL || more == ALL ? ALL : some + more;
    }

    /** Enough for either, one after the other. */
    Reservation or(Reservation other) {
        return new Reservation(
                Math.max(milliCpus, other.milliCpus),
                Math.max(memoryBytes, other.memoryBytes),
                gpus == ALL || other.gpus == ALL ? ALL : Math.max(gpus, other.gpus));
    }
}
