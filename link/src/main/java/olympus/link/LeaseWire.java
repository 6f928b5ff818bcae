package olympus.link;

import java.time.Duration;
import olympus.link.proto.Lease;
import olympus.model.InstanceId;
import olympus.model.state.LeaseGrant;

/** Leases between model and protocol; what is malformed is refused with a sentence. */
final class LeaseWire {

    private LeaseWire() {}

    static olympus.link.proto.LeaseGrant grant(LeaseGrant grant) {
        var message =
                olympus.link.proto.LeaseGrant.newBuilder()
                        .setNumber(grant.number())
                        .setStamp(Wire.stamp(grant.stamp()));
        grant.leases()
                .forEach(lease ->
                        message.addLeases(
                                Lease.newBuilder()
                                        .setInstance(lease.instance().toString())
                                        .setRunToken(lease.runToken())
                                        .setMillis(lease.time().toMillis())));
        return message.build();
    }

    static LeaseGrant grant(olympus.link.proto.LeaseGrant message) {
        return new LeaseGrant(
                message.getNumber(),
                Wire.stamp(message.getStamp()),
                message.getLeasesList().stream().map(LeaseWire::lease).toList());
    }

    private static LeaseGrant.Lease lease(Lease message) {
        return Wire.parsed(
                "a lease",
                message.getInstance(),
                instance ->
                        new LeaseGrant.Lease(
                                InstanceId.parse(instance),
                                message.getRunToken(),
                                Duration.ofMillis(message.getMillis())));
    }
}
