package olympus.hermes.internal.ratis;

import java.util.UUID;
import olympus.hermes.log.LogConfig;
import olympus.hermes.log.ReplicatedLog;
import olympus.hermes.log.ReplicatedLogContract;

/** The contract, kept by the real thing. */
final class RatisLogTest extends ReplicatedLogContract {

    static final UUID GROUP = UUID.fromString("0197a5c4-0000-7000-8000-000000000001");

    @Override
    protected ReplicatedLog create() {
        return new RatisLog(
                LogConfig.alone(folder.resolve("hermes"), GROUP)
                        .withLimits(
                                LogConfig.Limits.standard()
                                        .withInFlight(IN_FLIGHT)
                                        .withReserveBytes(0)
                                        .withSegmentBytes(LogConfig.Limits.MIN_SEGMENT_BYTES * 4)));
    }
}
