package olympus.zeus;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.StackName;
import olympus.model.stack.StackDefinition;
import olympus.model.stack.StackDefinition.Mode;
import olympus.model.state.InstanceSpec;

/** An island with one node for tests of modes, and a shop that ran there before Olympus came. */
abstract class AdoptedShop {

    static final StackName SHOP = new StackName("shop");
    static final ServiceId WEB = ServiceId.parse("shop/web");
    static final InstanceId WEB_1 = new InstanceId(WEB, 1);

    final Island island = new Island(1, 1);

    /** As if another tool had started it before Olympus came. */
    final SimulatedAgent.Run alreadyRunning(StackDefinition stack) {
        return island.agent()
                .runsAlready(
                        new InstanceSpec(
                                WEB_1,
                                "made-by-compose",
                                InstanceSpec.Desired.RUN,
                                Optional.empty(),
                                stack.services().values().iterator().next(),
                                stack.directory(),
                                Map.of()));
    }

    final SimulatedAgent.Run run() {
        return Optional.ofNullable(island.agent().runs().get(WEB_1)).orElseThrow();
    }

    final InstanceSpec.Desired ordered() {
        return island.assignments.getLast().instances().getFirst().desired();
    }

    final void order(Mode mode) {
        island.now(island.zeus.mode(SHOP, mode, Optional.empty(), Island.ANA));
        island.run(Duration.ofSeconds(30));
    }
}
