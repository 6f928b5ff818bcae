package olympus.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import olympus.engine.Usage;
import org.junit.jupiter.api.Test;

/** What systemd says of units, written after the documentation of systemd 257. */
class UnitUseTest {

    private static final Instant AT = Instant.parse("2026-11-21T03:00:00Z");

    private static Optional<UnitUse> use(String shown) {
        var state = UnitState.parse(List.of("mail.service"), shown).orElseThrow().getFirst();
        return UnitUse.of(state, AT);
    }

    @Test
    void readsWhatSystemdCounts() {
        var use =
                use(
                        """
                        ActiveState=active
                        InvocationID=4a7f
                        CPUUsageNSec=1534000000
                        MemoryCurrent=8388608
                        MemoryMax=infinity
                        TasksCurrent=7
                        IPIngressBytes=[no data]
                        IPEgressBytes=[no data]
                        IOReadBytes=4096
                        IOWriteBytes=18446744073709551615
                        """);
        var usage =
                new Usage(
                        AT,
                        1_534_000_000L,
                        8_388_608,
                        0,
                        7,
                        new Usage.Flow(0, 0),
                        new Usage.Flow(4_096, 0));
        assertThat(use).isEqualTo(Optional.of(new UnitUse("4a7f", usage, false, true)));
    }

    @Test
    void knowsNothingOfAUnitThatDoesNotRun() {
        assertThat(
                        use(
                                """
                                ActiveState=inactive
                                CPUUsageNSec=[not set]
                                MemoryCurrent=[not set]
                                TasksCurrent=[not set]
                                """))
                .isEmpty();
    }
}
