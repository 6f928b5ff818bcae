package olympus.hermes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import olympus.hermes.internal.loop.LoopParts;
import olympus.hermes.internal.loop.StreamArchive;
import olympus.hermes.simulated.SimulatedGroup;
import olympus.hermes.simulated.SimulatedMachine;

/** The store of a member's present process in a simulated group, for tests of other modules. */
public final class SimulatedMember {

    private SimulatedMember() {}

    /** Opens it on the machine's loop; what the process before had not handed over is gone. */
    public static HermesNode start(
            String id,
            SimulatedMachine machine,
            SimulatedGroup group,
            RandomGenerator random,
            long snapshotAfterBytes) {
        var options =
                new HermesOptions(
                        "sim",
                        Optional.empty(),
                        Duration.ofSeconds(3),
                        snapshotAfterBytes,
                        1 << 20);
        try {
            return HermesNode.start(
                    machine.loop(),
                    machine,
                    random,
                    group.member(id, machine),
                    options,
                    LoopParts.withoutThreads(StreamArchive.none()),
                    () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
