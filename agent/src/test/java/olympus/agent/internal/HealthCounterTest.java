package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import olympus.model.state.InstanceObservation.Health;
import org.junit.jupiter.api.Test;

class HealthCounterTest {

    @Test
    void aRunWhoseEngineChecksItIsNeverWithoutACheckOnceItIsUp() {
        var health = new HealthCounter();
        health.reset(Optional.empty(), 0);
        health.seen(Health.STARTING, 0, "");

        health.begun(Optional.empty(), 1);

        assertThat(health.health()).isEqualTo(Health.STARTING);
    }

    @Test
    void whatJudgedTheRunBeforeSaysNothingOfTheNext() {
        var health = new HealthCounter();
        health.seen(Health.PASSING, 0, "");
        health.reset(Optional.empty(), 1);

        health.begun(Optional.empty(), 2);

        assertThat(health.health()).isEqualTo(Health.NONE);
        assertThat(health.everPassed()).isFalse();
    }
}
