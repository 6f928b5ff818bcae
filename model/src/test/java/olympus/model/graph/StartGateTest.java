package olympus.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import olympus.model.InstanceId;
import olympus.model.ServiceId;
import olympus.model.stack.Dependency;
import olympus.model.stack.Dependency.Condition;
import olympus.model.state.InstanceObservation;
import olympus.model.state.InstanceObservation.Health;
import olympus.model.state.InstanceObservation.State;
import org.junit.jupiter.api.Test;

final class StartGateTest {

    @Test
    void saysWhatIsMissing() {
        assertThat(waiting(Condition.HEALTHY, true, Optional.empty()))
                .contains("waits for db, which does not exist");
        assertThat(waiting(Condition.HEALTHY, true, seen(1)))
                .contains("waits for db to be healthy");
        assertThat(waiting(Condition.STARTED, true, seen(1, running(Health.STARTING)))).isEmpty();
        assertThat(
                        waiting(
                                Condition.HEALTHY,
                                true,
                                seen(2, running(Health.PASSING), running(Health.STARTING))))
                .contains("waits for db to be healthy (1 of 2)");
        assertThat(
                        waiting(
                                Condition.HEALTHY,
                                true,
                                seen(2, running(Health.PASSING), in(State.GIVEN_UP))))
                .isEmpty();
        assertThat(waiting(Condition.HEALTHY, true, seen(1, in(State.GIVEN_UP))))
                .contains("waits for db, which has been given up");
        assertThat(waiting(Condition.COMPLETED_SUCCESSFULLY, true, seen(1, running(Health.NONE))))
                .contains("waits for db to complete");
        assertThat(waiting(Condition.COMPLETED_SUCCESSFULLY, true, seen(1, in(State.COMPLETED))))
                .isEmpty();
        assertThat(waiting(Condition.STARTED, true, seen(1, in(State.STOPPED))))
                .contains("waits for db, which is stopped");
        assertThat(waiting(Condition.STARTED, true, seen(0)))
                .contains("waits for db, which shall have no instances");
    }

    @Test
    void goesOnWithoutWhatIsNotRequired() {
        assertThat(waiting(Condition.HEALTHY, false, Optional.empty())).isEmpty();
        assertThat(waiting(Condition.HEALTHY, false, seen(1, in(State.GIVEN_UP)))).isEmpty();
        assertThat(waiting(Condition.HEALTHY, false, seen(1, in(State.STARTING))))
                .contains("waits for db to be healthy");
    }

    @Test
    void namesEverythingItWaitsForInNameOrder() {
        var both =
                Map.of(
                        "b",
                        new Dependency(Condition.STARTED, true),
                        "a",
                        new Dependency(Condition.HEALTHY, true));
        assertThat(StartGate.waitingFor(both, name -> seen(1)))
                .contains("waits for a to be healthy; waits for b to start");
        assertThat(StartGate.waitingFor(Map.of(), name -> Optional.empty())).isEmpty();
    }

    @Test
    void anInstanceMoreThatIsWellNeverClosesAnOpenGate() {
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++) {
            var condition = any(Condition.class, random);
            var instances = new ArrayList<InstanceObservation>();
            var desired = random.nextInt(1, 5);
            for (var n = 0; n < desired; n++) {
                instances.add(observation(any(State.class, random), any(Health.class, random)));
            }
            var open =
                    waiting(condition, true, Optional.of(new StartGate.Seen(desired, instances)))
                            .isEmpty();
            instances.add(
                    condition == Condition.COMPLETED_SUCCESSFULLY
                            ? in(State.COMPLETED)
                            : running(Health.PASSING));
            var openWithMore =
                    waiting(condition, true, Optional.of(new StartGate.Seen(desired, instances)))
                            .isEmpty();
            assertThat(openWithMore || !open).as("%s %s", condition, instances).isTrue();
        }
    }

    private static <E extends Enum<E>> E any(Class<E> type, Random random) {
        var all = List.copyOf(EnumSet.allOf(type));
        return all.get(random.nextInt(all.size()));
    }

    private static Optional<String> waiting(
            Condition condition, boolean required, Optional<StartGate.Seen> seen) {
        return StartGate.waitingFor(
                Map.of("db", new Dependency(condition, required)), name -> seen);
    }

    private static Optional<StartGate.Seen> seen(int desired, InstanceObservation... instances) {
        return Optional.of(new StartGate.Seen(desired, List.of(instances)));
    }

    private static InstanceObservation running(Health health) {
        return observation(State.RUNNING, health);
    }

    private static InstanceObservation in(State state) {
        return observation(state, Health.NONE);
    }

    private static InstanceObservation observation(State state, Health health) {
        return new InstanceObservation(
                new InstanceId(ServiceId.parse("s/db"), 1),
                "t",
                "process",
                state,
                health,
                0,
                0,
                Instant.EPOCH,
                "",
                Optional.empty());
    }
}
