package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import olympus.model.stack.Probe;
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

    @Test
    void tellsNoSecretThatAProbeOrACheckWrote() {
        var probe =
                new Probe(
                        new Probe.Target.Tcp(":1"),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        1,
                        Duration.ZERO);
        var probed = new HealthCounter();
        probed.reset(Optional.of(probe), 0);
        probed.probed(probe, false, "check.sh exited with 1: DB_PASSWORD=hunter2", 1);
        assertThat(probed.verdict()).contains("DB_PASSWORD=***").doesNotContain("hunter2");

        var seen = new HealthCounter();
        seen.seen(Health.FAILING, 3, "cannot open postgres://ana:hunter2@db/shop");
        assertThat(seen.verdict()).contains("ana:***@db").doesNotContain("hunter2");
    }
}
